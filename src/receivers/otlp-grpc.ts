import { startGrpcServer } from '../runtime/grpc/grpc-server.ts';
import type { GrpcLimits } from '../runtime/grpc/grpc-limits.ts';
import type {
  GrpcCall,
  GrpcMethod,
  GrpcStatus,
  UnaryMethod,
} from '../runtime/grpc/grpc-service.ts';
import type { HealthRegistry } from '../runtime/health.ts';
import type { Running } from '../runtime/running.ts';
import type { HostPort } from '../runtime/setting.ts';
import { ONE_TENANT } from '../runtime/tenancy.ts';
import type { ServerTls } from '../runtime/tls.ts';
import { standardDescriptors } from '../wire/grpc/standard-descriptors.ts';
import { encodeExportResponse } from '../wire/otlp/export-response.ts';
import { otlpTraceDescriptors } from '../wire/otlp/trace-descriptors.ts';
import { encodeRpcStatus } from '../wire/protobuf/rpc-status.ts';
import type { SpanBatch } from '../wire/span-batch.ts';
import type { OtlpReceiverDeps } from './otlp-http.ts';
import { createOtlpIntake } from './otlp-intake.ts';
import type { OtlpIntake } from './otlp-intake.ts';
import { refusalOf } from './refusal.ts';
import { createRefusalLog } from './refusal-log.ts';
import type { LogRefusal } from './refusal-log.ts';

export interface OtlpGrpcOptions {
  readonly hostPort: HostPort;
  readonly messageBytesMax: number;
  readonly limits?: GrpcLimits;
  readonly tls?: ServerTls | undefined;
  /** What else is served at the address. */
  readonly beside?: ServedBeside;
}

export interface ServedBeside {
  readonly name: string;
  readonly methods: readonly GrpcMethod[];
  /** Whose spans a call brings. */
  readonly tenantOf: (call: GrpcCall) => string;
}

export interface OtlpGrpcDeps extends OtlpReceiverDeps {
  /** What grpc.health.v1 tells of; absent: a server that runs serves. */
  readonly health?: Pick<HealthRegistry, 'snapshot'>;
}

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

/**
 * OTLP over gRPC: TraceService/Export. Answers once the batch is kept; overload is UNAVAILABLE with
 * RetryInfo, so that exporters wait and send again.
 * https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
 */
export function startOtlpGrpc(options: OtlpGrpcOptions, deps: OtlpGrpcDeps): Promise<Running> {
  const { pipeline, clock, logger, health } = deps;
  const intake = createOtlpIntake(pipeline, 'grpc', clock);
  const { tenancy = ONE_TENANT } = deps;
  const name = options.beside?.name ?? 'otlp grpc';
  const logRefusal = createRefusalLog(name, deps);
  const tenantOfCall = ({ headers }: GrpcCall): string => tenancy.tenantOf(headers);
  return startGrpcServer({
    name,
    hostPort: options.hostPort,
    messageBytesMax: options.messageBytesMax,
    limits: options.limits ?? {},
    tls: options.tls,
    metrics: deps.metrics,
    logger,
    budget: intake.budget,
    methods: [
      exportMethod(intake, options.beside?.tenantOf ?? tenantOfCall),
      ...(options.beside?.methods ?? []),
    ],
    protoFiles: [...otlpTraceDescriptors(), ...standardDescriptors()],
    statusOf: (error) => statusOf(error, logRefusal),
    onRefused: (reason) => {
      intake.requestRefused(reason);
    },
    ...(health === undefined ? {} : { isHealthy: () => health.snapshot().healthy }),
  });
}

function exportMethod(intake: OtlpIntake, tenantOf: ServedBeside['tenantOf']): UnaryMethod {
  return {
    kind: 'unary',
    path: EXPORT,
    handle: async (message: Uint8Array, call: GrpcCall) => {
      const batch = readBatch(message, () => tenantOf(call), intake);
      return encodeExportResponse(await intake.take(batch, call.signal));
    },
  };
}

function readBatch(otlp: Uint8Array, tenantOf: () => string, intake: OtlpIntake): SpanBatch {
  try {
    return intake.scan(otlp, tenantOf());
  } catch (error) {
    intake.requestRefused(refusalOf(error).reason);
    throw error;
  }
}

function statusOf(error: unknown, logRefusal: LogRefusal): GrpcStatus {
  logRefusal(error);
  const { status } = refusalOf(error);
  const { code, message } = status;
  return { code, message, details: encodeRpcStatus(status) };
}
