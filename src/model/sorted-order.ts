/** Beyond this many different texts, the order of the language costs more than it helps. */
const COLLATED_MAX = 10_000;

/**
 * The indexes of the values in order: numbers before texts, equal values as they stood. NaN, which
 * stands for "no value", is last in both directions. A hundred thousand values take a few tens of
 * milliseconds: they are ranked first, so that the sorting itself compares plain numbers.
 */
export function sortedOrder(
  values: readonly (number | string)[],
  descending: boolean,
): Uint32Array {
  const count = values.length;
  const ranks = rankAll(values);
  const last = 2 * count;
  // Rank and index in one number each: sorting numbers needs no comparing function.
  const keys = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const rank = ranks[index] ?? last;
    keys[index] = (descending && rank !== last ? last - 1 - rank : rank) * count + index;
  }
  keys.sort();
  const order = new Uint32Array(count);
  for (let place = 0; place < count; place++) order[place] = (keys[place] ?? 0) % count;
  return order;
}

/** The items in the order of their values. */
export function sortedBy<Item>(
  items: readonly Item[],
  valueOf: (item: Item) => number | string,
  descending: boolean,
): Item[] {
  const sorted: Item[] = [];
  for (const index of sortedOrder(items.map(valueOf), descending)) {
    const item = items[index];
    if (item !== undefined) sorted.push(item);
  }
  return sorted;
}

/**
 * Ranks are below twice the number of values: numbers take the lower half, texts the upper one, and
 * NaN the number that follows.
 */
function rankAll(values: readonly (number | string)[]): Float64Array {
  const count = values.length;
  const numbers = new Float64Array(count);
  const texts = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    const value = values[index];
    // NaN is sorted behind all others.
    numbers[index] = typeof value === 'number' ? value : NaN;
    if (typeof value === 'string') texts.set(value, 0);
  }
  const ranks = new Float64Array(count);
  if (texts.size < count) rankNumbers(numbers, ranks);
  rankTexts(texts, count);
  for (let index = 0; index < count; index++) {
    const value = values[index];
    if (typeof value === 'string') ranks[index] = texts.get(value) ?? 0;
  }
  return ranks;
}

function rankNumbers(numbers: Float64Array, ranks: Float64Array): void {
  const sorted = numbers.toSorted();
  for (const [index, value] of numbers.entries()) {
    ranks[index] = Number.isNaN(value) ? 2 * numbers.length : firstAtLeast(sorted, value);
  }
}

/** Gives the keys of the map their rank as value. */
function rankTexts(texts: Map<string, number>, from: number): void {
  const compare = texts.size <= COLLATED_MAX ? new Intl.Collator().compare : undefined;
  for (const [index, text] of [...texts.keys()].sort(compare).entries()) {
    texts.set(text, from + index);
  }
}

function firstAtLeast(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    // A NaN is not less, so it stays above.
    if ((sorted[middle] ?? NaN) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
