/** What a line takes beyond the height that all have. */
export interface TallLine {
  readonly line: number;
  readonly morePx: number;
}

/** Where lines are, without a place kept for each: nearly all have the same height. */
export interface LinePlaces {
  readonly totalPx: number;
  readonly top: (line: number) => number;
  /** The line at a distance from the first one's top. */
  readonly lineAt: (px: number) => number;
}

export function linePlaces(count: number, linePx: number, tall: readonly TallLine[]): LinePlaces {
  const sorted = tall.toSorted((a, b) => a.line - b.line);
  /** Of so many of the tall ones. */
  const more = [0];
  for (const { morePx } of sorted) more.push((more.at(-1) ?? 0) + morePx);
  const top = (line: number): number => {
    const before = countUntil(sorted.length, (at) => (sorted[at]?.line ?? 0) < line);
    return line * linePx + (more[before] ?? 0);
  };
  return {
    totalPx: count * linePx + (more.at(-1) ?? 0),
    top,
    lineAt: (px) => {
      // The tall lines that end above.
      const above = countUntil(sorted.length, (at) => top((sorted[at]?.line ?? 0) + 1) <= px);
      const even = Math.floor((px - (more[above] ?? 0)) / linePx);
      const line = Math.min(even, sorted[above]?.line ?? Infinity);
      return Math.max(0, Math.min(count - 1, line));
    },
  };
}

/** How many of so many, from the first one on, hold; those that do come first. */
function countUntil(count: number, holds: (at: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
