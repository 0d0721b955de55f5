import { describe, expect, it } from 'vitest';
import type { AttributeValue, Span } from '../../src/model/span.ts';
import { parseTraceId } from '../../src/model/trace-id.ts';
import { adjustSpans } from '../harness/adjust-spans.ts';
import {
  TEST_TIME_NANO,
  aResource,
  aScope,
  aSpan,
  spanId,
  toAttributes,
  traceId,
} from '../harness/a-span.ts';
import type { PlainValue } from '../harness/a-span.ts';

const off = { maxClockSkewMs: 0 };

describe('adjustSpans', () => {
  it('gives the server side of a shared span id the lowest unused one', () => {
    const client = aSpan({ kind: 'client', spanId: spanId(1) });
    const server = aSpan({ kind: 'server', spanId: spanId(1) });
    const child = aSpan({ kind: 'internal', spanId: spanId(2), parentSpanId: spanId(1) });
    const ids = adjustSpans([client, server, child], off).map((span) => [
      span.spanId,
      span.parentSpanId,
    ]);
    expect(ids).toEqual([
      [spanId(1), ''],
      [spanId(3), spanId(1)],
      [spanId(2), spanId(3)],
    ]);
  });

  it('keeps one of equal spans', () => {
    expect(adjustSpans([aSpan(), aSpan(), aSpan({ name: 'other' })], off)).toHaveLength(2);
  });

  it('shows addresses as dotted quads, sorts keys, and moves SDK attributes', () => {
    const [span] = adjustSpans(
      [aSpan({ attributes: { z: 'z', 'telemetry.sdk.name': 'otel', ip: 0x7f000001n } })],
      off,
    );
    expect(span?.attributes).toEqual(toAttributes({ ip: '127.0.0.1', z: 'z' }));
    expect(span?.resource.attributes.at(-1)).toEqual(
      toAttributes({ 'telemetry.sdk.name': 'otel' })[0],
    );
  });

  it('keeps the last value of a key that comes twice', () => {
    const attributes = ['b', 'a', 'b'].flatMap((key, index) =>
      toAttributes({ [key]: BigInt(index) }),
    );
    const [span] = adjustSpans([aSpan({ attributes })], off);
    expect(span?.attributes).toEqual(toAttributes({ a: 1n, b: 2n }));
  });

  it('sorts the keys of resources, scopes and links, and keeps shared what spans share', () => {
    const unsorted = { z: 'z', a: 'a' };
    const sorted = toAttributes({ a: 'a', z: 'z' });
    const shared = {
      resource: { ...aResource(''), attributes: toAttributes(unsorted) },
      scope: aScope({ attributes: toAttributes(unsorted) }),
    };
    const link = { traceId: traceId(9), spanId: spanId(9), traceState: '', flags: 0 };
    const links = [{ ...link, attributes: toAttributes(unsorted), droppedAttributesCount: 0 }];
    const [first, second] = adjustSpans(
      [aSpan({ ...shared, links }), aSpan({ ...shared, spanId: spanId(2) })],
      off,
    );
    expect(first?.resource.attributes).toEqual(sorted);
    expect(first?.scope.attributes).toEqual(sorted);
    expect(first?.links.map(({ attributes }) => attributes)).toEqual([sorted]);
    expect(second?.resource).toBe(first?.resource);
    expect(second?.scope).toBe(first?.scope);
  });

  it('lets the first span decide what SDK a resource has and warns of the others', () => {
    const resource = aResource('frontend');
    const withSdk = (number: number, name: PlainValue): Span =>
      aSpan({ resource, spanId: spanId(number), attributes: { 'telemetry.sdk.name': name } });
    const [a, b, c] = adjustSpans(
      [withSdk(1, 'x'), withSdk(2, 'y'), aSpan({ resource, spanId: spanId(3) })],
      off,
    );
    expect([a?.attributes, a?.warnings]).toEqual([[], []]);
    expect(b?.attributes).toEqual(toAttributes({ 'telemetry.sdk.name': 'y' }));
    expect(b?.warnings).toEqual([
      'conflicting values between Span and Resource for attribute telemetry.sdk.name',
    ]);
    expect(c?.resource).toBe(a?.resource);
    expect(c?.resource.attributes.at(-1)).toEqual(toAttributes({ 'telemetry.sdk.name': 'x' })[0]);
  });

  it('drops links to nowhere with a warning', () => {
    const link = {
      traceId: '',
      spanId: '',
      traceState: '',
      attributes: [],
      droppedAttributesCount: 0,
      flags: 0,
    };
    const [span] = adjustSpans([aSpan({ links: [link] })], off);
    expect([span?.links, span?.warnings]).toEqual([[], ['Invalid span link removed']]);
  });
});

