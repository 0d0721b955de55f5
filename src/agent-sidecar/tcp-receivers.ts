import type { Pipeline } from '../pipeline/pipeline.ts';
import type { JaegerClientStats } from '../receivers/jaeger-client-stats.ts';
import { startJaegerGrpc } from '../receivers/jaeger-grpc.ts';
import { startJaegerThriftHttp } from '../receivers/jaeger-thrift-http.ts';
import { startOtlpGrpc } from '../receivers/otlp-grpc.ts';
import { startOtlpHttp } from '../receivers/otlp-http.ts';
import { startZipkinHttp } from '../receivers/zipkin-http.ts';
import { DEFAULT_GRPC_LIMITS } from '../runtime/grpc/grpc-limits.ts';
import { withHost } from '../runtime/listen.ts';
import type { RoleDeps, Running } from '../runtime/running.ts';
import { openServerTls } from '../runtime/tls.ts';
import type { SamplingProvider } from '../sampling/sampling-strategy.ts';
import type { AgentSidecarConfig } from './config.ts';
import { startSamplingGrpc } from './sampling-grpc.ts';

export interface TcpReceiverDeps extends RoleDeps {
  readonly pipeline: Pipeline;
  readonly sampling: SamplingProvider;
  readonly clientStats: JaegerClientStats;
}

type Start = () => Promise<Running>;

const LIMITS = {
  headersTimeoutMs: 5000,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 60_000,
  connectionsMax: 1000,
};
const NO_CORS = { allowedOrigins: [], allowedHeaders: [] };

/** One start for each TCP port that is enabled, for `startInOrder`. */
export function tcpReceivers(config: AgentSidecarConfig, deps: TcpReceiverDeps): readonly Start[] {
  const { otlp, collectorPorts, samplingGrpc } = config;
  const starts: readonly (readonly [boolean, readonly Start[]])[] = [
    [otlp.enabled, otlpReceivers(otlp, deps)],
    [collectorPorts.zipkin.enabled, [() => zipkin(collectorPorts.zipkin, deps)]],
    [collectorPorts.grpc.enabled, [() => jaegerGrpc(collectorPorts.grpc, deps)]],
    [samplingGrpc.enabled, [() => sampling(samplingGrpc, deps)]],
    [collectorPorts.thriftHttp.enabled, [() => thriftHttp(collectorPorts.thriftHttp, deps)]],
  ];
  return starts.flatMap(([enabled, ports]) => (enabled ? ports : []));
}

function otlpReceivers(
  config: AgentSidecarConfig['otlp'],
  deps: TcpReceiverDeps,
): readonly Start[] {
  return [
    async () =>
      startOtlpGrpc(
        {
          hostPort: withHost(config.grpcHostPort, deps.listenHost),
          messageBytesMax: config.maxMessageSize,
          tls: await openServerTls(config.grpcTls, { ...deps, flagPrefix: 'otlp.grpc' }),
        },
        deps,
      ),
    async () =>
      startOtlpHttp(
        {
          hostPort: withHost(config.httpHostPort, deps.listenHost),
          bodyBytesMax: config.maxMessageSize,
          tls: await openServerTls(config.httpTls, { ...deps, flagPrefix: 'otlp.http' }),
          limits: LIMITS,
          cors: NO_CORS,
        },
        deps,
      ),
  ];
}

type PortConfig = AgentSidecarConfig['collectorPorts']['zipkin'];

async function zipkin(
  { hostPort, maxMessageSize, tls }: PortConfig,
  deps: TcpReceiverDeps,
): Promise<Running> {
  const options = {
    hostPort: withHost(hostPort, deps.listenHost),
    bodyBytesMax: maxMessageSize,
    limits: LIMITS,
    tls: await openServerTls(tls, { ...deps, flagPrefix: 'zipkin.http' }),
    keepAlive: true,
    cors: NO_CORS,
  };
  return startZipkinHttp(options, deps);
}

async function jaegerGrpc(
  { hostPort, maxMessageSize, tls }: PortConfig,
  deps: TcpReceiverDeps,
): Promise<Running> {
  const options = {
    hostPort: withHost(hostPort, deps.listenHost),
    messageBytesMax: maxMessageSize,
    limits: DEFAULT_GRPC_LIMITS,
    tls: await openServerTls(tls, { ...deps, flagPrefix: 'jaeger.grpc' }),
  };
  return startJaegerGrpc(options, deps);
}

async function thriftHttp(
  { hostPort, maxMessageSize, tls }: PortConfig,
  deps: TcpReceiverDeps,
): Promise<Running> {
  const options = {
    hostPort: withHost(hostPort, deps.listenHost),
    bodyBytesMax: maxMessageSize,
    limits: LIMITS,
    tls: await openServerTls(tls, { ...deps, flagPrefix: 'jaeger.thrift-http' }),
  };
  return startJaegerThriftHttp(options, deps);
}

async function sampling(
  { hostPort, tls }: AgentSidecarConfig['samplingGrpc'],
  deps: TcpReceiverDeps,
): Promise<Running> {
  const options = {
    hostPort: withHost(hostPort, deps.listenHost),
    tls: await openServerTls(tls, { ...deps, flagPrefix: 'sampling.grpc' }),
  };
  return startSamplingGrpc(options, deps);
}
