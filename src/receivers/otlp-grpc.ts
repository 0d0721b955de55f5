import { Buffer } from 'node:buffer';
import { Metadata, status as grpcStatus } from '@grpc/grpc-js';
import type { ServerUnaryCall, ServiceError, sendUnaryData } from '@grpc/grpc-js';
import { rawUnaryMethod, startGrpcServer } from '../runtime/grpc-server.ts';
import type { GrpcService } from '../runtime/grpc-server.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Running } from '../runtime/running.ts';
import type { HostPort } from '../runtime/setting.ts';
import { encodeExportResponse } from '../wire/otlp/export-response.ts';
import { encodeRpcStatus } from '../wire/protobuf/rpc-status.ts';
import type { RpcCode } from '../wire/protobuf/rpc-status.ts';
import type { SpanBatch } from '../wire/span-batch.ts';
import type { OtlpReceiverDeps } from './otlp-http.ts';
import type { ByteLease } from '../pipeline/byte-budget.ts';
import { createOtlpIntake } from './otlp-intake.ts';
import type { OtlpIntake } from './otlp-intake.ts';
import { refusalOf } from './refusal.ts';

export interface OtlpGrpcOptions {
  readonly hostPort: HostPort;
  readonly messageBytesMax: number;
}

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const HEALTH_CHECK = '/grpc.health.v1.Health/Check';
/** HealthCheckResponse { 1 status: SERVING = 1 } */
const SERVING = Uint8Array.of(0x08, 0x01);

type RawCall = ServerUnaryCall<Uint8Array, Uint8Array>;
type RawReply = sendUnaryData<Uint8Array>;

/**
 * OTLP over gRPC: TraceService/Export. Answers once the batch is kept; overload is UNAVAILABLE with
 * RetryInfo, so that exporters wait and send again.
 * https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
 */
export function startOtlpGrpc(options: OtlpGrpcOptions, deps: OtlpReceiverDeps): Promise<Running> {
  const intake = createOtlpIntake(deps.pipeline, 'grpc', deps.clock);
  return startGrpcServer({
    name: 'otlp grpc',
    hostPort: options.hostPort,
    messageBytesMax: options.messageBytesMax,
    services: [traceService(intake, deps.logger), healthService()],
  });
}

function traceService(intake: OtlpIntake, logger: Logger): GrpcService {
  return {
    definition: { export: rawUnaryMethod(EXPORT) },
    handlers: {
      export: (call: RawCall, reply: RawReply) => {
        exportTraces(call, intake).then(
          (answer) => {
            reply(null, answer);
          },
          (error: unknown) => {
            const failure = serviceError(error);
            logger.debug({ err: error }, 'OTLP request refused');
            reply(failure);
          },
        );
      },
    },
  };
}

function healthService(): GrpcService {
  return {
    definition: { check: rawUnaryMethod(HEALTH_CHECK) },
    handlers: {
      check: (_call: RawCall, reply: RawReply) => {
        reply(null, SERVING);
      },
    },
  };
}

async function exportTraces(call: RawCall, intake: OtlpIntake): Promise<Uint8Array> {
  const gone = new AbortController();
  call.once('cancelled', () => {
    gone.abort();
  });
  const lease = intake.budget.lease();
  try {
    const batch = readBatch(call.request, lease, intake);
    return encodeExportResponse(await intake.take(batch, gone.signal));
  } finally {
    lease.release();
  }
}

function readBatch(otlp: Uint8Array, lease: ByteLease, intake: OtlpIntake): SpanBatch {
  try {
    lease.grow(otlp.length);
    return intake.scan(otlp);
  } catch (error) {
    intake.requestRefused(refusalOf(error).reason);
    throw error;
  }
}

const GRPC_STATUS: Readonly<Record<RpcCode, grpcStatus>> = {
  3: grpcStatus.INVALID_ARGUMENT,
  5: grpcStatus.NOT_FOUND,
  8: grpcStatus.RESOURCE_EXHAUSTED,
  12: grpcStatus.UNIMPLEMENTED,
  13: grpcStatus.INTERNAL,
  14: grpcStatus.UNAVAILABLE,
};

function serviceError(error: unknown): ServiceError {
  const { status } = refusalOf(error);
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(encodeRpcStatus(status)));
  const { message } = status;
  const code = GRPC_STATUS[status.code];
  return Object.assign(new Error(message), { code, details: message, metadata });
}
