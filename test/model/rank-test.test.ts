import { describe, expect, it } from 'vitest';
import { adjustForMany, rankTest } from '../../src/model/rank-test.ts';

describe('rankTest', () => {
  // U = 0 of 25 pairs; z = (12.5 - 0.5) / sqrt(25 * 11 / 12) = 2.5067; two-sided 0.01219.
  it('finds it unlikely that five values below five others are chance', () => {
    expect(rankTest([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBeCloseTo(0.01219, 5);
    expect(rankTest([6, 7, 8, 9, 10], [1, 2, 3, 4, 5])).toBeCloseTo(0.01219, 5);
  });

  // Three ones of rank 2 and three twos of rank 5: the ranks of a add up to 9, U = 3 of 9 pairs,
  // variance = 9 / 12 * (7 - (24 + 24) / 30) = 4.05, z = (1.5 - 0.5) / sqrt(4.05) = 0.4969.
  it('lets equal values share their ranks', () => {
    expect(rankTest([1, 1, 2], [1, 2, 2])).toBeCloseTo(0.61926, 5);
  });

  it('does not care how far away the furthest value is', () => {
    const near = rankTest([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]);
    expect(rankTest([1, 2, 3, 4, 5], [6, 7, 8, 9, 1e9])).toBe(near);
  });

  it('sees nothing in equal values and in no values', () => {
    expect(rankTest([7, 7, 7, 7, 7], [7, 7, 7, 7, 7])).toBe(1);
    expect(rankTest([], [1, 2, 3])).toBe(1);
  });

  it('sees nothing in samples that interlock', () => {
    expect(rankTest([1, 4, 5, 8, 9], [2, 3, 6, 7, 10])).toBeGreaterThan(0.8);
  });
});

describe('adjustForMany', () => {
  // 0.01 * 4 / 1, 0.02 * 4 / 2, 0.03 * 4 / 3 and 0.9 * 4 / 4; the smaller later ones carry forward.
  it('asks more of each result the more there are, and keeps their order', () => {
    const adjusted = adjustForMany([0.9, 0.01, 0.03, 0.02]);
    expect(adjusted.map((p) => p.toFixed(4))).toEqual(['0.9000', '0.0400', '0.0400', '0.0400']);
  });

  it('leaves a single result alone', () => {
    expect(adjustForMany([0.04])).toEqual([0.04]);
    expect(adjustForMany([])).toEqual([]);
  });
});
