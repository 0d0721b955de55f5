import { exactSpanText } from '../../model/adjust-duplicates.ts';
import type { SearchPosition } from '../../model/search-filter.ts';
import type { Span } from '../../model/span.ts';
import type { TraceQuery, TraceSummary } from '../../model/trace-query.ts';
import { doInTurns, eachInTurns, sortInTurns } from '../../model/in-turns.ts';
import type { InTurns } from '../../model/in-turns.ts';
import { summarizeInTurns } from '../../model/trace-summary.ts';
import { createTraceqlMatcher } from '../../model/traceql/match-traceql.ts';
import { necessaryConditions } from '../../model/traceql/necessary-conditions.ts';
import type { TraceqlQuery } from '../../model/traceql/traceql-query.ts';
import type { TraceChunk, TraceReader } from '../../storage/storage.ts';
import { compilePattern } from '../../storage/text-pattern.ts';
import { scanSpans } from '../../wire/otlp/scan-spans.ts';
import type { QueryLimits } from '../api/endpoint.ts';
import { createPace } from '../api/pace.ts';
import type { Pace } from '../api/pace.ts';
import { createSpanDecoder } from '../api/span-piece.ts';
import { storageQuery } from './storage-query.ts';
import { withTraceqlErrors } from './tempo-search.ts';
import type { NanoWindow } from './tempo-search.ts';

export interface TraceqlSearch {
  readonly traceql: TraceqlQuery;
  readonly window: NanoWindow;
  /** Traces that are wanted, at least 1. */
  readonly limit: number;
}

export interface FindOptions {
  readonly reader: TraceReader;
  readonly tenant: string;
  readonly signal: AbortSignal;
  readonly limits: Pick<QueryLimits, 'maxSpans' | 'maxTraceSize'>;
  /** Traces that may be read. */
  readonly maxTracesRead: number;
}

/** A trace that a query finds. */
export interface FoundTrace {
  readonly summary: TraceSummary;
  /** Those that are meant; at least one, in the order of their starts. */
  readonly spans: readonly Span[];
}

/** What a search has read so far. */
export interface Inspection {
  traces: number;
  spans: number;
  bytes: number;
  /** Which limit ended the search while there may have been more. */
  stoppedBy: string | undefined;
}

export function createInspection(): Inspection {
  return { traces: 0, spans: 0, bytes: 0, stoppedBy: undefined };
}

/**
 * Traces that a query finds, newest first. The storage is searched for what they have necessarily,
 * page by page, and each trace that it knows is looked at as it is stored. A trace belongs to the
 * window when a span that the storage was searched for starts there.
 * @throws ApiError for a query that cannot be asked
 */
export async function* findTraceql(
  search: TraceqlSearch,
  options: FindOptions,
  inspection: Inspection,
): AsyncGenerator<FoundTrace> {
  const match = withTraceqlErrors(() => createTraceqlMatcher(search.traceql, compilePattern));
  // However large a trace is, others have their turns while it is looked at.
  const pace = createPace(options.signal);
  let found = 0;
  for await (const { spans, traceId } of candidates(search, options, { inspection, pace })) {
    const summary = await doInTurns(summarizeInTurns(traceId, spans), pace);
    const matched = await doInTurns(match({ spans, summary }), pace);
    if (matched.length === 0) continue;
    yield { summary, spans: await doInTurns(sortInTurns(matched, byStart), pace) };
    found += 1;
    if (found === search.limit) return;
  }
}

function byStart(a: Span, b: Span): number {
  if (a.startTimeUnixNano !== b.startTimeUnixNano) {
    return a.startTimeUnixNano < b.startTimeUnixNano ? -1 : 1;
  }
  return a.spanId < b.spanId ? -1 : 1;
}

interface Candidate {
  readonly traceId: string;
  readonly spans: readonly Span[];
  /** Where the next page begins; absent where the backend cannot tell. */
  readonly position: SearchPosition | undefined;
}

