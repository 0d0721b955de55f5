/** A piece of work: the page answers well within what a person notices. */
const PIECE_MS = 16;
/** Items between two looks at the clock. */
const LOOK_AFTER = 100;

/** Goes through a long list in pieces; in between the page can answer. Stops when aborted. */
export async function inPieces<T>(
  items: readonly T[],
  signal: AbortSignal,
  each: (item: T) => void,
): Promise<void> {
  let pieceEnd = performance.now() + PIECE_MS;
  for (let start = 0; start < items.length; start += LOOK_AFTER) {
    if (performance.now() > pieceEnd) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      pieceEnd = performance.now() + PIECE_MS;
    }
    if (signal.aborted) return;
    for (const item of items.slice(start, start + LOOK_AFTER)) each(item);
  }
}
