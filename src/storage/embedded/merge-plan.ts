import type { StoredBlock } from './catalogue.ts';

/**
 * Spans of a merged block: what it takes of memory to merge grows with it, by half a kilobyte each, and
 * doubles beyond a power of two.
 */
const MERGED_SPANS_MAX = 131_072;
/** As many have to come together, so that a span is written few times; but fewer fill a block. */
const PARTS_MIN = 4;
const FULL_SPANS = MERGED_SPANS_MAX / 2;
const PARTS_MAX = 16;
/** The largest part may be so many times the smallest. */
const RATIO_MAX = 4;
/** A block is deleted when its newest span is old: those in it must not be much older. */
const ARRIVALS_MS_MAX = 6 * 3_600_000;

/**
 * Blocks to merge next: neighbours by number, since a merged block has all numbers between its parts',
 * and of one size, about. The oldest such blocks come first; undefined when there are none.
 * @param isReady false for a block that is to be left alone
 */
export function planMerge(
  blocks: readonly StoredBlock[],
  isReady: (block: StoredBlock) => boolean,
): readonly StoredBlock[] | undefined {
  for (let first = 0; first + 2 <= blocks.length; first++) {
    let parts: readonly StoredBlock[] = [];
    for (const block of blocks.slice(first, first + PARTS_MAX)) {
      const more = [...parts, block];
      if (!isReady(block) || !belongTogether(more)) break;
      parts = more;
    }
    if (parts.length >= PARTS_MIN) return parts;
    if (parts.length > 1 && spansOf(parts) >= FULL_SPANS) return parts;
  }
  return undefined;
}

function spansOf(parts: readonly StoredBlock[]): number {
  return parts.reduce((sum, { block }) => sum + block.spanCount, 0);
}

function belongTogether(parts: readonly StoredBlock[]): boolean {
  const sizes = parts.map(({ block }) => block.spanCount);
  const arrivals = parts.flatMap(({ firstArrivalMs, lastArrivalMs }) => [
    firstArrivalMs,
    lastArrivalMs,
  ]);
  return (
    spansOf(parts) <= MERGED_SPANS_MAX &&
    Math.max(...sizes) <= RATIO_MAX * Math.min(...sizes) &&
    Math.max(...arrivals) - Math.min(...arrivals) <= ARRIVALS_MS_MAX &&
    parts.every(({ first }, at) => at === 0 || first === (parts[at - 1]?.last ?? 0) + 1)
  );
}
