import { useEffect, useMemo, useState } from 'react';
import { allSteps } from '../../../model/all-steps.ts';
import {
  criticalPath,
  type CriticalSection,
  criticalShares,
} from '../../../model/critical-path.ts';
import { linkSpans } from '../../../model/span-links.ts';
import type { TimelineTrace } from '../../../model/timeline-span.ts';
import { type TraceOverview, traceOverview } from '../../../model/trace-overview.ts';
import { buildTraceTree, type TreeRow } from '../../../model/trace-tree.ts';
import { inTurns } from '../../in-turns.ts';
import { createPageTurn } from '../../page-turn.ts';

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
  const small = useMemo(() => {
    if (trace === undefined || trace.spans.length > AT_ONCE) return undefined;
    return allSteps(analysisSteps(trace, withCriticalPath));
  }, [trace, withCriticalPath]);
  const [large, setLarge] = useState<AnalysedTrace>();
  useEffect(() => {
    if (trace === undefined || small !== undefined) return undefined;
    const analysing = new AbortController();
    const { signal } = analysing;
    void inTurns(analysisSteps(trace, withCriticalPath), createPageTurn(signal)).then(
      (analysis) => {
        setLarge({ trace, analysis });
      },
      (error: unknown) => {
        // Nobody waits for it any more.
        if (!signal.aborted) throw error;
      },
    );
    return () => {
      analysing.abort();
    };
  }, [trace, small, withCriticalPath]);
  return small ?? (large !== undefined && large.trace === trace ? large.analysis : undefined);
}

interface AnalysedTrace {
  readonly trace: TimelineTrace;
  readonly analysis: TraceAnalysis;
}

/** Each step is a few tens of milliseconds of work with the largest traces. */
function* analysisSteps(
  trace: TimelineTrace,
  withCriticalPath: boolean,
): Generator<undefined, TraceAnalysis> {
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
