import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runToEnd } from '../../../src/model/in-turns.ts';
import { CallList } from '../../../src/storage/embedded/call-list.ts';
import { settledCalls } from '../../../src/storage/embedded/settled-calls.ts';

type Call = readonly [edge: number, startMs: number, count: number];

function listOf(calls: readonly Call[]): CallList {
  const list = new CallList();
  for (const [edge, startMs, count] of calls) list.add(edge, startMs, count);
  return list;
}

function callsOf(list: CallList): readonly Call[] {
  return Array.from({ length: list.length }, (_, at): Call => [
    ...([list.edges[at] ?? 0, list.startsMs[at] ?? 0, list.counts[at] ?? 0] as const),
  ]);
}

/** Of each edge and time, in any order. */
function sumsOf(calls: readonly Call[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [edge, startMs, count] of calls) {
    const key = `${edge} ${startMs}`;
    sums.set(key, (sums.get(key) ?? 0) + count);
  }
  return new Map([...sums].filter(([, count]) => count !== 0).sort());
}

function settled(calls: readonly Call[]): readonly Call[] {
  return callsOf(runToEnd(settledCalls(listOf(calls))));
}

const START_MS = 1_795_313_950_686.25;

describe('settled calls', () => {
  it('are those that no other takes back, in their order', () => {
    const calls: Call[] = [
      [1, START_MS, 1],
      [2, START_MS, 1],
      [1, START_MS, -1],
      [1, START_MS + 1, 2],
      [1, START_MS + 1, -1],
    ];
    expect(settled(calls)).toEqual([
      [2, START_MS, 1],
      [1, START_MS + 1, 1],
    ]);
  });

  it('keep what takes back more than there is', () => {
    expect(settled([[1, START_MS, -2]])).toEqual([[1, START_MS, -2]]);
  });

  it('come to the same as before, of each edge and time', () => {
    const call = fc.tuple(
      ...([
        fc.nat(3),
        fc.nat(3).map((ms) => START_MS + ms),
        fc.integer({ min: -3, max: 3 }),
      ] as const),
    );
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
        const after = settled(calls);
        expect(sumsOf(after)).toEqual(sumsOf(calls));
        expect(after.some(([, , count]) => count === 0)).toBe(false);
      }),
    );
  });

  it('are found in turns, however many there are', () => {
    const list = new CallList();
    for (let call = 0; call < 100_000; call++) list.add(call % 7, START_MS + call, 1);
    for (let call = 0; call < 50_000; call++) list.add(call % 7, START_MS + call, -1);
    let turns = 0;
    const work = settledCalls(list);
    let step = work.next();
    for (; step.done !== true; step = work.next()) turns += 1;
    expect(step.value.length).toBe(50_000);
    expect(turns).toBeGreaterThan(200);
  });
});
