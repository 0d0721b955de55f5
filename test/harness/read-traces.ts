import type { Span } from '../../src/model/span.ts';
import type { TraceQuery } from '../../src/model/trace-query.ts';
import type { FoundSummary, Storage, TraceChunk } from '../../src/storage/storage.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';

export const NEVER_ABORTED = new AbortController().signal;

/** Everything, at any time, but for what is given. */
export function aQuery(overrides: Partial<TraceQuery> = {}): TraceQuery {
  return {
    attributes: [],
    startTimeMinNano: 0n,
    startTimeMaxNano: 2n ** 64n - 1n,
    limit: 20,
    ...overrides,
  };
}

export interface FoundTrace {
  readonly traceId: string;
  readonly spans: readonly Span[];
}

/** Chunks of one trace put together, in the order of the traces. */
export async function collectTraces(chunks: AsyncIterable<TraceChunk>): Promise<FoundTrace[]> {
  const traces: { traceId: string; spans: Span[] }[] = [];
  for await (const { traceId, otlp } of chunks) {
    const last = traces.at(-1);
    if (last?.traceId === traceId) last.spans.push(...decodeSpans(otlp));
    else traces.push({ traceId, spans: decodeSpans(otlp) });
  }
  return traces;
}

/** Ids of the traces found, in order. */
export async function findIds(storage: Storage, query: TraceQuery, tenant = ''): Promise<string[]> {
  const found = await collectTraces(storage.reader.findTraces(tenant, query, NEVER_ABORTED));
  return found.map(({ traceId }) => traceId);
}

export async function getSpans(
  storage: Storage,
  id: string,
  tenant = '',
): Promise<readonly Span[]> {
  const traces = await collectTraces(storage.reader.getTraces(tenant, [id], {}, NEVER_ABORTED));
  return traces.flatMap(({ spans }) => spans);
}

export async function findSummaries(storage: Storage, query: TraceQuery): Promise<FoundSummary[]> {
  const summaries: FoundSummary[] = [];
  for await (const summary of storage.reader.findSummaries('', query, NEVER_ABORTED)) {
    summaries.push(summary);
  }
  return summaries;
}
