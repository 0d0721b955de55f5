import { Buffer } from 'node:buffer';
import type { SpanKind } from '../model/span.ts';
import { SPAN_KINDS } from '../model/span.ts';
import { GRPC_STATUS, GrpcError } from '../runtime/grpc/grpc-service.ts';
import type { GrpcMethod, ServerStreamingMethod } from '../runtime/grpc/grpc-service.ts';
import type { Storage, TraceChunk, TraceReader } from '../storage/storage.ts';
import { checkPatterns } from '../storage/text-pattern.ts';
import { STORAGE_METHODS } from '../wire/jaeger-storage/method-paths.ts';
import {
  encodeCapabilities,
  encodeDependencies,
  encodeOperations,
  encodeServices,
  encodeTraceIds,
} from '../wire/jaeger-storage/read-answers.ts';
import {
  decodeGetAttributeKeys,
  decodeGetAttributeValues,
  decodeGetDependencies,
  decodeGetOperations,
  decodeGetTraces,
} from '../wire/jaeger-storage/read-requests.ts';
import type { TraceReference } from '../wire/jaeger-storage/read-requests.ts';
import { withMatch } from '../wire/jaeger-storage/search-extension.ts';
import { decodeFindRequest } from '../wire/jaeger-storage/trace-query-message.ts';
import type { FindRequest } from '../wire/jaeger-storage/trace-query-message.ts';
import { encodeTraceSummaries } from '../wire/jaeger-storage/trace-summaries-message.ts';
import { streaming, tenantOf, unary } from './served-method.ts';

const NANOS_PER_MS = 1_000_000n;
const MS_MAX = 8.64e15;
/** Summaries in one message: some 100 kB. */
const SUMMARIES_A_MESSAGE = 256;

/** The reading services of jaeger.storage.v2 over a storage. A chunk is a message. */
export function readerMethods(storage: Storage): readonly GrpcMethod[] {
  const { reader, dependencies } = storage;
  return [
    unary(STORAGE_METHODS.getServices, nothing, async (_question, call) =>
      encodeServices(await reader.services(tenantOf(call))),
    ),
    unary(STORAGE_METHODS.getOperations, decodeGetOperations, async (question, call) => {
      const kind = spanKindOf(question.spanKind);
      const found = await reader.operations(tenantOf(call), question.service, kind);
      return encodeOperations(
        found.map(({ name, spanKind: own }) => ({
          name,
          spanKind: own === 'unspecified' ? '' : own,
        })),
      );
    }),
    getTracesMethod(STORAGE_METHODS.getTraces, reader),
    streaming(STORAGE_METHODS.findTraces, decodeSearch, async function* (query, call) {
      const chunks = reader.findTraces(tenantOf(call), query, call.signal);
      for await (const { matchNano, otlp } of chunks) {
        yield query.tellPositions === true && matchNano !== undefined
          ? withMatch(otlp, matchNano)
          : bufferOf(otlp);
      }
    }),
    unary(STORAGE_METHODS.findTraceIds, decodeSearch, async (query, call) => {
      const ids: string[] = [];
      for await (const { traceId } of reader.findSummaries(tenantOf(call), query, call.signal)) {
        ids.push(traceId);
      }
      return encodeTraceIds(ids);
    }),
    streaming(STORAGE_METHODS.findTraceSummaries, decodeSearch, async function* (query, call) {
      const summaries = reader.findSummaries(tenantOf(call), query, call.signal);
      for await (const some of inGroups(summaries, SUMMARIES_A_MESSAGE)) {
        yield encodeTraceSummaries(some, query);
      }
    }),
    unary(STORAGE_METHODS.getDependencies, decodeGetDependencies, async (question, call) => {
      const { startNano = 0n, endNano } = question;
      const [startMs, endMs] = [toMs(startNano), endNano === undefined ? MS_MAX : toMs(endNano)];
      return encodeDependencies(await dependencies.links(tenantOf(call), startMs, endMs));
    }),
    unary(STORAGE_METHODS.getCapabilities, nothing, () =>
      Promise.resolve(
        encodeCapabilities({
          withoutServiceName: reader.capabilities.withoutService,
          sameSpanConjunction: true,
          filters: reader.capabilities.filters,
          cursor: reader.capabilities.cursor,
          attributes: reader.attributeKeys !== undefined && reader.attributeValues !== undefined,
          archive: storage.archive !== undefined,
        }),
      ),
    ),
    unary(STORAGE_METHODS.getAttributeKeys, decodeGetAttributeKeys, async (service, call) => {
      const named = service === '' ? undefined : service;
      return encodeServices((await reader.attributeKeys?.(tenantOf(call), named)) ?? []);
    }),
    unary(STORAGE_METHODS.getAttributeValues, decodeGetAttributeValues, async (question, call) => {
      const { key, limit, prefix } = question;
      const found = await reader.attributeValues?.(tenantOf(call), key, prefix, limit);
      return encodeServices(found ?? []);
    }),
  ];
}

/** Whole traces by their ids, of whatever has such. */
export function getTracesMethod(
  path: string,
  reader: Pick<TraceReader, 'getTraces'>,
): ServerStreamingMethod {
  return streaming(path, decodeGetTraces, async function* (wanted, call) {
    // Windows differ from trace to trace only when somebody takes them from a search.
    for (const { ids, window } of byWindow(wanted)) {
      yield* messagesOf(reader.getTraces(tenantOf(call), ids, window, call.signal));
    }
  });
}

/** @throws WireError, or PatternError: both are the sender's to mend */
function decodeSearch(message: Uint8Array): FindRequest {
  const query = decodeFindRequest(message);
  checkPatterns(query);
  return query;
}

function nothing(): undefined {
  return undefined;
}

function spanKindOf(text: string): SpanKind | undefined {
  if (text === '') return undefined;
  const kind = SPAN_KINDS.find((known) => known === text.toLowerCase());
  if (kind !== undefined) return kind;
  throw new GrpcError({
    code: GRPC_STATUS.invalidArgument,
    message: `unknown span kind ${JSON.stringify(text)}; use ${SPAN_KINDS.slice(1).join(', ')}`,
  });
}

function toMs(nano: bigint): number {
  return Math.min(Number(nano / NANOS_PER_MS), MS_MAX);
}

interface Wanted {
  readonly ids: string[];
  readonly window: TraceReference['window'];
}

function byWindow(traces: readonly TraceReference[]): readonly Wanted[] {
  const groups: Wanted[] = [];
  for (const { traceId, window } of traces) {
    const last = groups.at(-1);
    const isSame =
      last?.window.startNano === window.startNano && last?.window.endNano === window.endNano;
    if (last !== undefined && isSame) last.ids.push(traceId);
    else groups.push({ ids: [traceId], window });
  }
  return groups;
}

async function* messagesOf(chunks: AsyncIterable<TraceChunk>): AsyncGenerator<Uint8Array> {
  for await (const { otlp } of chunks) yield bufferOf(otlp);
}

function bufferOf(otlp: Uint8Array): Buffer {
  return Buffer.from(otlp.buffer, otlp.byteOffset, otlp.byteLength);
}

async function* inGroups<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<readonly T[]> {
  let group: T[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
