import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeSpans } from '../../../src/wire/otlp/encode-trace.ts';
import { scanSpans } from '../../../src/wire/otlp/scan-spans.ts';
import { aSpan } from '../../harness/a-span.ts';

/** Spans whose sizes are no guide to those of their neighbours. */
const sizes = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 100 }), fc.nat({ max: 5000 })), {
  minLength: 1,
  maxLength: 60,
});

function namesOf(otlp: Uint8Array): string[] {
  const { nameStarts, nameEnds } = scanSpans(otlp);
  return [...nameStarts].map((start, row) =>
    Buffer.from(otlp.subarray(start, nameEnds[row])).toString('utf8'),
  );
}

describe('the rows of a scan', () => {
  it('are as many as there are spans, however unlike these are', () => {
    fc.assert(
      fc.property(sizes, (list) => {
        const names = list.map((size, row) => `${row} ${'x'.repeat(size)}`);
        const otlp = encodeSpans(names.map((name) => aSpan({ name })));
        const { count, traceIds, resourceRows, startTimesUnixNano, kinds } = scanSpans(otlp);
        expect(namesOf(otlp)).toEqual(names);
        expect(count).toBe(names.length);
        expect(traceIds).toHaveLength(4 * count);
        expect([resourceRows.length, startTimesUnixNano.length, kinds.length]).toEqual(
          Array.from({ length: 3 }, () => count),
        );
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['large ones come first', [5000, 1]],
    ['small ones come first', [1, 5000]],
  ])('are as many as there are spans when %s', (_name, [first = 0, then = 0]) => {
    const names = Array.from({ length: 400 }, (_, row) => 'x'.repeat(row < 20 ? first : then));
    expect(namesOf(encodeSpans(names.map((name) => aSpan({ name }))))).toEqual(names);
  });
});
