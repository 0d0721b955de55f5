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

/** The vertical line that a row has beside its descendants. */
export interface Guide {
  readonly index: number;
  readonly x: number;
  /** Of the lines, the first and the last one that it stands beside. */
  readonly first: number;
  readonly last: number;
}

/** Those beside some lines, `first` being the place of the first one. Descendants follow one another. */
export function guidesBeside(
  rows: readonly TreeRow[],
  lines: Int32Array,
  first: number,
  nameWidth: number,
): readonly Guide[] {
  const found = new Map<number, Guide>();
  for (const [at, line] of lines.entries()) {
    const row = rows[line];
    if (row === undefined) continue;
    for (const { index, x } of guides(rows, row, nameWidth)) {
      found.set(index, {
        index,
        x,
        first: found.get(index)?.first ?? first + at,
        last: first + at,
      });
    }
  }
  return [...found.values()];
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
