/** The first and the last row whose line can be read; details below a line do not count. */
export interface RowsInSight {
  readonly first: number;
  readonly last: number;
}

/** A scroll ends between pixels. */
const TOLERANCE_PX = 1;

/** Undefined while no line is in sight as a whole: it may be filled by the details of one span. */
export function rowsInSight(scroller: HTMLElement): RowsInSight | undefined {
  const { top, bottom } = scroller.getBoundingClientRect();
  // The head stays above the lines.
  const head = scroller.querySelector('.timeline-head')?.getBoundingClientRect().height ?? 0;
  const rows: number[] = [];
  for (const line of scroller.querySelectorAll<HTMLElement>('.timeline-line')) {
    const row = line.firstElementChild?.getBoundingClientRect();
    if (row === undefined || row.top < top + head - TOLERANCE_PX) continue;
    if (row.bottom <= bottom + TOLERANCE_PX) rows.push(Number(line.dataset['index']));
  }
  const [first] = rows;
  const last = rows.at(-1);
  return first === undefined || last === undefined ? undefined : { first, last };
}
