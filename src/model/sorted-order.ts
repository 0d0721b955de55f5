import { eachInTurns, runToEnd, sortInTurns } from './in-turns.ts';
import type { InTurns } from './in-turns.ts';

/** Of a step: a few milliseconds. */
const AT_ONCE = 4_096;
/** Beyond this many different texts, the order of the language costs more than it helps. */
const COLLATED_MAX = 10_000;

/**
 * The indexes of the values in order: numbers before texts, equal values as they stood. NaN, which
 * stands for "no value", is last in both directions.
 */
export function sortedOrder(
  values: readonly (number | string)[],
  descending: boolean,
): Uint32Array {
  return runToEnd(orderSteps(values, descending));
}

/** The items in the order of their values, in steps: a hundred thousand take a while. */
export function* sortSteps<Item>(
  items: readonly Item[],
  valueOf: (item: Item) => number | string,
  descending: boolean,
): InTurns<Item[]> {
  const values: (number | string)[] = [];
  for (const item of items) {
    if (values.length % AT_ONCE === 0) yield;
    values.push(valueOf(item));
  }
  const sorted: Item[] = [];
  for (const index of yield* orderSteps(values, descending)) {
    if (sorted.length % AT_ONCE === 0) yield;
    const item = items[index];
    if (item !== undefined) sorted.push(item);
  }
  return sorted;
}

/** Values are ranked first, so that the sorting itself compares plain numbers. */
function* orderSteps(
  values: readonly (number | string)[],
  descending: boolean,
): InTurns<Uint32Array> {
  const count = values.length;
  const ranks = yield* rankAll(values);
  const last = 2 * count;
  // Rank and index in one number each: sorting numbers needs no comparing function.
  const keys = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    if (index % AT_ONCE === 0) yield;
    const rank = ranks[index] ?? last;
    keys[index] = (descending && rank !== last ? last - 1 - rank : rank) * count + index;
  }
  const sorted = yield* sortedNumbers(keys);
  const order = new Uint32Array(count);
  for (let place = 0; place < count; place++) order[place] = (sorted[place] ?? 0) % count;
  return order;
}

/** The items in the order of their values. */
export function sortedBy<Item>(
  items: readonly Item[],
  valueOf: (item: Item) => number | string,
  descending: boolean,
): Item[] {
  return runToEnd(sortSteps(items, valueOf, descending));
}

/** Parts are sorted one by one and then merged, two by two. NaN is behind all others. */
function* sortedNumbers(numbers: Float64Array): InTurns<Float64Array> {
  for (let from = 0; from < numbers.length; from += AT_ONCE) {
    numbers.subarray(from, from + AT_ONCE).sort();
    yield;
  }
  let source = numbers;
  let target: Float64Array = new Float64Array(numbers.length);
  for (let width = AT_ONCE; width < numbers.length; width *= 2) {
    for (let from = 0; from < numbers.length; from += 2 * width) {
      const middle = Math.min(from + width, numbers.length);
      const end = Math.min(middle + width, numbers.length);
      yield* merge({ source, target }, [from, middle, end]);
    }
    [source, target] = [target, source];
  }
  return source;
}

function* merge(
  { source, target }: { readonly source: Float64Array; readonly target: Float64Array },
  [from, middle, end]: readonly [number, number, number],
): InTurns<void> {
  let left = from;
  let right = middle;
  for (let place = from; place < end; place++) {
    if (place % AT_ONCE === 0) yield;
    const rightValue = source[right] ?? NaN;
    // A NaN is not less: the left side goes first, and what is left of the right one last.
    const isRight = left >= middle || (right < end && isBefore(rightValue, source[left] ?? NaN));
    target[place] = (isRight ? source[right++] : source[left++]) ?? NaN;
  }
}

function isBefore(one: number, other: number): boolean {
  return one < other || (Number.isNaN(other) && !Number.isNaN(one));
}

/**
 * Ranks are below twice the number of values: numbers take the lower half, texts the upper one, and
 * NaN the number that follows.
 */
function* rankAll(values: readonly (number | string)[]): InTurns<Float64Array> {
  const count = values.length;
  const numbers = new Float64Array(count);
  const texts = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    if (index % AT_ONCE === 0) yield;
    const value = values[index];
    // NaN is sorted behind all others.
    numbers[index] = typeof value === 'number' ? value : NaN;
    if (typeof value === 'string') texts.set(value, 0);
  }
  const ranks = new Float64Array(count);
  if (texts.size < count) yield* rankNumbers(numbers, ranks);
  yield* rankTexts(texts, count);
  for (let index = 0; index < count; index++) {
    if (index % AT_ONCE === 0) yield;
    const value = values[index];
    if (typeof value === 'string') ranks[index] = texts.get(value) ?? 0;
  }
  return ranks;
}

function* rankNumbers(numbers: Float64Array, ranks: Float64Array): InTurns<void> {
  const sorted = yield* sortedNumbers(numbers.slice());
  for (let index = 0; index < numbers.length; index++) {
    if (index % AT_ONCE === 0) yield;
    const value = numbers[index] ?? NaN;
    ranks[index] = Number.isNaN(value) ? 2 * numbers.length : firstAtLeast(sorted, value);
  }
}

/** Gives the keys of the map their rank as value. */
function* rankTexts(texts: Map<string, number>, from: number): InTurns<void> {
  const collator = new Intl.Collator();
  const compare = texts.size <= COLLATED_MAX ? collator.compare : byCharacters;
  const sorted = yield* sortInTurns([...texts.keys()], compare);
  yield* eachInTurns(sorted, (text, index) => {
    texts.set(text, from + index);
  });
}

function byCharacters(one: string, other: string): number {
  return one < other ? -1 : one === other ? 0 : 1;
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
