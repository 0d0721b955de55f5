import { GrpcCallError } from '../../drivers/grpc-client.ts';
import type { GrpcClient } from '../../drivers/grpc-client.ts';
import type { TraceQuery } from '../../model/trace-query.ts';
import { STORAGE_METHODS } from '../../wire/jaeger-storage/method-paths.ts';
import { splitMatch } from '../../wire/jaeger-storage/search-extension.ts';
import { encodeFindRequest } from '../../wire/jaeger-storage/trace-query-message.ts';
import { decodeTraceSummaries } from '../../wire/jaeger-storage/trace-summaries-message.ts';
import { firstTraceId } from '../../wire/otlp/first-trace-id.ts';
import type { FoundSummary, TraceChunk, TraceReader } from '../storage.ts';
import { callFor } from './call-for.ts';
import type { RemoteCapabilities } from './remote-capabilities.ts';
import { summarizeTraces } from './summarize-traces.ts';

/** gRPC's status of a method that the server does not have. */
const UNIMPLEMENTED = 12;

/** A search that the storage server cannot do, or has not said yet that it can. */
export class UnsupportedSearchError extends Error {
  override readonly name = 'UnsupportedSearchError';

  constructor(part: string) {
    super(`the storage server does not search with ${part}`);
  }
}

/**
 * The searches of a reader. Our own storage server keeps the order that `TraceReader` promises; Jaeger's
 * keep theirs, which for its memory storage is that of arrival or none.
 */
export function createRemoteSearch(
  client: GrpcClient,
  capabilities: RemoteCapabilities,
): Pick<TraceReader, 'findTraces' | 'findSummaries'> {
  const findTraces: TraceReader['findTraces'] = (tenant, query, signal) =>
    chunksOf(find(STORAGE_METHODS.findTraces, tenant, query, signal));
  return {
    findTraces,
    findSummaries: async function* (tenant, query, signal) {
      try {
        yield* servedSummaries(tenant, query, signal);
      } catch (error) {
        // A Jaeger from before it had them; then nothing was answered yet.
        if (!(error instanceof GrpcCallError) || error.code !== UNIMPLEMENTED) throw error;
        yield* summarizeTraces(findTraces(tenant, query, signal));
      }
    },
  };

  async function* servedSummaries(
    tenant: string,
    query: TraceQuery,
    signal: AbortSignal,
  ): AsyncGenerator<FoundSummary> {
    const answers = find(STORAGE_METHODS.findTraceSummaries, tenant, query, signal);
    for await (const answer of answers) yield* decodeTraceSummaries(answer);
  }

  function find(
    path: string,
    tenant: string,
    query: TraceQuery,
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array> {
    const { cursor, filters } = capabilities.current();
    const isFiltered = [...(query.filters ?? []), ...(query.traceFilters ?? [])].length > 0;
    // A server that does not know them would answer as if nobody had asked.
    if (isFiltered && !filters) throw new UnsupportedSearchError('operators');
    if (query.after !== undefined && !cursor) throw new UnsupportedSearchError('a cursor');
    const request = encodeFindRequest(query, { tellPositions: cursor });
    return client.serverStream(path, request, callFor(tenant, signal));
  }
}

/** A message holds spans of one trace only. */
export async function* chunksOf(messages: AsyncIterable<Uint8Array>): AsyncGenerator<TraceChunk> {
  for await (const message of messages) {
    const found = splitMatch(message);
    const traceId = firstTraceId(found.otlp);
    if (traceId !== undefined) yield { traceId, ...found };
  }
}
