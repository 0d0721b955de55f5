import type { GrpcClient } from '../../drivers/grpc-client.ts';
import type { SpanKind } from '../../model/span.ts';
import { SPAN_KINDS } from '../../model/span.ts';
import type { Operation } from '../../model/trace-query.ts';
import { STORAGE_METHODS } from '../../wire/jaeger-storage/method-paths.ts';
import { decodeOperations, decodeServices } from '../../wire/jaeger-storage/read-answers.ts';
import {
  encodeGetAttributeKeys,
  encodeGetAttributeValues,
  encodeGetOperations,
  encodeGetTraces,
} from '../../wire/jaeger-storage/read-requests.ts';
import type { TraceReader } from '../storage.ts';
import { callFor } from './call-for.ts';
import type { RemoteCapabilities } from './remote-capabilities.ts';
import { chunksOf, createRemoteSearch } from './remote-search.ts';

const EMPTY = new Uint8Array(0);
const TRACE_ID = /^[0-9a-f]{32}$/i;
const KINDS: ReadonlySet<string> = new Set(SPAN_KINDS);

/** Each question is one call; the answers are passed on as they come. */
export function createRemoteReader(
  client: GrpcClient,
  capabilities: RemoteCapabilities,
): TraceReader {
  return {
    get capabilities() {
      return capabilities.current();
    },
    services: async (tenant) => {
      const answer = await client.unary(STORAGE_METHODS.getServices, EMPTY, callFor(tenant));
      return decodeServices(answer).toSorted();
    },
    operations: async (tenant, service, kind) => {
      const request = encodeGetOperations({ service, spanKind: kind ?? '' });
      const answer = await client.unary(STORAGE_METHODS.getOperations, request, callFor(tenant));
      return decodeOperations(answer).map(operationOf).toSorted(byNameAndKind);
    },
    getTraces: remoteGetTraces(client, STORAGE_METHODS.getTraces),
    ...createRemoteSearch(client, capabilities),
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
}

/** Whole traces by their ids. */
export function remoteGetTraces(client: GrpcClient, path: string): TraceReader['getTraces'] {
  return (tenant, ids, window, signal) => {
    const known = ids.filter((id) => TRACE_ID.test(id));
    const request = encodeGetTraces(known.map((traceId) => ({ traceId, window })));
    return chunksOf(client.serverStream(path, request, callFor(tenant, signal)));
  };
}

function operationOf({ name, spanKind }: { name: string; spanKind: string }): Operation {
  return { name, spanKind: isSpanKind(spanKind) ? spanKind : 'unspecified' };
}

/** Jaeger's memory storage gives them in any order. */
function byNameAndKind(a: Operation, b: Operation): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.spanKind < b.spanKind ? -1 : 1;
}

function isSpanKind(text: string): text is SpanKind {
  return KINDS.has(text);
}
