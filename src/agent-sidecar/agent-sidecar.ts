import { createPipeline } from '../pipeline/pipeline.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { startOtlpGrpc } from '../receivers/otlp-grpc.ts';
import { startOtlpHttp } from '../receivers/otlp-http.ts';
import { processEnvironment } from '../runtime/env.ts';
import { withHost } from '../runtime/listen.ts';
import { startInOrder } from '../runtime/running.ts';
import type { RoleDeps, Running } from '../runtime/running.ts';
import { formatHostPort } from '../runtime/setting.ts';
import { parseAgentTags } from './agent-tags.ts';
import { parseTargets } from './collector-target.ts';
import type { AgentSidecarConfig } from './config.ts';
import { createExportQueue } from './export-queue.ts';
import { createOtlpExporter } from './otlp-exporter.ts';
import { systemResolveHost } from './resolve-host.ts';
import { startSamplingProxy } from './sampling-proxy.ts';
import { udpReceivers } from './udp-receivers.ts';
import { createUpstreamSampling } from './upstream-sampling.ts';

/** Batches between receivers and the queue; they wait for nothing, so few suffice. */
const PIPELINE_BATCHES_MAX = 1000;
/** Memory for requests being read, beside that of the queue. */
const PIPELINE_BYTES_MAX = 32 * 1024 * 1024;
const SERVICE_NAMES_MAX = 100;
const OTLP_LIMITS = {
  headersTimeoutMs: 5000,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 60_000,
  connectionsMax: 1000,
};
const COLLECTOR_SAMPLING_PORT = 14268;

/**
 * UDP and local OTLP → pipeline → queue in memory → collectors over OTLP/gRPC, and the port where
 * clients ask for sampling strategies. Stopping closes the ports first, then sends what was taken.
 * @throws UsageError for a config that names no collector, ListenError for an address in use
 */
export async function startAgentSidecar(
  config: AgentSidecarConfig,
  deps: RoleDeps,
): Promise<Running> {
  const tags = parseAgentTags([...config.legacyTags, ...config.tags], processEnvironment());
  const exporter = await createOtlpExporter(config.reporter, {
    clock: deps.clock,
    resolve: systemResolveHost,
  });
  const queue = createExportQueue(config.reporter, { ...deps, exporter });
  const pipeline = createPipeline({
    destination: queue.sink,
    metrics: deps.metrics,
    batchesMax: PIPELINE_BATCHES_MAX,
    bytesMax: PIPELINE_BYTES_MAX,
    serviceNamesMax: SERVICE_NAMES_MAX,
    tags,
  });
  return startInOrder([
    () => Promise.resolve({ addresses: [], stop: () => queue.stop() }),
    () => startSampling(config, deps),
    ...(config.otlp.enabled ? otlpReceivers(config.otlp, deps, pipeline) : []),
    ...udpReceivers(config.udp, { ...deps, pipeline }),
  ]);
}

async function startSampling(
  { http, reporter }: AgentSidecarConfig,
  deps: RoleDeps,
): Promise<Running> {
  const sampling = createUpstreamSampling({
    endpoint: http.samplingEndpoint || samplingEndpointOf(reporter.hostPort),
    cachedServices: http.cachedServices,
  });
  return startInOrder([
    () => Promise.resolve({ addresses: [], stop: () => sampling.stop() }),
    () =>
      startSamplingProxy(
        { hostPort: withHost(http.hostPort, deps.listenHost) },
        { sampling, metrics: deps.metrics },
      ),
  ]);
}

/** The first collector of `reporter.grpc.host-port`, at the port of its HTTP receiver. */
export function samplingEndpointOf(hostPorts: string): string {
  const host = parseTargets(hostPorts)[0]?.host ?? '';
  return `http://${formatHostPort({ host, port: COLLECTOR_SAMPLING_PORT })}/api/sampling`;
}

function otlpReceivers(
  config: AgentSidecarConfig['otlp'],
  deps: RoleDeps,
  pipeline: Pipeline,
): readonly (() => Promise<Running>)[] {
  const receiverDeps = { ...deps, pipeline };
  return [
    () =>
      startOtlpGrpc(
        {
          hostPort: withHost(config.grpcHostPort, deps.listenHost),
          messageBytesMax: config.maxMessageSize,
        },
        receiverDeps,
      ),
    () =>
      startOtlpHttp(
        {
          hostPort: withHost(config.httpHostPort, deps.listenHost),
          bodyBytesMax: config.maxMessageSize,
          limits: OTLP_LIMITS,
          cors: { allowedOrigins: [], allowedHeaders: [] },
        },
        receiverDeps,
      ),
  ];
}
