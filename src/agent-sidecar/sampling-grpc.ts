import { samplingMethod } from '../receivers/jaeger-grpc.ts';
import { errorText } from '../runtime/errors.ts';
import { startGrpcServer } from '../runtime/grpc/grpc-server.ts';
import { GRPC_STATUS } from '../runtime/grpc/grpc-service.ts';
import type { RoleDeps, Running } from '../runtime/running.ts';
import type { HostPort } from '../runtime/setting.ts';
import type { ServerTls } from '../runtime/tls.ts';
import type { SamplingProvider } from '../sampling/sampling-strategy.ts';
import { standardDescriptors } from '../wire/grpc/standard-descriptors.ts';
import { jaegerSamplingDescriptors } from '../wire/jaeger/api-descriptors.ts';

/** Of a question, which is a service's name. */
const MESSAGE_BYTES_MAX = 64 * 1024;

export interface SamplingGrpcOptions {
  readonly hostPort: HostPort;
  readonly tls?: ServerTls | undefined;
}

export interface SamplingGrpcDeps extends Pick<RoleDeps, 'metrics' | 'logger'> {
  readonly sampling: SamplingProvider;
}

/** jaeger.api_v2.SamplingManager on a port of its own, as Jaeger v2 has it. */
export function startSamplingGrpc(
  { hostPort, tls }: SamplingGrpcOptions,
  { sampling, metrics, logger }: SamplingGrpcDeps,
): Promise<Running> {
  return startGrpcServer({
    name: 'sampling grpc',
    hostPort,
    tls,
    metrics,
    logger,
    messageBytesMax: MESSAGE_BYTES_MAX,
    methods: [samplingMethod(sampling)],
    protoFiles: [...jaegerSamplingDescriptors(), ...standardDescriptors()],
    // The strategy is known to a collector that does not answer now.
    statusOf: (error) => ({ code: GRPC_STATUS.unavailable, message: errorText(error) }),
  });
}