describe('clock skew', () => {
  const parent = aSpan({
    resource: aResource('a', { 'host.name': 'a' }),
    durationNano: 10_000_000n,
  });
  const child = aSpan({
    spanId: spanId(2),
    parentSpanId: spanId(1),
    resource: aResource('b', { 'host.name': 'b' }),
    startTimeUnixNano: TEST_TIME_NANO - 50_000_000n,
    durationNano: 4_000_000n,
  });

  it('is only named when its adjustment is off', () => {
    const [, { attributes, startTimeUnixNano, warnings } = parent] = adjustSpans(
      [parent, child],
      off,
    );
    expect({ attributes, startTimeUnixNano, warnings }).toEqual({
      attributes: child.attributes,
      startTimeUnixNano: child.startTimeUnixNano,
      warnings: ['clock skew adjustment disabled; not applying calculated delta of 53ms'],
    });
  });

  it('is split evenly between way there and way back', () => {
    const adjusted = adjustSpans([parent, child], { maxClockSkewMs: 100 })[1];
    expect(adjusted?.warnings).toEqual(["This span's timestamps were adjusted by 53ms"]);
    expect(adjusted?.startTimeUnixNano).toBe(TEST_TIME_NANO + 3_000_000n);
    expect(adjusted?.endTimeUnixNano).toBe(TEST_TIME_NANO + 7_000_000n);
  });

  it('is not looked for in a span whose parent is missing or whose id is taken', () => {
    const adjusted = adjustSpans(
      [parent, { ...parent, name: 'again' }, { ...child, parentSpanId: spanId(9) }],
      off,
    );
    expect(adjusted.map(({ warnings }) => warnings)).toEqual([
      [],
      ['duplicate span IDs; skipping clock skew adjustment'],
      [`parent span ID=${spanId(9)} is not in the trace; skipping clock skew adjustment`],
    ]);
  });

  it('is not looked for on one host, told by host.id, the first host.ip or host.name', () => {
    const ips: AttributeValue = {
      type: 'array',
      values: [
        { type: 'string', value: '10.0.0.1' },
        { type: 'string', value: '10.0.0.2' },
      ],
    };
    const onHost = (attributes: Readonly<Record<string, PlainValue>>): readonly Span[] =>
      adjustSpans(
        [
          { ...parent, resource: aResource('a', { 'host.ip': '10.0.0.1', 'host.name': 'a' }) },
          { ...child, resource: aResource('b', attributes) },
        ],
        off,
      );
    expect(onHost({ 'host.ip': ips, 'host.name': 'b' })[1]?.warnings).toEqual([]);
    expect(onHost({ 'host.name': 'a' })[1]?.warnings).toHaveLength(1);
    expect(onHost({ ip: '10.0.0.1' })[1]?.warnings).toHaveLength(1);
  });

  it('above the maximum is left alone', () => {
    const adjusted = adjustSpans([parent, child], { maxClockSkewMs: 10 })[1];
    expect(adjusted?.startTimeUnixNano).toBe(child.startTimeUnixNano);
    expect(adjusted?.warnings).toEqual([
      'max clock skew adjustment delta of 10ms exceeded; not applying calculated delta of 53ms',
    ]);
  });
});

describe('parseTraceId', () => {
  it('reads hex of any length and case, and base64 in both alphabets', () => {
    expect(parseTraceId('AB')).toBe(traceId(0xab));
    expect(parseTraceId('AAAAAAAAAAAAAAAAAAAAAQ==')).toBe(traceId(1));
    expect(parseTraceId('_____________________w')).toBe('f'.repeat(32));
  });

  it('reads 8 bytes in base64 as the low half, and zero like any other', () => {
    expect(parseTraceId('AAAAAAAAAAE=')).toBe(traceId(1));
    expect(parseTraceId('0')).toBe('0'.repeat(32));
  });

  it('refuses other text, mixed alphabets and more than 32 digits', () => {
    const texts = ['', 'xyz', '1'.repeat(33), `+_${'A'.repeat(20)}`, 'AAAA'];
    expect(texts.map(parseTraceId)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      traceId(0xaaaa),
    ]);
  });
});
