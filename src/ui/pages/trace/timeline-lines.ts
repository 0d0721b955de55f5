import type { PrunedRows } from '../../../model/hidden-rows.ts';
import type { TreeRow } from '../../../model/trace-tree.ts';
import type { TraceView } from './trace-view.ts';

/** What stands in one place of the timeline. */
export type TimelineLine = RowLine | PrunedLine;

interface RowLine {
  readonly type: 'row' | 'detail';
  readonly row: TreeRow;
}

/** In the place of pruned rows, where the first of them would be. */
interface PrunedLine {
  readonly type: 'pruned';
  readonly row: TreeRow;
  readonly pruned: PrunedRows;
}

/** All lines from top to bottom: rows, details below theirs, and a word about what was pruned. */
export function timelineLines(
  view: Pick<TraceView, 'rows' | 'collapsed' | 'opened' | 'hidden'>,
): readonly TimelineLine[] {
  const { rows, collapsed, opened, hidden } = view;
  const lines: TimelineLine[] = [];
  for (let row = rows[0]; row !== undefined;) {
    if (hidden?.isHidden[row.index] === 1) {
      const pruned = hidden.pruned.get(row.index);
      if (pruned !== undefined) lines.push({ type: 'pruned', row, pruned });
      row = rows[row.end];
      continue;
    }
    lines.push({ type: 'row', row });
    if (row.type === 'span' && opened.has(row.index)) lines.push({ type: 'detail', row });
    row = rows[collapsed.has(row.index) ? row.end : row.index + 1];
  }
  return lines;
}
