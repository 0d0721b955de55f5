import { collapseAll } from '../../../model/collapsed-rows.ts';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import type { TreeRow } from '../../../model/trace-tree.ts';
import type { SearchChange } from './trace-address.ts';
import {
  openTraceView,
  type TimeWindow,
  type TraceView,
  traceViewReducer,
  WHOLE,
} from './trace-view.ts';

/** What of the timeline an address keeps: the zoom, the chosen row, open details, collapsed rows. */
export type KeptView = Pick<TraceView, 'window' | 'active' | 'opened' | 'collapsed'>;

/** Rows in one parameter: addresses stay short enough for every chat and proxy. */
const MAX_ROWS = 24;
const BETWEEN_IDS = '.';
/** Value of `closed` for a collapsed tree, whatever its size. */
const ALL_CLOSED = 'all';
/** Zooms are in microseconds, to the nanosecond. */
const ZOOM_DIGITS = 3;
const ZOOM = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/;

/** The parameters that bring this view back. Of too many open details, the last opened are kept. */
export function searchOfView(
  view: KeptView & Pick<TraceView, 'rows'>,
  { durationUs }: Pick<TraceOverview, 'durationUs'>,
): SearchChange {
  const { rows, window, active, opened } = view;
  const isWhole = window.from === WHOLE.from && window.to === WHOLE.to;
  return {
    zoom: isWhole ? undefined : `${us(window.from * durationUs)}-${us(window.to * durationUs)}`,
    row: idsOf(rows, [active]),
    open: idsOf(rows, [...opened].slice(-MAX_ROWS)),
    closed: closedOf(view),
  };
}

/** The view that an address asks for; where it says nothing, what was found decides. */
export function viewOfSearch(
  rows: readonly TreeRow[],
  overview: Pick<TraceOverview, 'durationUs'>,
  { search, found }: { readonly search: string; readonly found: readonly number[] },
): TraceView {
  const parameters = new URLSearchParams(search);
  const view = openTraceView(rows, found);
  const window = windowOf(parameters.get('zoom') ?? '', overview.durationUs);
  const zoomed = window === undefined ? view : traceViewReducer(view, { type: 'zoom-to', window });
  const closed = parameters.get('closed');
  const indexes = indexesOf(rows, [parameters.get('row'), parameters.get('open'), closed]);
  const [active = -1] = indexes(parameters.get('row'));
  return {
    ...zoomed,
    ...((active >= 0 || parameters.has('open')) && {
      active,
      opened: new Set(indexes(parameters.get('open'))),
    }),
    collapsed: closed === ALL_CLOSED ? collapseAll(rows) : new Set(indexes(closed)),
  };
}

function us(value: number): number {
  return Number(value.toFixed(ZOOM_DIGITS));
}

function windowOf(text: string, durationUs: number): TimeWindow | undefined {
  const [, from, to] = ZOOM.exec(text) ?? [];
  const window = { from: Number(from) / durationUs, to: Number(to) / durationUs };
  return window.from < window.to && window.from < 1 ? window : undefined;
}

function closedOf({ rows, collapsed }: Pick<TraceView, 'rows' | 'collapsed'>): string | undefined {
  if (collapsed.size <= MAX_ROWS) return idsOf(rows, [...collapsed]);
  return collapsed.size === collapseAll(rows).size ? ALL_CLOSED : undefined;
}

function idsOf(rows: readonly TreeRow[], indexes: readonly number[]): string | undefined {
  const ids = indexes.flatMap((index) => {
    const row = rows[index];
    return row === undefined ? [] : [idOf(row)];
  });
  return ids.length === 0 ? undefined : ids.join(BETWEEN_IDS);
}

/** Looks for all ids of these parameters in one pass, and reads one of the parameters then. */
function indexesOf(
  rows: readonly TreeRow[],
  parameters: readonly (string | null)[],
): (parameter: string | null) => readonly number[] {
  const wanted = new Set(parameters.flatMap(splitIds));
  const found = new Map<string, number>();
  for (const row of wanted.size === 0 ? [] : rows) {
    const id = idOf(row);
    if (wanted.has(id) && !found.has(id)) found.set(id, row.index);
    if (found.size === wanted.size) break;
  }
  return (parameter) => splitIds(parameter).flatMap((id) => found.get(id) ?? []);
}

function splitIds(parameter: string | null): readonly string[] {
  if (parameter === null || parameter === '' || parameter === ALL_CLOSED) return [];
  return parameter.split(BETWEEN_IDS, MAX_ROWS);
}

function idOf(row: TreeRow): string {
  return row.type === 'span' ? row.span.spanId : row.spanId;
}
