import { type ComponentType, lazy } from 'react';
import type { TraceViewProps } from './trace-view-props.ts';

/** Values of `?view=`, in the menu's order; without the parameter, the timeline is shown. */
export const TRACE_VIEW_IDS = ['graph', 'statistics', 'spans', 'flamegraph', 'logs'] as const;

export type TraceViewId = (typeof TRACE_VIEW_IDS)[number];

/** Each view is a file of its own, loaded when it is chosen. */
export const TRACE_VIEWS: Readonly<Record<TraceViewId, ComponentType<TraceViewProps>>> = {
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

/** The view of an address; 'timeline' for none and for one that there is not. */
export function traceViewOf(search: string): TraceViewId | 'timeline' {
  const wanted = new URLSearchParams(search).get('view');
  return TRACE_VIEW_IDS.find((id) => id === wanted) ?? 'timeline';
}
