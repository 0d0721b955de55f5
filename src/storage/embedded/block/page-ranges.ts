/** Starts of the oldest and the newest span of a page. */
export interface PageRange {
  readonly page: number;
  readonly oldest: bigint;
  readonly newest: bigint;
}

/** Of a footer's `pageStarts`, the page with the newest span first. */
export function newestPagesFirst(pageStarts: Uint32Array, pageCount: number): readonly PageRange[] {
  const ranges = Array.from({ length: pageCount }, (_, page) => ({
    page,
    oldest: nanoAt(pageStarts, 4 * page),
    newest: nanoAt(pageStarts, 4 * page + 2),
  }));
  return ranges.sort((a, b) =>
    a.newest === b.newest ? b.page - a.page : a.newest > b.newest ? -1 : 1,
  );
}

/** Of a low and a high word. */
export function nanoAt(words: Uint32Array, at: number): bigint {
  return (BigInt(words[at + 1] ?? 0) << 32n) + BigInt(words[at] ?? 0);
}
