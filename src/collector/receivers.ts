import type { Pipeline } from '../pipeline/pipeline.ts';
import type { JaegerClientStats } from '../receivers/jaeger-client-stats.ts';
import { startJaegerGrpc } from '../receivers/jaeger-grpc.ts';
import { startJaegerThriftHttp } from '../receivers/jaeger-thrift-http.ts';
import { startOtlpGrpc } from '../receivers/otlp-grpc.ts';
import { startOtlpHttp } from '../receivers/otlp-http.ts';
import { startZipkinHttp } from '../receivers/zipkin-http.ts';
import type { HttpLimits } from '../runtime/http-server.ts';
import { withHost } from '../runtime/listen.ts';
import type { RoleDeps, Running } from '../runtime/running.ts';
import type { Tenancy } from '../runtime/tenancy.ts';
import { openServerTls } from '../runtime/tls.ts';
import type { SamplingProvider } from '../sampling/sampling-strategy.ts';
import type { CollectorConfig } from './config.ts';

type Start = () => Promise<Running>;

export interface ReceiverDeps extends RoleDeps {
  readonly pipeline: Pipeline;
  readonly clientStats: JaegerClientStats;
  /** Whose spans a request brings; absent: all are of one tenant. */
  readonly tenancy?: Tenancy;
  /** Answers clients that ask how to sample; their questions get 404 without one. */
  readonly sampling?: SamplingProvider;
}

/** Jaeger thrift over HTTP and Jaeger's gRPC, with sampling strategies beside each. */
export function jaegerReceivers(
  { thriftHttp, jaegerGrpc }: CollectorConfig,
  deps: ReceiverDeps,
): readonly Start[] {
  return [
    async () =>
      startJaegerThriftHttp(
        {
          hostPort: withHost(thriftHttp.hostPort, deps.listenHost),
          bodyBytesMax: thriftHttp.maxBodySize,
          limits: httpLimits(thriftHttp),
          tls: await openServerTls(thriftHttp.tls, {
            ...deps,
            flagPrefix: 'collector.http-server',
          }),
        },
        deps,
      ),
    async () =>
      startJaegerGrpc(
        {
          hostPort: withHost(jaegerGrpc.hostPort, deps.listenHost),
          messageBytesMax: jaegerGrpc.maxMessageSize,
          limits: jaegerGrpc.limits,
          tls: await openServerTls(jaegerGrpc.tls, {
            ...deps,
            flagPrefix: 'collector.grpc-server',
          }),
        },
        deps,
      ),
  ];
}

/** OTLP over gRPC and HTTP, unless it is turned off. */
export function otlpReceivers(
  { otlp: { enabled, grpc, http } }: CollectorConfig,
  deps: ReceiverDeps,
): readonly Start[] {
  if (!enabled) return [];
  return [
    async () =>
      startOtlpGrpc(
        {
          hostPort: withHost(grpc.hostPort, deps.listenHost),
          messageBytesMax: grpc.maxMessageSize,
          limits: grpc.limits,
          tls: await openServerTls(grpc.tls, { ...deps, flagPrefix: 'collector.otlp.grpc' }),
        },
        deps,
      ),
    async () =>
      startOtlpHttp(
        {
          hostPort: withHost(http.hostPort, deps.listenHost),
          bodyBytesMax: http.maxBodySize,
          limits: httpLimits(http),
          tls: await openServerTls(http.tls, { ...deps, flagPrefix: 'collector.otlp.http' }),
          cors: {
            allowedOrigins: http.corsAllowedOrigins,
            allowedHeaders: http.corsAllowedHeaders,
          },
        },
        deps,
      ),
  ];
}

/** Zipkin's port, unless it is turned off. */
export function zipkinReceivers({ zipkin }: CollectorConfig, deps: ReceiverDeps): readonly Start[] {
  if (!zipkin.enabled) return [];
  return [
    async () =>
      startZipkinHttp(
        {
          hostPort: withHost(zipkin.hostPort, deps.listenHost),
          bodyBytesMax: zipkin.maxBodySize,
          limits: httpLimits(zipkin),
          tls: await openServerTls(zipkin.tls, { ...deps, flagPrefix: 'collector.zipkin' }),
          keepAlive: zipkin.keepAlive,
          cors: {
            allowedOrigins: zipkin.corsAllowedOrigins,
            allowedHeaders: zipkin.corsAllowedHeaders,
          },
        },
        deps,
      ),
  ];
}

function httpLimits(config: {
  readonly readHeaderTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxConnections: number;
}): HttpLimits {
  return {
    headersTimeoutMs: config.readHeaderTimeoutMs,
    requestTimeoutMs: config.readTimeoutMs,
    idleTimeoutMs: config.idleTimeoutMs,
    connectionsMax: config.maxConnections,
  };
}
