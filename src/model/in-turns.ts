/**
 * Work on many spans that can be left at each `yield`, so that whoever does it gives others a turn, or
 * stops. Its result is what it returns.
 */
export type InTurns<T> = Generator<undefined, T>;

/** Few, since one may be compared with many long patterns; enough that turns cost nothing. */
const ITEMS_A_STEP = 32;
/** Sorted at once: far less work than a turn. */
const SORTED_AT_ONCE = 1024;

/** All of it at once. */
export function runToEnd<T>(work: InTurns<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** In between it waits for `turn`, which lets others go on when it is time. @throws what that throws */
export async function doInTurns<T>(work: InTurns<T>, turn: () => Promise<void>): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await turn();
  }
}

export function* eachInTurns<T>(
  items: Iterable<T>,
  visit: (item: T, index: number) => void,
): InTurns<void> {
  let index = 0;
  for (const item of items) {
    visit(item, index);
    index += 1;
    if (index % ITEMS_A_STEP === 0) yield;
  }
}

/** Those that are wanted, in their order, as a set. */
export function* chosenInTurns<T>(
  items: Iterable<T>,
  isWanted: (item: T, index: number) => boolean,
): InTurns<Set<T>> {
  const chosen = new Set<T>();
  yield* eachInTurns(items, (item, index) => {
    if (isWanted(item, index)) chosen.add(item);
  });
  return chosen;
}

/** A sorted copy; what is equal stays in its order. */
export function* sortInTurns<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
): InTurns<readonly T[]> {
  let runs: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += SORTED_AT_ONCE) {
    runs.push(items.slice(start, start + SORTED_AT_ONCE).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const merged: (readonly T[])[] = [];
    for (let index = 0; index < runs.length; index += 2) {
      merged.push(yield* merge(runs[index] ?? [], runs[index + 1] ?? [], compare));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

function* merge<T>(
  left: readonly T[],
  right: readonly T[],
  compare: (a: T, b: T) => number,
): InTurns<readonly T[]> {
  const merged: T[] = [];
  let behind = 0;
  yield* eachInTurns(left, (item) => {
    for (let next = right[behind]; next !== undefined; next = right[behind]) {
      if (compare(next, item) >= 0) break;
      merged.push(next);
      behind += 1;
    }
    merged.push(item);
  });
  yield* eachInTurns(right.slice(behind), (item) => merged.push(item));
  return merged;
}
