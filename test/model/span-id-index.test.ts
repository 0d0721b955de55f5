import { describe, expect, it } from 'vitest';
import { runToEnd } from '../../src/model/in-turns.ts';
import { SpanIdIndex, areDistinctIds } from '../../src/model/span-id-index.ts';

describe('SpanIdIndex', () => {
  it('names the first row with an id', () => {
    const index = new SpanIdIndex(Uint32Array.from([1, 2, 2, 1, 1, 2, 0, 0]));
    expect([0, 1, 2, 3].map((row) => index.add(row))).toEqual([0, 1, 0, 3]);
  });

  it('finds a row by its id, wherever it is looked for first', () => {
    const index = new SpanIdIndex(Uint32Array.from([1, 2, 2, 1, 0, 2]));
    for (const row of [0, 1, 2]) index.add(row);
    expect([0, 1, 2, 3].map((near) => index.findNear(near, 2, 1))).toEqual([1, 1, 1, 1]);
    expect([0, 1, 2, 3].map((near) => index.findNear(near, 1, 1))).toEqual([-1, -1, -1, -1]);
  });

  it('finds every row of many', () => {
    const ids = Uint32Array.from({ length: 20_000 }, (_, at) => at >> 3);
    const index = new SpanIdIndex(ids);
    const firsts = Array.from({ length: 10_000 }, (_, row) => index.add(row));
    expect(firsts).toEqual(firsts.map((_, row) => row - (row % 4)));
  });
});

describe('areDistinctIds', () => {
  it('compares both words', () => {
    expect(runToEnd(areDistinctIds(Uint32Array.from([7, 1, 7, 2, 8, 1])))).toBe(true);
    expect(runToEnd(areDistinctIds(Uint32Array.from([7, 1, 7, 2, 7, 1])))).toBe(false);
    expect(runToEnd(areDistinctIds(new Uint32Array()))).toBe(true);
  });
});
