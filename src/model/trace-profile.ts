import { runToEnd } from './in-turns.ts';
import type { InTurns } from './in-turns.ts';
import { linkSpans } from './span-links.ts';
import type { TimelineSpan } from './timeline-span.ts';
import type { TraceFacts } from './trace-facts.ts';
import { traceOverview } from './trace-overview.ts';
import { buildTraceTree } from './trace-tree.ts';

/** A trace with its spans folded together by their way from the root: small, however long the trace. */
export interface TraceProfile extends TraceFacts {
  /** A path stands after the one that it continues. */
  readonly paths: readonly ProfiledPath[];
}

/** The spans that the same services and operations lead to from the root. */
export interface ProfiledPath {
  /** Index of the path one step shorter; -1 for a root. */
  readonly parent: number;
  readonly service: string;
  readonly operation: string;
  readonly durationsUs: readonly number[];
  readonly errorCount: number;
}

interface OpenPath extends ProfiledPath {
  readonly durationsUs: number[];
  errorCount: number;
}

/** Of a step: a few milliseconds. */
const ROWS_AT_ONCE = 2_000;

export function profileTrace(traceId: string, spans: readonly TimelineSpan[]): TraceProfile {
  return runToEnd(profileSteps(traceId, spans));
}

/** Spans whose parent never arrived start a path of their own. */
export function* profileSteps(
  traceId: string,
  spans: readonly TimelineSpan[],
): InTurns<TraceProfile> {
  const links = linkSpans(spans);
  yield;
  const rows = buildTraceTree(spans, links);
  const index = new PathIndex();
  const paths: OpenPath[] = [];
  const pathOfRow = new Int32Array(rows.length).fill(-1);
  for (const row of rows) {
    if (row.index % ROWS_AT_ONCE === 0) yield;
    if (row.type === 'ghost') continue;
    const { span } = row;
    const parent = pathOfRow[row.parent] ?? -1;
    const service = span.process.serviceName;
    const operation = span.operationName;
    const at = index.of({ parent, service, operation });
    const path = (paths[at] ??= { parent, service, operation, durationsUs: [], errorCount: 0 });
    path.durationsUs.push(span.durationUs);
    if (span.isError) path.errorCount += 1;
    pathOfRow[row.index] = at;
  }
  yield;
  const { root, startUs, durationUs, spanCount, errorCount } = traceOverview(rows);
  return {
    traceId,
    // No span is kept: behind one there may be the whole trace.
    rootService: root?.process.serviceName ?? '',
    rootOperation: root?.operationName ?? '',
    ...{ startUs, durationUs, spanCount, errorCount, paths },
  };
}

/** Numbers paths from 0 in the order in which they are first asked for. */
export class PathIndex {
  /** By service, operation and the parent's number, which stands for the way up to it. */
  private readonly indexes = new Map<string, Map<string, Map<number, number>>>();
  private count = 0;

  of({ parent, service, operation }: Omit<ProfiledPath, 'durationsUs' | 'errorCount'>): number {
    const ofService = this.indexes.get(service) ?? new Map<string, Map<number, number>>();
    if (ofService.size === 0) this.indexes.set(service, ofService);
    const ofOperation = ofService.get(operation) ?? new Map<number, number>();
    if (ofOperation.size === 0) ofService.set(operation, ofOperation);
    const known = ofOperation.get(parent);
    if (known !== undefined) return known;
    ofOperation.set(parent, this.count);
    this.count += 1;
    return this.count - 1;
  }
}
