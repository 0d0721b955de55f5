import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chosenInTurns, eachInTurns, runToEnd, sortInTurns } from '../../src/model/in-turns.ts';
import type { InTurns } from '../../src/model/in-turns.ts';

const MANY = Array.from({ length: 10_000 }, (_, index) => (index * 7919) % 10_007);

function turns(work: InTurns<unknown>): number {
  let count = 1;
  while (work.next().done !== true) count += 1;
  return count;
}

describe('work in turns', () => {
  it('visits all in their order', () => {
    const seen: [string, number][] = [];
    runToEnd(eachInTurns(['a', 'b', 'c'], (item, index) => seen.push([item, index])));
    expect(seen).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ]);
  });

  it('chooses what is wanted', () => {
    expect([...runToEnd(chosenInTurns([3, 1, 2], (item) => item !== 1))]).toEqual([3, 2]);
  });

  it('sorts as Array.sort does, whatever is equal', () => {
    const byTens = (a: number, b: number): number => Math.trunc(a / 10) - Math.trunc(b / 10);
    expect(runToEnd(sortInTurns(MANY, byTens))).toEqual(MANY.toSorted(byTens));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 5000 }), (items) => {
        expect(runToEnd(sortInTurns(items, byTens))).toEqual(items.toSorted(byTens));
      }),
      { numRuns: 20 },
    );
    expect(runToEnd(sortInTurns([], byTens))).toEqual([]);
  });

  it.each([
    ['visiting', eachInTurns(MANY, () => undefined), 300],
    ['choosing', chosenInTurns(MANY, () => true), 300],
    ['sorting', sortInTurns(MANY, (a, b) => a - b), 10],
  ])('may be left again and again while %s many', (_what, work, least) => {
    expect(turns(work)).toBeGreaterThan(least);
  });
});
