import { errorText } from '../../runtime/errors.ts';
import { GRPC_STATUS, GrpcError } from '../../runtime/grpc/grpc-service.ts';
import type {
  GrpcCall,
  GrpcStatus,
  GrpcStatusCode,
  ServerStreamingMethod,
  UnaryMethod,
} from '../../runtime/grpc/grpc-service.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { AskedStorage, Storage } from '../../storage/storage.ts';
import { WireError } from '../../wire/wire-error.ts';
import type { Admission } from '../admission.ts';
import { ApiError } from '../api/api-error.ts';
import { tookTooLong } from '../api/limit-error.ts';
import { createPace } from '../api/pace.ts';
import type { Pace } from '../api/pace.ts';
import { bearerToken } from '../bearer-token.ts';
import type { QueryConfig } from '../config.ts';
import type { QueryMetrics } from '../query-metrics.ts';
import { storageFor } from '../storage-for.ts';

export interface QueryCallDeps {
  readonly storage: AskedStorage & Pick<Storage, 'withToken'>;
  readonly limits: QueryConfig;
  readonly admission: Admission;
  readonly queryMetrics: QueryMetrics;
  readonly clock: Clock;
  /** Whose data a call is about. @throws GrpcError for a tenant that is not known */
  readonly tenantOf: (call: GrpcCall) => string;
}

/** One question, within the limits of time and concurrency of all APIs. */
export interface QueryCall {
  readonly tenant: string;
  /** As whoever asks may see it. */
  readonly storage: AskedStorage;
  readonly signal: AbortSignal;
  readonly pace: Pace;
}

interface MethodOptions {
  readonly path: string;
  /** The `operation` label of the metrics. */
  readonly operation: string;
}

export function unaryQuery<Q>(
  options: MethodOptions & {
    readonly decode: (message: Uint8Array) => Q;
    readonly answer: (question: Q, call: QueryCall) => Promise<Uint8Array>;
  },
  deps: QueryCallDeps,
): UnaryMethod {
  return {
    kind: 'unary',
    path: options.path,
    handle: async (message, call) => {
      const run = begin(options.operation, call, deps);
      try {
        const answer = await options.answer(options.decode(message), run.query);
        run.end('ok');
        return answer;
      } catch (error) {
        run.end('err');
        throw run.explain(error);
      }
    },
  };
}

export function streamingQuery<Q>(
  options: MethodOptions & {
    readonly decode: (message: Uint8Array) => Q;
    readonly answers: (question: Q, call: QueryCall) => AsyncIterable<Uint8Array>;
  },
  deps: QueryCallDeps,
): ServerStreamingMethod {
  return {
    kind: 'server-streaming',
    path: options.path,
    handle: async function* (message, call) {
      const run = begin(options.operation, call, deps);
      try {
        yield* options.answers(options.decode(message), run.query);
      } catch (error) {
        run.end('err');
        throw run.explain(error);
      } finally {
        // A client that wants no more of the answer ends the generator without an error.
        run.end('ok');
      }
    },
  };
}

interface RunningQuery {
  readonly query: QueryCall;
  /** Counts the call and gives its place back; only the first call does something. */
  end(result: 'ok' | 'err'): void;
  explain(error: unknown): GrpcError;
}

function begin(operation: string, call: GrpcCall, deps: QueryCallDeps): RunningQuery {
  const { admission, clock, limits, queryMetrics } = deps;
  const tenant = deps.tenantOf(call);
  const token = limits.bearerTokenPropagation ? bearerToken(call.headers) : '';
  const storage = storageFor(deps.storage, token);
  const leave = enter(admission, queryMetrics);
  const startMs = clock.monotonic();
  const deadline = AbortSignal.timeout(limits.timeoutMs);
  const signal = AbortSignal.any([call.signal, deadline]);
  let isOver = false;
  return {
    query: { tenant, storage, signal, pace: createPace(signal) },
    end: (result) => {
      if (isOver) return;
      isOver = true;
      leave();
      queryMetrics.observe(operation, result, (clock.monotonic() - startMs) / 1000);
    },
    explain: (error) => {
      const isLate = deadline.aborted && !(error instanceof ApiError);
      const known = isLate ? tookTooLong(limits.timeoutMs, error) : error;
      queryMetrics.failed(known);
      return queryFailure(known);
    },
  };
}

function enter(admission: Admission, queryMetrics: QueryMetrics): () => void {
  try {
    return admission.enter();
  } catch (error) {
    queryMetrics.failed(error);
    throw queryFailure(error);
  }
}

const CODES: ReadonlyMap<number, GrpcStatusCode> = new Map([
  [400, GRPC_STATUS.invalidArgument],
  [404, GRPC_STATUS.notFound],
  [413, GRPC_STATUS.resourceExhausted],
  [501, GRPC_STATUS.unimplemented],
  [503, GRPC_STATUS.unavailable],
  [504, GRPC_STATUS.deadlineExceeded],
]);

/** The same failure that the HTTP APIs tell, as gRPC says it. */
export function queryFailure(error: unknown): GrpcError {
  if (error instanceof GrpcError) return error;
  return new GrpcError({ code: codeOf(error), message: errorText(error) }, { cause: error });
}

export function queryStatus(error: unknown): GrpcStatus {
  return queryFailure(error).status;
}

function codeOf(error: unknown): GrpcStatusCode {
  if (error instanceof ApiError) return CODES.get(error.status) ?? GRPC_STATUS.internal;
  if (error instanceof WireError) return GRPC_STATUS.invalidArgument;
  if (error instanceof Error && error.name === 'AbortError') return GRPC_STATUS.cancelled;
  return GRPC_STATUS.internal;
}
