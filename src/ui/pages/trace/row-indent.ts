import type { TreeRow } from '../../../model/trace-tree.ts';

const FIRST_STEP_PX = 16;
/** Of the name column; the rest stays for the name however deep the row is. */
const MAX_SHARE = 0.4;
/** Guides nearer to each other than this would be a grey block. */
const MIN_GUIDE_GAP_PX = 5;
const GUIDE_OFFSET_PX = 18;

/** Pixels a row is moved right: the first levels fully, deeper ones by less and less. */
export function rowIndent(depth: number, nameWidth: number): number {
  const room = Math.max(1, nameWidth * MAX_SHARE);
  return (room * depth) / (depth + room / FIRST_STEP_PX);
}

/**
 * The vertical lines of a row's ancestors, as one CSS background. Each line's colour is a property
 * of its ancestor's own, so that one change highlights it on all rows.
 */
export function guideLines(rows: readonly TreeRow[], row: TreeRow, nameWidth: number): string {
  const lines = guides(rows, row, nameWidth).map(
    ({ index, x }) =>
      `linear-gradient(var(${guideProperty(index)}, var(--line)), var(${guideProperty(index)}, var(--line))) ${x}px 0 / 1px 100% no-repeat`,
  );
  return lines.join(', ');
}

/** The ancestor whose line is nearest to the pointer: the row's own parent unless one is left of it. */
export function guideAt(
  rows: readonly TreeRow[],
  row: TreeRow,
  place: { readonly x: number; readonly nameWidth: number },
): number {
  const lines = guides(rows, row, place.nameWidth);
  return lines.find(({ x }) => place.x <= x + MIN_GUIDE_GAP_PX)?.index ?? row.parent;
}

/** The CSS property that colours the line of a row's descendants. */
export function guideProperty(index: number): `--${string}` {
  return `--guide-${index}`;
}

function guides(
  rows: readonly TreeRow[],
  row: TreeRow,
  nameWidth: number,
): readonly { readonly index: number; readonly x: number }[] {
  const levels = guideLevels(nameWidth);
  const lines: { index: number; x: number }[] = [];
  // A row may be thousands of levels deep: only the first ones have a line.
  for (let at = rows[row.parent]; at !== undefined; at = rows[at.parent]) {
    if (at.depth >= levels) continue;
    lines.push({
      index: at.index,
      x: Math.round(rowIndent(at.depth, nameWidth)) + GUIDE_OFFSET_PX,
    });
  }
  return lines.reverse();
}

/** How many levels are far enough from the next one to have a line of their own. */
function guideLevels(nameWidth: number): number {
  let level = 0;
  while (rowIndent(level + 1, nameWidth) - rowIndent(level, nameWidth) >= MIN_GUIDE_GAP_PX) {
    level += 1;
  }
  return level;
}
