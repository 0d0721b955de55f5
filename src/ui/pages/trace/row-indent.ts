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

/** The vertical lines of a row's ancestors, as one CSS background. */
export function guideLines(depth: number, nameWidth: number): string {
  const lines: string[] = [];
  for (let level = 0; level < depth; level++) {
    const x = rowIndent(level, nameWidth);
    if (rowIndent(level + 1, nameWidth) - x < MIN_GUIDE_GAP_PX) break;
    lines.push(
      `linear-gradient(var(--line), var(--line)) ${Math.round(x) + GUIDE_OFFSET_PX}px 0 / 1px 100% no-repeat`,
    );
  }
  return lines.join(', ');
}
