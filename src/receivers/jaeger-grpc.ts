import type { Registry } from 'prom-client';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Sink } from '../pipeline/sink.ts';
import type { Clock } from '../runtime/clock.ts';
import type { GrpcLimits } from '../runtime/grpc/grpc-limits.ts';
import { startGrpcServer } from '../runtime/grpc/grpc-server.ts';
import { GRPC_STATUS, GrpcError } from '../runtime/grpc/grpc-service.ts';
import type { GrpcCall, GrpcStatus, UnaryMethod } from '../runtime/grpc/grpc-service.ts';
import type { HealthRegistry } from '../runtime/health.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Running } from '../runtime/running.ts';
import type { HostPort } from '../runtime/setting.ts';
import { ONE_TENANT } from '../runtime/tenancy.ts';
import type { Tenancy } from '../runtime/tenancy.ts';
import type { ServerTls } from '../runtime/tls.ts';
import type { SamplingProvider } from '../sampling/sampling-strategy.ts';
import { standardDescriptors } from '../wire/grpc/standard-descriptors.ts';
import {
  jaegerCollectorDescriptors,
  jaegerSamplingDescriptors,
} from '../wire/jaeger/api-descriptors.ts';
import { postSpansToOtlp } from '../wire/jaeger/proto-to-otlp.ts';
import { decodeSamplingQuestion, encodeSamplingAnswer } from '../wire/jaeger/sampling-messages.ts';
import { scanSpans } from '../wire/otlp/scan-spans.ts';
import { encodeRpcStatus } from '../wire/protobuf/rpc-status.ts';
import type { Accepted, SpanBatch } from '../wire/span-batch.ts';
import { freeingAfter, freeingOnError } from './freeing.ts';
import { lendTo } from './lend-to.ts';
import { nothingKept } from './nothing-kept.ts';
import { refusalOf } from './refusal.ts';
import { createRefusalLog } from './refusal-log.ts';
import type { LogRefusal } from './refusal-log.ts';
import { SAMPLING_UNKNOWN } from './sampling-unknown.ts';

export interface JaegerGrpcOptions {
  readonly hostPort: HostPort;
  readonly messageBytesMax: number;
  readonly limits: GrpcLimits;
  readonly tls?: ServerTls | undefined;
}

export interface JaegerGrpcDeps {
  readonly pipeline: Pipeline;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Without one, sampling questions are answered with UNIMPLEMENTED. */
  readonly sampling?: SamplingProvider;
  /** What grpc.health.v1 tells of; absent: a server that runs serves. */
  readonly health?: Pick<HealthRegistry, 'snapshot'>;
  /** Whose spans a request brings; absent: all are of one tenant. */
  readonly tenancy?: Tenancy;
  /** Where connections are counted that the server ends. */
  readonly metrics?: Registry;
}

const JAEGER_GRPC = 'jaeger grpc';
const POST_SPANS = '/jaeger.api_v2.CollectorService/PostSpans';
const GET_SAMPLING_STRATEGY = '/jaeger.api_v2.SamplingManager/GetSamplingStrategy';
/** PostSpansResponse has no fields. */
const NO_FIELDS = new Uint8Array(0);

/**
 * Jaeger's collector port for gRPC: CollectorService/PostSpans answers once the batch is kept,
 * SamplingManager/GetSamplingStrategy how a service shall sample. Overload is UNAVAILABLE with
 * RetryInfo.
 */
export function startJaegerGrpc(
  options: JaegerGrpcOptions,
  deps: JaegerGrpcDeps,
): Promise<Running> {
  const { pipeline, logger, health } = deps;
  const logRefusal = createRefusalLog(JAEGER_GRPC, deps);
  const sampling = deps.sampling && answering(deps.sampling, logRefusal);
  return startGrpcServer({
    name: JAEGER_GRPC,
    hostPort: options.hostPort,
    messageBytesMax: options.messageBytesMax,
    limits: options.limits,
    tls: options.tls,
    metrics: deps.metrics,
    logger,
    budget: pipeline.budget,
    methods: [postSpans(deps), ...(sampling === undefined ? [] : [samplingMethod(sampling)])],
    protoFiles: [
      ...jaegerCollectorDescriptors(),
      ...(sampling === undefined ? [] : jaegerSamplingDescriptors()),
      ...standardDescriptors(),
    ],
    statusOf: (error) => statusOf(error, logRefusal),
    onRefused: (reason) => {
      pipeline.requestRefused('grpc', reason);
    },
    ...(health === undefined ? {} : { isHealthy: () => health.snapshot().healthy }),
  });
}

function postSpans({ clock, pipeline, tenancy = ONE_TENANT }: JaegerGrpcDeps): UnaryMethod {
  const sink: Sink = pipeline.sinkFor('grpc');
  const readBatch = (message: Uint8Array, { headers }: GrpcCall): SpanBatch => {
    try {
      const tenant = tenancy.tenantOf(headers);
      const otlp = freeingAfter(message, () => postSpansToOtlp(message));
      const scan = freeingOnError(otlp, () => scanSpans(otlp));
      return { tenant, otlp, scan, receivedAtMs: clock.now(), format: 'jaeger' };
    } catch (error) {
      pipeline.requestRefused('grpc', refusalOf(error).reason);
      throw error;
    }
  };
  return {
    kind: 'unary',
    path: POST_SPANS,
    handle: async (message, call) => {
      const batch = readBatch(message, call);
      if (batch.scan.count > 0) refuseWhenNothingKept(await lendTo(sink, batch, call.signal));
      return NO_FIELDS;
    },
  };
}

/**
 * The answer has no room for a partial success: what was refused of a batch is counted, and only a
 * batch of which nothing was good is refused.
 */
function refuseWhenNothingKept(result: Accepted): void {
  const message = nothingKept(result);
  if (message !== undefined) throw new GrpcError({ code: GRPC_STATUS.invalidArgument, message });
}

/** Tells those who ask no more of a failure than that it is one. */
function answering(sampling: SamplingProvider, logRefusal: LogRefusal): SamplingProvider {
  return {
    ...sampling,
    strategyOf: async (service) => {
      try {
        return await sampling.strategyOf(service);
      } catch (error) {
        logRefusal(error);
        const status = { code: GRPC_STATUS.unavailable, message: SAMPLING_UNKNOWN };
        throw new GrpcError(status, { cause: error });
      }
    },
  };
}

/** jaeger.api_v2.SamplingManager/GetSamplingStrategy. */
export function samplingMethod(sampling: SamplingProvider): UnaryMethod {
  return {
    kind: 'unary',
    path: GET_SAMPLING_STRATEGY,
    handle: async (message) =>
      encodeSamplingAnswer(await sampling.strategyOf(decodeSamplingQuestion(message))),
  };
}

function statusOf(error: unknown, logRefusal: LogRefusal): GrpcStatus {
  logRefusal(error);
  const { status } = refusalOf(error);
  const { code, message } = status;
  return { code, message, details: encodeRpcStatus(status) };
}
