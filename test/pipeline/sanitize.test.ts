import { describe, expect, it } from 'vitest';
import { sanitize } from '../../src/pipeline/sanitize.ts';
import type { Span } from '../../src/model/span.ts';
import { createThriftConverter } from '../../src/wire/jaeger/thrift-to-otlp.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';
import { aBatch, aResource, aSpan, spanId, TEST_TIME_NANO } from '../harness/a-span.ts';
import { encodeEmitBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';

function kept(spans: readonly Span[]): readonly Span[] {
  return decodeSpans(sanitize(aBatch(spans)).batch.otlp);
}

const ZERO = '0'.repeat(16);

/** The nanosecond before 2262-04-11T23:47:16Z. */
const LAST_NANO = BigInt(Date.parse('2262-04-11T23:47:16Z')) * 1_000_000n - 1n;

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
    [{ traceId: 'abcd' }, 'invalid_trace_id', 'the trace id has 2 bytes, not 16'],
    [{ traceId: '' }, 'invalid_trace_id', 'the trace id is missing'],
    [{ traceId: ZERO + ZERO, spanId: ZERO }, 'invalid_trace_id', 'the trace id is zero'],
    [{ spanId: ZERO }, 'invalid_span_id', 'the span id is zero'],
    [{ spanId: ZERO, parentSpanId: 'ab' }, 'invalid_span_id', 'the span id is zero'],
    [{ spanId: '' }, 'invalid_span_id', 'the span id is missing'],
    [{ spanId: 'ab' }, 'invalid_span_id', 'the span id has a byte, not 8'],
    [
      { parentSpanId: 'ab'.repeat(9) },
      'invalid_parent_span_id',
      'the parent span id has 9 bytes, not 8',
    ],
    [
      { startTimeUnixNano: LAST_NANO + 1n, endTimeUnixNano: LAST_NANO + 1n },
      'invalid_time',
      'a time is before 1970 or from 2262-04-11T23:47:16Z on',
    ],
    [
      { startTimeUnixNano: 2n ** 63n },
      'invalid_time',
      'a time is before 1970 or from 2262-04-11T23:47:16Z on',
    ],
    [
      { endTimeUnixNano: 2n ** 64n - 1n },
      'invalid_time',
      'a time is before 1970 or from 2262-04-11T23:47:16Z on',
    ],
  ])('refuses a span with %o for %s', (overrides, reason, why) => {
    const { batch, refused } = sanitize(aBatch([aSpan(overrides)]));
    expect(batch.scan.count).toBe(0);
    expect(refused).toEqual([{ reason, count: 1, message: `span 0 "GET /": ${why}` }]);
  });

  it.each(['compact', 'binary'] as const)(
    'refuses a span of Jaeger in %s thrift that starts before 1970',
    (encoding) => {
      const ids = { traceId: 7n, spanId: 1n, parentSpanId: 0n, name: 'op', flags: 1 };
      const spans = [{ ...ids, startMicros: -1n, durationMicros: 2n }];
      const converter = createThriftConverter(encoding);
      converter.addCall(encodeEmitBatch({ serviceName: 's', spans }, encoding));
      const batch = { ...aBatch([]), ...converter.finishScanned(), format: 'jaeger' as const };
      const why = 'a time is before 1970 or from 2262-04-11T23:47:16Z on';
      expect(sanitize(batch).refused).toEqual([
        { reason: 'invalid_time', count: 1, message: `span 0 "op": ${why}` },
      ]);
    },
  );

  it('keeps a span of the last second that the bound leaves', () => {
    const time = LAST_NANO - 999_999_999n;
    const span = aSpan({ startTimeUnixNano: time, endTimeUnixNano: time + 500_000_000n });
    expect(sanitize(aBatch([span])).refused).toEqual([]);
  });

  it('does not tell an id of zeros from none where its format did not', () => {
    const batch = aBatch([aSpan({ spanId: ZERO })], { format: 'zipkin' });
    expect(sanitize(batch).refused).toEqual([
      {
        reason: 'invalid_span_id',
        count: 1,
        message: 'span 0 "GET /": the span id is missing or zero',
      },
    ]);
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
