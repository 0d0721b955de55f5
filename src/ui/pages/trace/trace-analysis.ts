import { useMemo } from 'react';
import {
  criticalPath,
  type CriticalSection,
  criticalShares,
} from '../../../model/critical-path.ts';
import type { InTurns } from '../../../model/in-turns.ts';
import { linkSpans } from '../../../model/span-links.ts';
import type { TimelineTrace } from '../../../model/timeline-span.ts';
import { type TraceOverview, traceOverview } from '../../../model/trace-overview.ts';
import { buildTraceTree, type TreeRow } from '../../../model/trace-tree.ts';
import { useInTurns } from '../../components/use-in-turns.ts';

/** Everything that follows from the trace alone. */
export interface TraceAnalysis {
  readonly rows: readonly TreeRow[];
  readonly overview: TraceOverview;
  readonly shares: ReturnType<typeof criticalShares>;
  readonly critical: ReadonlyMap<number, readonly CriticalSection[]>;
}

/** So many spans are looked at in one go: a few milliseconds, less than a frame more would take. */
const AT_ONCE = 5_000;

/** undefined without a trace, and for a moment with a large one: the page can answer meanwhile. */
export function useTraceAnalysis(
  trace: TimelineTrace | undefined,
  withCriticalPath: boolean,
): TraceAnalysis | undefined {
  const start = useMemo(
    () => (trace === undefined ? undefined : () => analysisSteps(trace, withCriticalPath)),
    [trace, withCriticalPath],
  );
  const { result, pending } = useInTurns(
    start,
    trace !== undefined && trace.spans.length <= AT_ONCE,
  );
  return pending ? undefined : result;
}

/** Each step is a few tens of milliseconds of work with the largest traces. */
function* analysisSteps(trace: TimelineTrace, withCriticalPath: boolean): InTurns<TraceAnalysis> {
  const links = linkSpans(trace.spans);
  yield;
  const rows = buildTraceTree(trace.spans, links);
  yield;
  const sections = withCriticalPath ? criticalPath(rows) : [];
  yield;
  return {
    rows,
    overview: traceOverview(rows),
    shares: criticalShares(rows, sections),
    critical: Map.groupBy(sections, ({ index }) => index),
  };
}
