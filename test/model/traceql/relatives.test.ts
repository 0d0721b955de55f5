import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runToEnd } from '../../../src/model/in-turns.ts';
import { Relatives } from '../../../src/model/traceql/relatives.ts';
import type { Span } from '../../../src/model/span.ts';
import { aSpan, spanId } from '../../harness/a-span.ts';

/** Few ids, so that spans share them and form circles. */
const span = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 6 }))
  .map(([own, parent]) => withIds(own, parent));
const spans = fc.array(span, { maxLength: 8 });
const flags = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 });

function withIds(own: number, parent: number): Span {
  return aSpan({ spanId: spanId(own), parentSpanId: parent === 0 ? '' : spanId(parent) });
}

function chosen(all: readonly Span[], isChosen: readonly boolean[]): Set<number> {
  return new Set([...all.keys()].filter((row) => isChosen[row] === true));
}

/** Whether one row is a parent of another, as the words say it. */
function isParent(all: readonly Span[], parent: number, child: number): boolean {
  const said = all[child]?.parentSpanId ?? '';
  return parent !== child && said !== '' && all[parent]?.spanId === said;
}

/** Rows above one, found by going up as often as there are spans. */
function above(all: readonly Span[], row: number): Set<number> {
  let found = new Set<number>([...all.keys()].filter((one) => isParent(all, one, row)));
  for (let left = all.length; left > 0; left--) {
    const more = [...all.keys()].filter((one) => [...found].some((low) => isParent(all, one, low)));
    found = new Set([...found, ...more]);
  }
  return found;
}

describe('relatives in a trace', () => {
  it('are those that the words say, whatever ids are shared', () => {
    fc.assert(
      fc.property(spans, flags, flags, (all, isRow, isOther) => {
        const rows = chosen(all, isRow);
        const others = chosen(all, isOther);
        const relatives = new Relatives(all);
        const where = (isWanted: (row: number, other: number) => boolean): Set<number> =>
          new Set([...rows].filter((row) => [...others].some((other) => isWanted(row, other))));
        expect(runToEnd(relatives.childrenIn(rows, others))).toEqual(
          where((row, other) => isParent(all, other, row)),
        );
        expect(runToEnd(relatives.parentsIn(rows, others))).toEqual(
          where((row, other) => isParent(all, row, other)),
        );
        expect(runToEnd(relatives.descendantsIn(rows, others))).toEqual(
          where((row, other) => above(all, row).has(other)),
        );
        expect(runToEnd(relatives.ancestorsIn(rows, others))).toEqual(
          where((row, other) => above(all, other).has(row)),
        );
        expect(runToEnd(relatives.siblingsIn(rows, others))).toEqual(
          where(
            (row, other) =>
              row !== other &&
              all[row]?.parentSpanId !== '' &&
              all[row]?.parentSpanId === all[other]?.parentSpanId,
          ),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('are found in time where 50,000 spans share one id', () => {
    const all = Array.from({ length: 50_000 }, () => withIds(1, 1));
    const rows = new Set(all.keys());
    const relatives = new Relatives(all);
    const started = process.threadCpuUsage();
    const sizes = [
      runToEnd(relatives.childrenIn(rows, rows)),
      runToEnd(relatives.parentsIn(rows, rows)),
      runToEnd(relatives.descendantsIn(rows, rows)),
      runToEnd(relatives.ancestorsIn(rows, rows)),
      runToEnd(relatives.siblingsIn(rows, rows)),
    ].map(({ size }) => size);
    expect(sizes).toEqual([50_000, 50_000, 50_000, 50_000, 50_000]);
    // Microseconds of the processor: what else runs on the machine does not count.
    expect(process.threadCpuUsage(started).user).toBeLessThan(2_000_000);
  });
});
