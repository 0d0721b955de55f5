/**
 * How likely it is that two samples differ at least this much when both come from the same source:
 * the two-sided Mann-Whitney U test, by its normal approximation with corrections for ties and
 * continuity. It asks nothing of how the values are distributed, and one wild value weighs no more
 * than any other. The approximation is good from about five values on each side; 1 for an empty one.
 */
export function rankTest(a: readonly number[], b: readonly number[]): number {
  const pairs = a.length * b.length;
  const all = a.length + b.length;
  if (pairs === 0) return 1;
  const { rankSum, tieCubes } = rankFirst(a, b);
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  const variance = (pairs / 12) * (all + 1 - tieCubes / (all * (all - 1)));
  if (variance === 0) return 1;
  const z = Math.max(0, Math.abs(u - pairs / 2) - 0.5) / Math.sqrt(variance);
  return erfc(z / Math.SQRT2);
}

/**
 * Benjamini and Hochberg's correction: of many tests some look striking by chance alone. Of the
 * results at most as large as p in the answer, no more than a share of p is expected to be chance.
 */
export function adjustForMany(probabilities: readonly number[]): readonly number[] {
  const largestFirst = probabilities.map((p, index) => ({ p, index })).sort((x, y) => y.p - x.p);
  const adjusted = new Array<number>(probabilities.length).fill(1);
  let least = 1;
  for (const [position, { p, index }] of largestFirst.entries()) {
    const rank = probabilities.length - position;
    least = Math.min(least, (p * probabilities.length) / rank);
    adjusted[index] = least;
  }
  return adjusted;
}

/** The ranks of `a` among all values added up, equal values sharing theirs, and the sum of t³ − t over ties. */
function rankFirst(
  a: readonly number[],
  b: readonly number[],
): { readonly rankSum: number; readonly tieCubes: number } {
  const countsByValue = new Map<number, { inA: number; count: number }>();
  const count = (values: readonly number[], inA: number): void => {
    for (const value of values) {
      const counts = countsByValue.get(value) ?? { inA: 0, count: 0 };
      counts.inA += inA;
      counts.count += 1;
      countsByValue.set(value, counts);
    }
  };
  count(a, 1);
  count(b, 0);
  let before = 0;
  let rankSum = 0;
  let tieCubes = 0;
  for (const [, ties] of [...countsByValue].sort(([x], [y]) => x - y)) {
    rankSum += ties.inA * (before + (ties.count + 1) / 2);
    tieCubes += ties.count ** 3 - ties.count;
    before += ties.count;
  }
  return { rankSum, tieCubes };
}

/**
 * The complementary error function of a number from 0, to seven digits: Abramowitz and Stegun,
 * Handbook of Mathematical Functions, formula 7.1.26.
 */
function erfc(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  const factors = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  return factors.reduce((sum, factor) => (sum + factor) * t, 0) * Math.exp(-x * x);
}
