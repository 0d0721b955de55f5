import { EXPRESSION_LEVELS, EXPRESSION_OPERATORS } from '../../model/filter-expression.ts';
import { SPAN_KINDS } from '../../model/span.ts';
import type { Span } from '../../model/span.ts';
import type { DependencyLink, Operation } from '../../model/trace-query.ts';
import type { GrpcMethod } from '../../runtime/grpc/grpc-service.ts';
import {
  encodeCapabilitiesV3,
  encodeOperationsV2,
  encodeSpansChunk,
  encodeSummariesV3,
} from '../../wire/jaeger-query/query-answers.ts';
import { decodeSearchRequest, decodeTraceRequest } from '../../wire/jaeger-query/query-requests.ts';
import type { ApiVersion, TraceRequest } from '../../wire/jaeger-query/query-requests.ts';
import {
  encodeDependencies,
  encodeOperations,
  encodeServices,
} from '../../wire/jaeger-storage/read-answers.ts';
import type { OperationMessage } from '../../wire/jaeger-storage/read-answers.ts';
import {
  decodeGetDependencies,
  decodeGetOperations,
} from '../../wire/jaeger-storage/read-requests.ts';
import type { SentTimeRange } from '../../wire/jaeger-storage/read-requests.ts';
import { encodeSpans } from '../../wire/otlp/encode-trace.ts';
import { ApiError } from '../api/api-error.ts';
import { readTraceId } from '../api/go-text.ts';
import { read } from '../api/parse-parameters.ts';
import { readTraces } from '../api/read-traces.ts';
import { archiveStoredTrace } from '../archive-trace.ts';
import { rereader, storedTraces } from '../stored-traces.ts';
import { streamingQuery, unaryQuery } from './query-call.ts';
import type { QueryCall, QueryCallDeps } from './query-call.ts';
import { searchOfV2, searchOfV3 } from './search-of-request.ts';
import { spanChunks } from './span-chunks.ts';

const V2 = '/jaeger.api_v2.QueryService';
const V3 = '/jaeger.api_v3.QueryService';
const NO_FIELDS = new Uint8Array(0);
const NANOS_PER_MS = 1_000_000n;
/** Of one message. */
const SUMMARIES_A_MESSAGE = 256;

/** jaeger.api_v2.QueryService: spans as Jaeger's model has them. */
export function queryMethodsV2(deps: QueryCallDeps): readonly GrpcMethod[] {
  return [
    getTrace(`${V2}/GetTrace`, 'v2', deps),
    unaryQuery(
      {
        path: `${V2}/ArchiveTrace`,
        operation: 'archive_trace',
        decode: (message) => decodeTraceRequest(message, 'v2'),
        answer: async (request, { signal, tenant }) => {
          const traceId = traceIdOf(request, 'v2');
          const question = { tenant, traceId, window: request.window, signal };
          await archiveStoredTrace(deps.storage, question, deps.clock.now());
          return NO_FIELDS;
        },
      },
      deps,
    ),
    findTraces(`${V2}/FindTraces`, 'v2', deps),
    getServices(`${V2}/GetServices`, deps),
    getOperations(`${V2}/GetOperations`, deps, encodeOperationsV2),
    getDependencies(`${V2}/GetDependencies`, deps),
  ];
}

/** jaeger.api_v3.QueryService: spans as OTLP has them, and summaries. */
export function queryMethodsV3(deps: QueryCallDeps): readonly GrpcMethod[] {
  const { reader } = deps.storage;
  return [
    getTrace(`${V3}/GetTrace`, 'v3', deps),
    findTraces(`${V3}/FindTraces`, 'v3', deps),
    getServices(`${V3}/GetServices`, deps),
    getOperations(`${V3}/GetOperations`, deps, (operations) =>
      encodeOperations(
        operations.map(({ name, spanKind }) => ({ name, spanKind: spanKind || 'internal' })),
      ),
    ),
    getDependencies(`${V3}/GetDependencies`, deps),
    streamingQuery(
      {
        path: `${V3}/FindTraceSummaries`,
        operation: 'find_trace_summaries',
        decode: decodeSearchRequest,
        answers: async function* (request, { pace, signal, storage, tenant }) {
          const query = searchOfV3(request, deps);
          let some = [];
          for await (const summary of storage.reader.findSummaries(tenant, query, signal)) {
            await pace();
            some.push(summary);
            if (some.length < SUMMARIES_A_MESSAGE) continue;
            yield encodeSummariesV3(some);
            some = [];
          }
          if (some.length > 0) yield encodeSummariesV3(some);
        },
      },
      deps,
    ),
    unaryQuery(
      {
        path: '/jaeger.api_v3.Capabilities/GetCapabilities',
        operation: 'get_capabilities',
        decode: () => undefined,
        answer: () =>
          Promise.resolve(
            encodeCapabilitiesV3({
              withoutServiceName: reader.capabilities.withoutService,
              filterLevels: reader.capabilities.filters ? EXPRESSION_LEVELS : [],
              filterOperators: reader.capabilities.filters ? EXPRESSION_OPERATORS : [],
            }),
          ),
      },
      deps,
    ),
  ];
}

