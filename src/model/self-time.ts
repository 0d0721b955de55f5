import type { TreeRow } from './trace-tree.ts';

/** Microseconds of a span in which none of its children ran; 0 for a ghost. */
export function selfTimeUs(rows: readonly TreeRow[], row: TreeRow): number {
  if (row.type === 'ghost') return 0;
  const { startUs, durationUs } = row.span;
  const endUs = startUs + durationUs;
  let coveredUs = 0;
  let coveredUntilUs = startUs;
  // Siblings come in order of their start, so one sweep merges what overlaps.
  for (let child = rows[row.index + 1]; child !== undefined && child.index < row.end;) {
    const { from, to } = spanTime(child);
    const start = Math.max(from, coveredUntilUs);
    const end = Math.min(to, endUs);
    if (end > start) {
      coveredUs += end - start;
      coveredUntilUs = end;
    }
    child = rows[child.end];
  }
  return durationUs - coveredUs;
}

/** Microseconds since 1970 that a row covers. */
export function spanTime(row: TreeRow): { readonly from: number; readonly to: number } {
  const { startUs, durationUs } = row.type === 'span' ? row.span : row;
  return { from: startUs, to: startUs + durationUs };
}
