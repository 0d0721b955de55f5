import { describe, expect, it } from 'vitest';
import { sanitize } from '../../src/pipeline/sanitize.ts';
import type { Span } from '../../src/model/span.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';
import { aBatch, aResource, aSpan, spanId, TEST_TIME_NANO } from '../harness/a-span.ts';

function kept(spans: readonly Span[]): readonly Span[] {
  return decodeSpans(sanitize(aBatch(spans)).batch.otlp);
}

describe('the sanitizer', () => {
  it('hands a batch with nothing wrong on as it is', () => {
    const batch = aBatch([aSpan(), aSpan({ spanId: spanId(2) })]);
    const sanitized = sanitize(batch);
    expect(sanitized.batch).toBe(batch);
    expect(sanitized.refused).toEqual([]);
  });

  it('keeps 99 spans of 100 and says which one it refused and why', () => {
    const spans = Array.from({ length: 100 }, (_, index) =>
      aSpan({ spanId: spanId(index + 1), name: `op ${index}` }),
    );
    spans[57] = aSpan({ spanId: spanId(58), name: 'op 57', traceId: '0'.repeat(32) });
    const { batch, refused } = sanitize(aBatch(spans));
    expect(batch.scan.count).toBe(99);
    expect(decodeSpans(batch.otlp)).toHaveLength(99);
    expect(refused).toEqual([
      { reason: 'invalid_trace_id', count: 1, message: 'span 57 "op 57": the trace id is zero' },
    ]);
  });

  it.each([
    ['a short trace id', { traceId: 'abcd' }, 'the trace id has 2 bytes, not 16'],
    ['no trace id', { traceId: '' }, 'the trace id has 0 bytes, not 16'],
    ['a zero span id', { spanId: '0'.repeat(16) }, 'the span id is zero'],
    ['a short span id', { spanId: 'ab' }, 'the span id has 1 bytes, not 8'],
    ['a long parent id', { parentSpanId: 'ab'.repeat(9) }, 'the parent span id has 9 bytes, not 8'],
    [
      'a start past 2262',
      { startTimeUnixNano: 2n ** 63n },
      'a time is before 1970 or past the year 2262',
    ],
    [
      'an end past 2262',
      { endTimeUnixNano: 2n ** 64n - 1n },
      'a time is before 1970 or past the year 2262',
    ],
  ])('refuses a span with %s', (_what, overrides, why) => {
    const { batch, refused } = sanitize(aBatch([aSpan(overrides)]));
    expect(batch.scan.count).toBe(0);
    expect(refused.map(({ message }) => message)).toEqual([`span 0 "GET /": ${why}`]);
  });

  it('counts spans that are refused for the same reason together', () => {
    const { refused } = sanitize(aBatch([aSpan({ traceId: '' }), aSpan({ traceId: '' })]));
    expect(refused[0]?.count).toBe(2);
    expect(refused[0]?.message).toContain('and 1 more');
  });

  it('names services as Jaeger does when they have no usable name', () => {
    const other = { key: 'host', value: { type: 'string', value: 'h' } } as const;
    const wrong = { key: 'service.name', value: { type: 'int', value: 5n } } as const;
    const empty = { key: 'service.name', value: { type: 'string', value: '' } } as const;
    const names = kept([
      aSpan({ resource: { ...aResource(''), attributes: [other] } }),
      aSpan({ resource: { ...aResource(''), attributes: [wrong, other] } }),
      aSpan({ resource: { ...aResource(''), attributes: [empty] } }),
      aSpan({ resource: aResource('cart') }),
    ]).map(({ resource }) => [resource.serviceName, resource.attributes.length]);
    expect(names).toEqual([
      ['missing-service-name', 2],
      ['service-name-wrong-type', 2],
      ['empty-service-name', 1],
      ['cart', 1],
    ]);
  });

  it('names a span that has no name', () => {
    expect(kept([aSpan({ name: '' })])[0]?.name).toBe('empty-span-name');
  });

  it('ends a span just after it starts if it ended before, and warns of it', () => {
    const [span] = kept([aSpan({ endTimeUnixNano: TEST_TIME_NANO - 2_000_000n })]);
    expect(span?.endTimeUnixNano).toBe(TEST_TIME_NANO + 1n);
    expect(span?.warnings).toEqual([
      'the span ended 2 ms before it started; it is shown with the least duration',
    ]);
  });

  it('keeps spans of odd times with a warning', () => {
    const spans = kept([
      aSpan({ startTimeUnixNano: 0n, endTimeUnixNano: 0n }),
      aSpan({ endTimeUnixNano: 0n }),
      aSpan({ startTimeUnixNano: TEST_TIME_NANO * 2n }),
    ]);
    expect(spans.map(({ warnings }) => warnings)).toEqual([
      ['the span has no start time'],
      ['the span has no end time; it is shown with the least duration'],
      ['the span starts more than a day after it was received'],
    ]);
  });

  it('keeps a span of no duration as it is', () => {
    const batch = aBatch([aSpan({ durationNano: 0n })]);
    expect(sanitize(batch).batch).toBe(batch);
  });

  it('leaves everything else of a rewritten batch as it was', () => {
    const resource = { ...aResource('cart', { a: 1n }), schemaUrl: 'r', droppedAttributesCount: 3 };
    const scope = { ...aSpan().scope, name: 'lib', schemaUrl: 's' };
    const fine = aSpan({ resource, scope, attributes: { k: 'v' } });
    const bad = aSpan({ resource, scope, traceId: '' });
    expect(kept([bad, fine, bad])).toEqual([fine]);
  });
});
