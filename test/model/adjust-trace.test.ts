import { describe, expect, it } from 'vitest';
import { adjustSpans } from '../../src/model/adjust-trace.ts';
import { parseTraceId } from '../../src/model/trace-id.ts';
import {
  TEST_TIME_NANO,
  aResource,
  aSpan,
  spanId,
  toAttributes,
  traceId,
} from '../harness/a-span.ts';

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
    expect(adjustSpans([parent, child], off)[1]).toEqual({
      ...child,
      warnings: ['clock skew adjustment disabled; not applying calculated delta of 53ms'],
    });
  });

  it('is split evenly between way there and way back', () => {
    const adjusted = adjustSpans([parent, child], { maxClockSkewMs: 100 })[1];
    expect(adjusted?.startTimeUnixNano).toBe(TEST_TIME_NANO + 3_000_000n);
    expect(adjusted?.endTimeUnixNano).toBe(TEST_TIME_NANO + 7_000_000n);
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

  it('refuses zero, other text and more than 32 digits', () => {
    expect(['0', '', 'xyz', '1'.repeat(33)].map(parseTraceId)).toEqual(Array(4).fill(undefined));
  });
});
