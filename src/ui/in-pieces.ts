/** Items of one piece: a few tens of milliseconds of work on a slow machine. */
const PIECE = 5_000;

/** Goes through a long list in pieces; in between the page can answer. Stops when aborted. */
export async function inPieces<T>(
  items: readonly T[],
  signal: AbortSignal,
  each: (item: T) => void,
): Promise<void> {
  for (let start = 0; start < items.length; start += PIECE) {
    if (start > 0) await new Promise((resolve) => setTimeout(resolve, 0));
    if (signal.aborted) return;
    for (const item of items.slice(start, start + PIECE)) each(item);
  }
}
