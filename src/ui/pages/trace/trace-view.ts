import {
  collapseAll,
  collapseOneLevel,
  type CollapsedRows,
  expandOneLevel,
  revealRow,
  toggleRow,
  visibleRows,
} from '../../../model/collapsed-rows.ts';
import type { HiddenRows } from '../../../model/hidden-rows.ts';
import type { TreeRow } from '../../../model/trace-tree.ts';
import type { RowsInSight } from './rows-in-sight.ts';

/** The part of the trace's time that is shown, as shares of its duration. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** What a person has done to the timeline. Rows are named by their index in the tree. */
export interface TraceView {
  readonly rows: readonly TreeRow[];
  readonly collapsed: CollapsedRows;
  /** Undefined while nothing is filtered. */
  readonly hidden: HiddenRows | undefined;
  readonly opened: ReadonlySet<number>;
  /** -1 while no row is chosen. */
  readonly active: number;
  /** Counts how often the active row was to be brought into sight. */
  readonly revealed: number;
  readonly window: TimeWindow;
}

export type TraceAction =
  | { readonly type: 'toggle-children'; readonly index: number }
  | { readonly type: 'toggle-detail'; readonly index: number }
  | { readonly type: 'toggle-active-detail' }
  | { readonly type: 'select'; readonly index: number }
  | { readonly type: 'hide'; readonly hidden: HiddenRows | undefined }
  | { readonly type: 'expand-all' }
  | { readonly type: 'collapse-all' }
  | { readonly type: 'expand-one' }
  | { readonly type: 'collapse-one' }
  | { readonly type: 'step'; readonly by: 1 | -1; readonly sight?: RowsInSight | undefined }
  | { readonly type: 'reveal'; readonly index: number; readonly withDetail?: boolean }
  | { readonly type: 'zoom-to'; readonly window: TimeWindow }
  | { readonly type: 'zoom'; readonly factor: number }
  | { readonly type: 'pan'; readonly share: number };

export const WHOLE: TimeWindow = { from: 0, to: 1 };
/** A millionth of the trace: below it, positions in pixels lose their meaning. */
const NARROWEST = 1e-6;

/** A trace opened by a link to one of its spans starts there, with the details open. */
export function openTraceView(rows: readonly TreeRow[], foundRows: readonly number[]): TraceView {
  const [active = -1] = foundRows;
  const opened = new Set(foundRows.length === 1 ? foundRows : []);
  return {
    ...{ rows, opened, active },
    ...{ collapsed: new Set(), hidden: undefined, revealed: 0, window: WHOLE },
  };
}

export function traceViewReducer(view: TraceView, action: TraceAction): TraceView {
  const { rows, collapsed, opened, active } = view;
  if (isWindowAction(action)) return { ...view, window: movedWindow(view.window, action) };
  switch (action.type) {
    case 'toggle-detail':
      return { ...view, opened: toggleRow(opened, action.index), active: action.index };
    case 'toggle-active-detail':
      return active < 0 ? view : { ...view, opened: toggleRow(opened, active) };
    case 'select':
      return { ...view, active: action.index };
    case 'hide':
      return { ...view, hidden: action.hidden };
    case 'toggle-children':
    case 'expand-all':
    case 'collapse-all':
    case 'expand-one':
    case 'collapse-one':
      return folded(view, action);
    case 'step':
      return { ...view, active: stepped(view, action) };
    case 'reveal':
      return {
        ...view,
        active: action.index,
        revealed: view.revealed + 1,
        collapsed: revealRow(rows, collapsed, action.index),
        opened: action.withDetail === true ? new Set([...opened, action.index]) : opened,
      };
  }
}

type FoldAction = Extract<
  TraceAction,
  { type: 'toggle-children' | 'expand-all' | 'collapse-all' | 'expand-one' | 'collapse-one' }
>;

function folded(view: TraceView, action: FoldAction): TraceView {
  const { rows, collapsed, hidden } = view;
  switch (action.type) {
    case 'toggle-children':
      return { ...view, collapsed: toggleRow(collapsed, action.index), active: action.index };
    case 'expand-all':
      return { ...view, collapsed: new Set() };
    case 'collapse-all':
      return { ...view, collapsed: collapseAll(rows) };
    case 'expand-one':
      return { ...view, collapsed: expandOneLevel(rows, collapsed, hidden) };
    case 'collapse-one':
      return { ...view, collapsed: collapseOneLevel(rows, collapsed, hidden) };
  }
}

/** The match after (or before) the active row, round and round; undefined without matches. */
export function nextMatch(
  found: readonly number[],
  active: number,
  by: 1 | -1,
): number | undefined {
  if (by === 1) return found.find((index) => index > active) ?? found[0];
  return found.findLast((index) => index < active) ?? found.at(-1);
}

type StepAction = Extract<TraceAction, { type: 'step' }>;

/** From the active row when it is in sight, else, as in Jaeger, from where one has scrolled to. */
function stepped(view: TraceView, { by, sight }: StepAction): number {
  const { rows, collapsed, hidden, active } = view;
  const visible = visibleRows(rows, collapsed, hidden);
  const isAway = sight !== undefined && (active < sight.first || active > sight.last);
  const from = isAway ? sight.first : active;
  const next = visible.findIndex((row) => row.index >= from);
  const position = from < 0 ? -1 : next === -1 ? visible.length : next;
  const wanted = isAway && by === 1 ? position : position + by;
  const target = Math.min(visible.length - 1, Math.max(0, wanted));
  return visible[target]?.index ?? -1;
}

type WindowAction = Extract<TraceAction, { type: 'zoom-to' | 'zoom' | 'pan' }>;

function isWindowAction(action: TraceAction): action is WindowAction {
  return action.type === 'zoom-to' || action.type === 'zoom' || action.type === 'pan';
}

function movedWindow(window: TimeWindow, action: WindowAction): TimeWindow {
  const width = window.to - window.from;
  switch (action.type) {
    case 'zoom-to':
      return placed(action.window.from, action.window.to - action.window.from);
    case 'zoom': {
      const next = width * action.factor;
      return placed(window.from + (width - next) / 2, next);
    }
    case 'pan':
      return placed(window.from + width * action.share, width);
  }
}

function placed(from: number, width: number): TimeWindow {
  const kept = Math.min(1, Math.max(NARROWEST, width));
  const start = Math.min(1 - kept, Math.max(0, from));
  return { from: start, to: start + kept };
}
