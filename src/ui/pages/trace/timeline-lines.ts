import type { TreeRow } from '../../../model/trace-tree.ts';
import type { TraceView } from './trace-view.ts';

/**
 * What stands below each other: the index of each line's row, ascending. Pruned rows are one line in
 * the place of the first of them. Details belong to the line of their row.
 */
export function timelineLines({
  rows,
  collapsed,
  hidden,
}: Pick<TraceView, 'rows' | 'collapsed' | 'hidden'>): Int32Array {
  const lines = new Int32Array(rows.length);
  let count = 0;
  for (let index = 0; index < rows.length;) {
    const end = rows[index]?.end ?? rows.length;
    if (hidden?.isHidden[index] === 1) {
      if (hidden.pruned.has(index)) lines[count++] = index;
      index = end;
      continue;
    }
    lines[count++] = index;
    index = collapsed.has(index) ? end : index + 1;
  }
  return lines.subarray(0, count);
}

/** Which line a row has; -1 when it has none. */
export function lineOf(lines: Int32Array, row: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = lines[middle] ?? 0;
    if (found === row) return middle;
    if (found < row) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Whether details may stand below the row. */
export function hasDetail(row: TreeRow | undefined, hidden: TraceView['hidden']): boolean {
  return row?.type === 'span' && hidden?.isHidden[row.index] !== 1;
}
