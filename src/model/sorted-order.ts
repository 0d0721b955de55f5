/** Beyond this many different texts, the order of the language costs more than it helps. */
const COLLATED_MAX = 10_000;

/**
 * The indexes of the values in order: numbers before texts, equal values as they stood. NaN, which
 * stands for "no value", is last in both directions. A hundred thousand values take a few tens of
 * milliseconds: they are ranked first, so that the sorting itself needs no comparing function.
 */
export function sortedOrder(
  values: readonly (number | string)[],
  descending: boolean,
): readonly number[] {
  const count = values.length;
  const rankOf = ranker(values);
  const last = 2 * count;
  const keys = Float64Array.from(values, (value, index) => {
    const rank = Number.isNaN(value) ? last : rankOf(value);
    const place = descending && rank !== last ? last - 1 - rank : rank;
    return place * count + index;
  });
  return Array.from(keys.sort(), (key) => key % count);
}

/** Ranks are below twice the number of values: numbers take the lower half, texts the upper one. */
function ranker(values: readonly (number | string)[]): (value: number | string) => number {
  const numbers = Float64Array.from(values.filter((value) => typeof value === 'number')).sort();
  const texts = [...new Set(values.filter((value) => typeof value === 'string'))];
  const compare = texts.length <= COLLATED_MAX ? new Intl.Collator().compare : undefined;
  const textRanks = new Map(
    texts.sort(compare).map((text, index) => [text, values.length + index]),
  );
  return (value) =>
    typeof value === 'number' ? firstAtLeast(numbers, value) : (textRanks.get(value) ?? 0);
}

function firstAtLeast(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? NaN) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
