import { startGrpcServer } from '../../runtime/grpc/grpc-server.ts';
import { withHost } from '../../runtime/listen.ts';
import type { RoleDeps, Running } from '../../runtime/running.ts';
import { openServerTls } from '../../runtime/tls.ts';
import { standardDescriptors } from '../../wire/grpc/standard-descriptors.ts';
import { jaegerQueryDescriptors } from '../../wire/jaeger-query/query-descriptors.ts';
import type { QueryGrpcConfig } from './config.ts';
import { queryStatus } from './query-call.ts';
import type { QueryCallDeps } from './query-call.ts';
import { queryMethodsV2, queryMethodsV3 } from './query-methods.ts';

/** Jaeger v2 serves it no more; whoever checks its health is still told that all is well. */
const METRICS_SERVICE = 'jaeger.api_v2.metrics.MetricsQueryService';

/**
 * Jaeger's gRPC query port: jaeger.api_v2 and jaeger.api_v3, with health and reflection. Messages of
 * an answer are small enough for clients with the usual limit of 4 MiB.
 * @throws UsageError for TLS files that cannot be used, ListenError for an address in use
 */
export async function startQueryGrpc(
  config: QueryGrpcConfig,
  deps: RoleDeps & QueryCallDeps,
): Promise<Running> {
  const { health, listenHost, logger, metrics } = deps;
  return startGrpcServer({
    name: 'query grpc',
    hostPort: withHost(config.hostPort, listenHost),
    messageBytesMax: config.maxMessageSize,
    limits: config.limits,
    tls: await openServerTls(config.tls, { ...deps, flagPrefix: 'query.grpc' }),
    metrics,
    logger,
    methods: [...queryMethodsV2(deps), ...queryMethodsV3(deps)],
    protoFiles: [...jaegerQueryDescriptors(), ...standardDescriptors()],
    statusOf: queryStatus,
    isHealthy: () => health.snapshot().healthy,
    healthNames: [METRICS_SERVICE],
  });
}
