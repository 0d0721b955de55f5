import type { GrpcClient } from '../../drivers/grpc-client.ts';
import type { SpanKind } from '../../model/span.ts';
import { SPAN_KINDS } from '../../model/span.ts';
import type { Operation, TraceQuery } from '../../model/trace-query.ts';
import { STORAGE_METHODS } from '../../wire/jaeger-storage/method-paths.ts';
import { decodeOperations, decodeServices } from '../../wire/jaeger-storage/read-answers.ts';
import {
  encodeGetAttributeKeys,
  encodeGetAttributeValues,
  encodeGetOperations,
  encodeGetTraces,
} from '../../wire/jaeger-storage/read-requests.ts';
import { splitMatch } from '../../wire/jaeger-storage/search-extension.ts';
import { encodeFindRequest } from '../../wire/jaeger-storage/trace-query-message.ts';
import { decodeTraceSummaries } from '../../wire/jaeger-storage/trace-summaries-message.ts';
import { firstTraceId } from '../../wire/otlp/first-trace-id.ts';
import type { TraceChunk, TraceReader } from '../storage.ts';
import { callFor } from './call-for.ts';
import type { RemoteCapabilities } from './remote-capabilities.ts';

const EMPTY = new Uint8Array(0);
const TRACE_ID = /^[0-9a-f]{32}$/i;
const KINDS: ReadonlySet<string> = new Set(SPAN_KINDS);

/** A search that the storage server cannot do, or has not said yet that it can. */
export class UnsupportedSearchError extends Error {
  override readonly name = 'UnsupportedSearchError';

  constructor(part: string) {
    super(`the storage server does not search with ${part}`);
  }
}

/** Each question is one call; the answers are passed on as they come. */
export function createRemoteReader(
  client: GrpcClient,
  capabilities: RemoteCapabilities,
): TraceReader {
  return {
    get capabilities() {
      return capabilities.current();
    },
    services: async (tenant) =>
      decodeServices(await client.unary(STORAGE_METHODS.getServices, EMPTY, callFor(tenant))),
    operations: async (tenant, service, kind) => {
      const request = encodeGetOperations({ service, spanKind: kind ?? '' });
      const answer = await client.unary(STORAGE_METHODS.getOperations, request, callFor(tenant));
      return decodeOperations(answer).map(operationOf);
    },
    getTraces: (tenant, ids, window, signal) => {
      const known = ids.filter((id) => TRACE_ID.test(id));
      const request = encodeGetTraces(known.map((traceId) => ({ traceId, window })));
      return chunksOf(
        client.serverStream(STORAGE_METHODS.getTraces, request, callFor(tenant, signal)),
      );
    },
    findTraces: (tenant, query, signal) =>
      chunksOf(find(STORAGE_METHODS.findTraces, tenant, query, signal)),
    findSummaries: async function* (tenant, query, signal) {
      const answers = find(STORAGE_METHODS.findTraceSummaries, tenant, query, signal);
      for await (const answer of answers) yield* decodeTraceSummaries(answer);
    },
    // Absent where the server has no such service, as far as is known now.
    get attributeKeys() {
      return capabilities.current().attributes ? attributeKeys : undefined;
    },
    get attributeValues() {
      return capabilities.current().attributes ? attributeValues : undefined;
    },
  };

  async function attributeKeys(tenant: string, service = ''): Promise<readonly string[]> {
    const request = encodeGetAttributeKeys(service);
    return decodeServices(
      await client.unary(STORAGE_METHODS.getAttributeKeys, request, callFor(tenant)),
    );
  }

  async function attributeValues(
    tenant: string,
    key: string,
    prefix: string,
    limit: number,
  ): Promise<readonly string[]> {
    const request = encodeGetAttributeValues({ key, prefix, limit });
    return decodeServices(
      await client.unary(STORAGE_METHODS.getAttributeValues, request, callFor(tenant)),
    );
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

function operationOf({ name, spanKind }: { name: string; spanKind: string }): Operation {
  return { name, spanKind: isSpanKind(spanKind) ? spanKind : 'unspecified' };
}

function isSpanKind(text: string): text is SpanKind {
  return KINDS.has(text);
}

/** A message holds spans of one trace only. */
async function* chunksOf(messages: AsyncIterable<Uint8Array>): AsyncGenerator<TraceChunk> {
  for await (const message of messages) {
    const found = splitMatch(message);
    const traceId = firstTraceId(found.otlp);
    if (traceId !== undefined) yield { traceId, ...found };
  }
}
