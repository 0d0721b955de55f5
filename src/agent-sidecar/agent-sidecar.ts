import { parseTags } from '../pipeline/parse-tags.ts';
import { createPipeline } from '../pipeline/pipeline.ts';
import { createJaegerClientStats } from '../receivers/jaeger-client-stats.ts';
import { openClientTls } from '../runtime/client-tls.ts';
import { processEnvironment } from '../runtime/env.ts';
import { withHost } from '../runtime/listen.ts';
import { startInOrder } from '../runtime/running.ts';
import type { RoleDeps, Running } from '../runtime/running.ts';
import { formatHostPort } from '../runtime/setting.ts';
import { parseTargets } from './collector-target.ts';
import type { AgentSidecarConfig } from './config.ts';
import { createExportQueue } from './export-queue.ts';
import { createOtlpExporter } from './otlp-exporter.ts';
import { systemResolveHost } from './resolve-host.ts';
import { startSamplingProxy } from './sampling-proxy.ts';
import { tcpReceivers } from './tcp-receivers.ts';
import { udpReceivers } from './udp-receivers.ts';
import { createUpstreamSampling } from './upstream-sampling.ts';

/** Batches between receivers and the queue; they wait for nothing, so few suffice. */
const PIPELINE_BATCHES_MAX = 1000;
const COLLECTOR_SAMPLING_PORT = 14268;

/**
 * UDP, local OTLP and what else is enabled → pipeline → queue in memory → collectors over OTLP/gRPC, and the port where
 * clients ask for sampling strategies. Stopping closes the ports first, then sends what was taken.
 * @throws UsageError for a config that names no collector, ListenError for an address in use
 */
export async function startAgentSidecar(
  config: AgentSidecarConfig,
  deps: RoleDeps,
): Promise<Running> {
  const configured = [...config.legacyTags, ...config.tags];
  const tags = parseTags('agent.tags', configured, processEnvironment());
  const upstreamTls = await openClientTls(config.reporter.tls, {
    ...deps,
    flagPrefix: 'reporter.grpc',
  });
  const exporter = createOtlpExporter(config.reporter, {
    clock: deps.clock,
    logger: deps.logger,
    health: deps.health.component('collectors'),
    resolve: systemResolveHost,
    tls: upstreamTls,
  });
  const queue = createExportQueue(config.reporter, { ...deps, exporter });
  const pipeline = createPipeline({
    destination: queue.sink,
    room: queue.room,
    metrics: deps.metrics,
    batchesMax: PIPELINE_BATCHES_MAX,
    bytesMax: config.maxBytesInFlight,
    serviceNamesMax: config.maxServiceNames,
    tags,
  });
  const sampling = createUpstreamSampling({
    endpoint: config.http.samplingEndpoint || samplingEndpointOf(config.reporter.hostPort),
    cachedServices: config.http.cachedServices,
    tls: upstreamTls,
  });
  const samplingHttp = { hostPort: withHost(config.http.hostPort, deps.listenHost) };
  const clientStats = createJaegerClientStats(deps.metrics, deps.clock);
  const receiverDeps = { ...deps, pipeline, sampling, clientStats };
  return startInOrder([
    () => Promise.resolve({ addresses: [], stop: () => queue.stop() }),
    () => Promise.resolve({ addresses: [], stop: () => sampling.stop() }),
    () => startSamplingProxy(samplingHttp, receiverDeps),
    ...tcpReceivers(config, receiverDeps),
    ...udpReceivers(config.udp, receiverDeps),
  ]);
}

/** The first collector of `reporter.grpc.host-port`, at the port of its HTTP receiver. */
export function samplingEndpointOf(hostPorts: string): string {
  const host = parseTargets(hostPorts)[0]?.host ?? '';
  return `http://${formatHostPort({ host, port: COLLECTOR_SAMPLING_PORT })}/api/sampling`;
}