async function* candidates(
  { limit, traceql, window }: TraceqlSearch,
  options: FindOptions,
  reading: Reading,
): AsyncGenerator<Candidate> {
  const { maxTracesRead, reader, signal, tenant } = options;
  const { inspection } = reading;
  const necessary = necessaryConditions(traceql);
  if (necessary.traceIds !== undefined) {
    const chunks = reader.getTraces(tenant, necessary.traceIds, {}, signal);
    yield* wholeTraces(chunks, options, reading);
    return;
  }
  const query = storageQuery(necessary, window, reader.capabilities);
  let page: TraceQuery = {
    ...query,
    limit: reader.capabilities.cursor ? Math.min(limit, maxTracesRead) : maxTracesRead,
  };
  for (;;) {
    let count = 0;
    let last: SearchPosition | undefined;
    const chunks = reader.findTraces(tenant, page, signal);
    for await (const candidate of wholeTraces(chunks, options, reading)) {
      count += 1;
      last = candidate.position;
      yield candidate;
    }
    if (inspection.stoppedBy !== undefined || count < page.limit) return;
    const left = maxTracesRead - inspection.traces;
    if (left <= 0) inspection.stoppedBy = 'query.tempo.max-traces-read';
    if (left <= 0 || last === undefined) return;
    // Pages grow: what is rare is not searched for again and again.
    page = { ...query, limit: Math.min(left, 4 * page.limit), after: last };
  }
}

interface Reading {
  readonly inspection: Inspection;
  readonly pace: Pace;
}

/** Traces that are as large as the limit at most; what is more is not looked at. */
async function* wholeTraces(
  chunks: AsyncIterable<TraceChunk>,
  { limits }: FindOptions,
  { inspection, pace }: Reading,
): AsyncGenerator<Candidate> {
  let open: { traceId: string; spans: Span[]; position: SearchPosition | undefined } | undefined;
  for await (const { matchNano, otlp, traceId } of chunks) {
    await pace();
    if (open !== undefined && open.traceId !== traceId) {
      yield { ...open, spans: await doInTurns(withoutRepeats(open.spans), pace) };
      open = undefined;
    }
    if (open === undefined) {
      const position = matchNano === undefined ? undefined : { startNano: matchNano, traceId };
      open = { traceId, spans: [], position };
      inspection.traces += 1;
    }
    inspection.bytes += otlp.length;
    const scan = scanSpans(otlp);
    inspection.spans += scan.count;
    if (inspection.spans > limits.maxSpans) {
      inspection.stoppedBy = 'query.max-spans';
      return;
    }
    const count = Math.min(scan.count, limits.maxTraceSize - open.spans.length);
    await doInTurns(decodeInto(open.spans, createSpanDecoder(otlp, scan), count), pace);
  }
  if (open !== undefined)
    yield { ...open, spans: await doInTurns(withoutRepeats(open.spans), pace) };
}

function* decodeInto(spans: Span[], decode: (index: number) => Span, count: number): InTurns<void> {
  yield* eachInTurns(Array(Math.max(0, count)).keys(), (index) => spans.push(decode(index)));
}

/** Spans that were delivered twice count once. */
function* withoutRepeats(spans: readonly Span[]): InTurns<readonly Span[]> {
  const keys = new Set<string>();
  const repeated = new Set<string>();
  yield* eachInTurns(spans, (span) => {
    const key = keyOf(span);
    (keys.has(key) ? repeated : keys).add(key);
  });
  if (repeated.size === 0) return spans;
  const texts = new Set<string>();
  const distinct: Span[] = [];
  yield* eachInTurns(spans, (span) => {
    if (repeated.has(keyOf(span))) {
      const text = exactSpanText(span);
      if (texts.has(text)) return;
      texts.add(text);
    }
    distinct.push(span);
  });
  return distinct;
}

/** What differs already in spans that share an id. */
function keyOf({ endTimeUnixNano, spanId, startTimeUnixNano }: Span): string {
  return `${spanId} ${startTimeUnixNano} ${endTimeUnixNano}`;
}
