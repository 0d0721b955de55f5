import { describe, expect, it } from 'vitest';
import { decodeSpans } from '../../../src/wire/otlp/decode-trace.ts';
import { splitBatch } from '../../../src/wire/otlp/split-batch.ts';
import { aBatch, aSpan, spanId } from '../../harness/a-span.ts';

const SPANS = 40;
const SERVICES = 3;
const BYTES_MAX = 1000;

const spans = Array.from({ length: SPANS }, (_, at) =>
  aSpan({ spanId: spanId(at + 1), serviceName: `s${at % SERVICES}` }),
);

describe('splitting a batch', () => {
  it('makes parts within the bound, with all spans in their order, in their resources and scopes', () => {
    const batch = aBatch(spans);
    const parts = [...splitBatch(batch, BYTES_MAX)];
    expect(parts.length).toBeGreaterThan(2);
    for (const { otlp } of parts) expect(otlp.length).toBeLessThanOrEqual(BYTES_MAX);
    expect(parts.flatMap(({ otlp }) => decodeSpans(otlp))).toEqual(decodeSpans(batch.otlp));
    expect(parts.map(({ scan }) => scan.count).reduce((a, b) => a + b)).toBe(SPANS);
  });

  it('leaves a batch alone that is small enough, and a span that is not is alone in its part', () => {
    const small = aBatch(spans.slice(0, 1));
    expect([...splitBatch(small, small.otlp.length)]).toEqual([small]);
    const parts = [...splitBatch(aBatch(spans.slice(0, 2)), 1)];
    expect(parts.map(({ scan }) => scan.count)).toEqual([1, 1]);
  });
});