function getTrace(path: string, version: ApiVersion, deps: QueryCallDeps): GrpcMethod {
  return streamingQuery(
    {
      path,
      operation: 'get_trace',
      decode: (message) => decodeTraceRequest(message, version),
      answers: async function* (request, { pace, signal, storage, tenant }) {
        const ids = [traceIdOf(request, version)];
        const chunks = storedTraces(storage, { tenant, ids, window: request.window, signal });
        const reread = rereader(storage, { signal, tenant });
        const options = { raw: request.raw, limits: deps.limits, pace, reread };
        let isFound = false;
        for await (const message of spanChunks(
          readTraces(chunks, options),
          encoderOf(version),
          pace,
        )) {
          isFound = true;
          yield message;
        }
        if (!isFound) throw new ApiError(404, 'trace not found');
      },
    },
    deps,
  );
}

function findTraces(path: string, version: ApiVersion, deps: QueryCallDeps): GrpcMethod {
  return streamingQuery(
    {
      path,
      operation: 'find_traces',
      decode: decodeSearchRequest,
      answers: (request, { pace, signal, storage, tenant }) => {
        const query = version === 'v2' ? searchOfV2(request, deps) : searchOfV3(request, deps);
        const chunks = storage.reader.findTraces(tenant, query, signal);
        const reread = rereader(storage, { signal, tenant });
        const options = { raw: request?.raw ?? false, limits: deps.limits, pace, reread };
        return spanChunks(readTraces(chunks, options), encoderOf(version), pace);
      },
    },
    deps,
  );
}

function encoderOf(version: ApiVersion): (spans: readonly Span[]) => Uint8Array {
  return version === 'v2' ? encodeSpansChunk : encodeSpans;
}

/** @throws ApiError */
function traceIdOf({ traceId }: TraceRequest, version: ApiVersion): string {
  if (/^0*$/.test(traceId)) throw new ApiError(400, 'uninitialized TraceID is not allowed');
  if (version === 'v3') return read(traceId, readTraceId, (why) => `malformed trace ID: ${why}`);
  if (traceId.length === 32 || traceId.length === 16) return traceId.padStart(32, '0');
  throw new ApiError(400, `a trace ID of ${traceId.length / 2} bytes; it must have 16`);
}

function getServices(path: string, deps: QueryCallDeps): GrpcMethod {
  return unaryQuery(
    {
      path,
      operation: 'get_services',
      decode: () => undefined,
      answer: async (_question, { storage, tenant }) =>
        encodeServices(await storage.reader.services(tenant)),
    },
    deps,
  );
}

function getOperations(
  path: string,
  deps: QueryCallDeps,
  encode: (operations: readonly OperationMessage[]) => Uint8Array,
): GrpcMethod {
  return unaryQuery(
    {
      path,
      operation: 'get_operations',
      decode: decodeGetOperations,
      answer: async ({ service, spanKind }, call) => {
        const found = await operationsOf(call, { service, spanKind });
        return encode(
          found.map((operation) => ({
            name: operation.name,
            spanKind: operation.spanKind === 'unspecified' ? '' : operation.spanKind,
          })),
        );
      },
    },
    deps,
  );
}

/** A kind that does not exist has no operations. */
async function operationsOf(
  { storage, tenant }: QueryCall,
  { service, spanKind }: { readonly service: string; readonly spanKind: string },
): Promise<readonly Operation[]> {
  if (spanKind === '') return storage.reader.operations(tenant, service);
  const kind = SPAN_KINDS.find((known) => known === spanKind.toLowerCase());
  return kind === undefined ? [] : storage.reader.operations(tenant, service, kind);
}

function getDependencies(path: string, deps: QueryCallDeps): GrpcMethod {
  return unaryQuery(
    {
      path,
      operation: 'get_dependencies',
      decode: decodeGetDependencies,
      answer: async (request, call) => encodeDependencies(await links(request, call)),
    },
    deps,
  );
}

function links(
  { startNano, endNano }: SentTimeRange,
  { storage, tenant }: QueryCall,
): Promise<readonly DependencyLink[]> {
  if (startNano === undefined || endNano === undefined) {
    throw new ApiError(400, 'StartTime and EndTime must be initialized.');
  }
  const [startMs, endMs] = [startNano / NANOS_PER_MS, endNano / NANOS_PER_MS].map(Number);
  return storage.dependencies.links(tenant, startMs ?? 0, endMs ?? 0);
}
