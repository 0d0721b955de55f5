import type { FoundTrace } from '../../api/found-trace.ts';

export const TRACE_ORDERS = [
  'recent',
  'oldest',
  'longest',
  'shortest',
  'spans',
  'least-spans',
  'errors',
  'least-errors',
  'name',
  'name-reversed',
] as const;
export type TraceOrder = (typeof TRACE_ORDERS)[number];

type Compare = (a: FoundTrace, b: FoundTrace) => number;

const names = new Intl.Collator('en', { numeric: true });
const byName: Compare = (a, b) =>
  names.compare(a.rootService, b.rootService) || names.compare(a.rootOperation, b.rootOperation);

const COMPARE: Record<TraceOrder, Compare> = {
  recent: (a, b) => b.startUs - a.startUs,
  oldest: (a, b) => a.startUs - b.startUs,
  longest: (a, b) => b.durationUs - a.durationUs,
  shortest: (a, b) => a.durationUs - b.durationUs,
  spans: (a, b) => b.spanCount - a.spanCount,
  'least-spans': (a, b) => a.spanCount - b.spanCount,
  errors: (a, b) => b.errorCount - a.errorCount,
  'least-errors': (a, b) => a.errorCount - b.errorCount,
  name: byName,
  'name-reversed': (a, b) => byName(b, a),
};

export function sortTraces(
  traces: readonly FoundTrace[],
  order: TraceOrder,
): readonly FoundTrace[] {
  return traces.toSorted((a, b) => COMPARE[order](a, b) || (a.traceId < b.traceId ? -1 : 1));
}

export function readTraceOrder(text: string | null): TraceOrder {
  return TRACE_ORDERS.find((order) => order === text) ?? 'recent';
}

/** The duration that this share of the traces does not exceed (nearest rank). */
export function durationQuantile(traces: readonly FoundTrace[], share: number): number {
  const sorted = traces.map((trace) => trace.durationUs).sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
