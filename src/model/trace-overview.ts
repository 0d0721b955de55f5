import type { TimelineSpan } from './timeline-span.ts';
import type { TreeRow } from './trace-tree.ts';

/** The facts a trace's header shows. */
export interface TraceOverview {
  /** Service and operation of the first root span; undefined for a trace without spans. */
  readonly root: TimelineSpan | undefined;
  /** Microseconds since 1970. */
  readonly startUs: number;
  readonly durationUs: number;
  readonly spanCount: number;
  readonly errorCount: number;
  /** Parents that are named but never arrived. */
  readonly missingParents: number;
  /** Levels, 1 for a trace of roots alone. */
  readonly depth: number;
  /** Most spans first, then by name. */
  readonly services: readonly ServiceShare[];
}

export interface ServiceShare {
  readonly name: string;
  readonly spanCount: number;
  readonly errorCount: number;
}

interface ServiceTally {
  spanCount: number;
  errorCount: number;
}

export function traceOverview(rows: readonly TreeRow[]): TraceOverview {
  let startUs = Infinity;
  let endUs = -Infinity;
  let missingParents = 0;
  let depth = 0;
  const services = new Map<string, ServiceTally>();
  for (const row of rows) {
    depth = Math.max(depth, row.depth + 1);
    if (row.type === 'ghost') {
      missingParents += 1;
      continue;
    }
    const { span } = row;
    startUs = Math.min(startUs, span.startUs);
    endUs = Math.max(endUs, span.startUs + span.durationUs);
    countSpan(services, span);
  }
  const shares = [...services].map(([name, tally]) => ({ name, ...tally })).sort(byShare);
  const spanCount = shares.reduce((sum, share) => sum + share.spanCount, 0);
  return {
    root: rows.find((row) => row.type === 'span')?.span,
    startUs: spanCount === 0 ? 0 : startUs,
    durationUs: spanCount === 0 ? 0 : endUs - startUs,
    spanCount,
    errorCount: shares.reduce((sum, share) => sum + share.errorCount, 0),
    missingParents,
    depth,
    services: shares,
  };
}

function countSpan(services: Map<string, ServiceTally>, span: TimelineSpan): void {
  const tally = services.get(span.process.serviceName) ?? { spanCount: 0, errorCount: 0 };
  tally.spanCount += 1;
  if (span.isError) tally.errorCount += 1;
  services.set(span.process.serviceName, tally);
}

function byShare(a: ServiceShare, b: ServiceShare): number {
  return b.spanCount - a.spanCount || (a.name < b.name ? -1 : 1);
}
