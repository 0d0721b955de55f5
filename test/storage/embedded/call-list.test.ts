import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallList } from '../../../src/storage/embedded/call-list.ts';
import { EdgeCounts } from '../../../src/storage/embedded/edge-table.ts';

const CALLS = 10_000;
const EDGES = 300;
/** Calls are in order of time but for a few. */
const LATE_EVERY = 97;

function startOf(call: number): number {
  return call % LATE_EVERY === 0 ? CALLS - call : call;
}

function countsOf(list: CallList, startMs: number, endMs: number): readonly number[] {
  const counts = new EdgeCounts();
  list.addTo(counts, { startMs, endMs });
  return Array.from({ length: EDGES }, (_, edge) => counts.of(edge));
}

describe('a list of calls', () => {
  it('adds up those in a window, as one by one', () => {
    const list = new CallList();
    for (let call = 0; call < CALLS; call++) list.add(call % EDGES, startOf(call), 1 + (call % 3));
    const time = fc.integer({ min: -1, max: CALLS + 1 });
    fc.assert(
      fc.property(time, time, (startMs, endMs) => {
        const expected = new Array<number>(EDGES).fill(0);
        for (let call = 0; call < CALLS; call++) {
          const edge = call % EDGES;
          const isIn = startOf(call) >= startMs && startOf(call) <= endMs;
          if (isIn) expected[edge] = (expected[edge] ?? 0) + 1 + (call % 3);
        }
        expect(countsOf(list, startMs, endMs)).toEqual(expected);
      }),
    );
  });

  it('adds up what came after it was asked first', () => {
    const list = new CallList();
    for (let call = 0; call < CALLS; call++) list.add(0, call, 1);
    expect(countsOf(list, 0, Infinity)[0]).toBe(CALLS);
    for (let call = 0; call < CALLS; call++) list.add(0, call, 1);
    expect(countsOf(list, 0, Infinity)[0]).toBe(2 * CALLS);
  });
});
