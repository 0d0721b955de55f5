import { eachInTurns, runToEnd } from './in-turns.ts';
import type { InTurns } from './in-turns.ts';
import type { ServiceSummary, TraceSummary } from './trace-query.ts';
import type { StatusCode } from './span.ts';

/** What a summary needs to know of a span; a `Span` is one. */
export interface SummarySpan {
  readonly spanId: string;
  /** '' for a root span. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly status: { readonly code: StatusCode };
  readonly resource: { readonly serviceName: string };
}

interface ServiceTally {
  spanCount: number;
  errorSpanCount: number;
}

/**
 * Sums up one whole trace. Its root is the earliest span without a parent; when all have one, the
 * earliest whose parent is missing, and in a circle the earliest of all.
 */
export function summarizeTrace(traceId: string, spans: readonly SummarySpan[]): TraceSummary {
  return runToEnd(summarizeInTurns(traceId, spans));
}

/** `summarizeTrace` for one that may be large, where others wait. */
export function* summarizeInTurns(
  traceId: string,
  spans: readonly SummarySpan[],
): InTurns<TraceSummary> {
  const ids = new Set<string>();
  yield* eachInTurns(spans, ({ spanId }) => ids.add(spanId));
  const services = new Map<string, ServiceTally>();
  let root: SummarySpan | undefined;
  let rootRank = Infinity;
  let orphanSpanCount = 0;
  let errorSpanCount = 0;
  yield* eachInTurns(spans, (span) => {
    const rank = rootRankOf(span, ids);
    if (rank === ORPHAN) orphanSpanCount += 1;
    if (root === undefined || rank < rootRank || (rank === rootRank && isEarlier(span, root))) {
      root = span;
      rootRank = rank;
    }
    const isError = span.status.code === 'error';
    if (isError) errorSpanCount += 1;
    countSpan(services, span.resource.serviceName, isError);
  });
  return {
    traceId,
    rootServiceName: root?.resource.serviceName ?? '',
    rootOperationName: root?.name ?? '',
    ...timeRange(spans),
    spanCount: spans.length,
    errorSpanCount,
    orphanSpanCount,
    services: [...services].map(toServiceSummary).sort(byName),
  };
}

const ROOT = 0;
const ORPHAN = 1;
const CHILD = 2;

function rootRankOf(span: SummarySpan, ids: ReadonlySet<string>): number {
  if (span.parentSpanId === '') return ROOT;
  return ids.has(span.parentSpanId) ? CHILD : ORPHAN;
}

function isEarlier(a: SummarySpan, b: SummarySpan): boolean {
  if (a.startTimeUnixNano !== b.startTimeUnixNano) return a.startTimeUnixNano < b.startTimeUnixNano;
  return a.spanId < b.spanId;
}

function countSpan(services: Map<string, ServiceTally>, name: string, isError: boolean): void {
  const tally = services.get(name) ?? { spanCount: 0, errorSpanCount: 0 };
  tally.spanCount += 1;
  if (isError) tally.errorSpanCount += 1;
  services.set(name, tally);
}

function timeRange(
  spans: readonly SummarySpan[],
): Pick<TraceSummary, 'minStartTimeNano' | 'maxEndTimeNano'> {
  let minStartTimeNano = spans[0]?.startTimeUnixNano ?? 0n;
  let maxEndTimeNano = spans[0]?.endTimeUnixNano ?? 0n;
  for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
    if (startTimeUnixNano < minStartTimeNano) minStartTimeNano = startTimeUnixNano;
    if (endTimeUnixNano > maxEndTimeNano) maxEndTimeNano = endTimeUnixNano;
  }
  return { minStartTimeNano, maxEndTimeNano };
}

function toServiceSummary([name, tally]: [string, ServiceTally]): ServiceSummary {
  return { name, ...tally };
}

function byName(a: ServiceSummary, b: ServiceSummary): number {
  return a.name < b.name ? -1 : 1;
}
