import { type ComponentType, lazy } from 'react';
import type { TraceViewProps } from './trace-view-props.ts';

/** Values of `?view=`, in the menu's order; without the parameter, the timeline is shown. */
const VIEW_IDS = ['graph', 'statistics', 'spans', 'flamegraph', 'logs'] as const;

export type TraceViewId = (typeof VIEW_IDS)[number];

type Views = Readonly<Partial<Record<TraceViewId, ComponentType<TraceViewProps>>>>;

/** Each view is a file of its own, loaded when it is chosen. */
export const TRACE_VIEWS: Views = {
  graph: lazy(async () => ({
    default: (await import('./views/graph/graph-view.tsx')).GraphView,
  })),
  statistics: lazy(async () => ({
    default: (await import('./views/statistics/statistics-view.tsx')).StatisticsView,
  })),
  spans: lazy(async () => ({
    default: (await import('./views/spans/spans-view.tsx')).SpansView,
  })),
  flamegraph: lazy(async () => ({
    default: (await import('./views/flamegraph/flamegraph-view.tsx')).FlamegraphView,
  })),
  logs: lazy(async () => ({
    default: (await import('./views/logs/logs-view.tsx')).LogsView,
  })),
};

/** The views that there are, in the menu's order. */
export function traceViewIds(): readonly TraceViewId[] {
  return VIEW_IDS.filter((id) => TRACE_VIEWS[id] !== undefined);
}

/** The view of an address; 'timeline' for none and for one that there is not. */
export function traceViewOf(search: string): TraceViewId | 'timeline' {
  const wanted = new URLSearchParams(search).get('view');
  return traceViewIds().find((id) => id === wanted) ?? 'timeline';
}
