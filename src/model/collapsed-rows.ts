import type { HiddenRows } from './hidden-rows.ts';
import type { TreeRow } from './trace-tree.ts';

/** Indexes of the rows whose descendants are hidden. */
export type CollapsedRows = ReadonlySet<number>;

/** The rows that are shown, in display order. */
export function visibleRows(
  rows: readonly TreeRow[],
  collapsed: CollapsedRows,
  hidden?: HiddenRows,
): readonly TreeRow[] {
  if (collapsed.size === 0 && hidden === undefined) return rows;
  const visible: TreeRow[] = [];
  for (let row = rows[0]; row !== undefined;) {
    const isHidden = hidden?.isHidden[row.index] === 1;
    if (!isHidden) visible.push(row);
    row = rows[isHidden || collapsed.has(row.index) ? row.end : row.index + 1];
  }
  return visible;
}

export function toggleRow(collapsed: CollapsedRows, index: number): CollapsedRows {
  const next = new Set(collapsed);
  if (!next.delete(index)) next.add(index);
  return next;
}

export function collapseAll(rows: readonly TreeRow[]): CollapsedRows {
  return new Set(rows.filter(hasChildren).map((row) => row.index));
}

/** Hides the deepest level that still shows. */
export function collapseOneLevel(
  rows: readonly TreeRow[],
  collapsed: CollapsedRows,
  hidden?: HiddenRows,
): CollapsedRows {
  const open = visibleRows(rows, collapsed, hidden).filter(
    (row) => hasChildren(row) && !collapsed.has(row.index),
  );
  const deepest = open.reduce((depth, row) => Math.max(depth, row.depth), 0);
  const closing = open.filter((row) => row.depth === deepest).map((row) => row.index);
  return new Set([...collapsed, ...closing]);
}

/** Shows the children of the collapsed rows nearest to the root. */
export function expandOneLevel(
  rows: readonly TreeRow[],
  collapsed: CollapsedRows,
  hidden?: HiddenRows,
): CollapsedRows {
  const closed = visibleRows(rows, collapsed, hidden).filter((row) => collapsed.has(row.index));
  const nearest = closed.reduce((depth, row) => Math.min(depth, row.depth), Infinity);
  const next = new Set(collapsed);
  for (const row of closed) if (row.depth === nearest) next.delete(row.index);
  return next;
}

/** Opens every ancestor, so that the row itself can be seen. */
export function revealRow(
  rows: readonly TreeRow[],
  collapsed: CollapsedRows,
  index: number,
): CollapsedRows {
  const next = new Set(collapsed);
  for (let row = rows[index]; row !== undefined; row = rows[row.parent]) {
    if (row.index !== index) next.delete(row.index);
  }
  return next.size === collapsed.size ? collapsed : next;
}

function hasChildren(row: TreeRow): boolean {
  return row.end > row.index + 1;
}
