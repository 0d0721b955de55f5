import { startSamplingProxy } from '../agent-sidecar/sampling-proxy.ts';
import { udpReceivers } from '../agent-sidecar/udp-receivers.ts';
import { startCollector } from '../collector/collector.ts';
import { startQuery } from '../query/query.ts';
import { withHost } from '../runtime/listen.ts';
import { composeRunning, startInOrder } from '../runtime/running.ts';
import type { RoleDeps, Running } from '../runtime/running.ts';
import type { HostPort } from '../runtime/setting.ts';
import { formatHostPort } from '../runtime/setting.ts';
import { createSamplingProvider } from '../sampling/sampling-provider.ts';
import { openStorage } from '../storage/open-storage.ts';
import type { AllInOneConfig } from './config.ts';

/**
 * Collector, the ports of an agent, and query over one storage. Stopping closes the ways in before
 * the storage.
 * @throws UsageError for a config that cannot be used, ListenError for an address in use
 */
export async function startAllInOne(config: AllInOneConfig, deps: RoleDeps): Promise<Running> {
  const storage = await openStorage(config.storage, deps);
  const receive = async (): Promise<Running> => {
    const sampling = await createSamplingProvider(config.sampling, deps);
    let pipeline: Awaited<ReturnType<typeof startCollector>>['pipeline'];
    return startInOrder([
      () => Promise.resolve({ addresses: [], stop: () => sampling.stop() }),
      async () => {
        const collector = await startCollector(config.collector, { ...deps, storage, sampling });
        pipeline = collector.pipeline;
        return collector;
      },
      () => startInOrder(udpReceivers(config.udp, { ...deps, pipeline })),
    ]);
  };
  return startInOrder([
    () => Promise.resolve({ addresses: [], stop: () => storage.close() }),
    () => startQuery(config.query, { ...deps, storage }),
    async () => {
      const receiving = await receive();
      try {
        const agentHttp = await startSamplingProxy(
          samplingOptions(config, deps, receiving),
          deps.metrics,
        );
        return composeRunning([receiving, agentHttp]);
      } catch (error) {
        await receiving.stop();
        throw error;
      }
    },
  ]);
}

/** The agent's port asks the collector of this same process, wherever it listens. */
function samplingOptions(
  { collector, samplingHttp }: AllInOneConfig,
  { listenHost }: RoleDeps,
  receiving: Running,
): Parameters<typeof startSamplingProxy>[0] {
  const given = withHost(collector.thriftHttp.hostPort, listenHost);
  const bound = receiving.addresses.find(({ name }) => name === THRIFT_HTTP);
  const target: HostPort = { host: reachable(given.host), port: bound?.port ?? given.port };
  return {
    hostPort: withHost(samplingHttp.hostPort, listenHost),
    endpoint: `http://${formatHostPort(target)}/api/sampling`,
    cachedServices: samplingHttp.cachedServices,
  };
}

/** What `startJaegerThriftHttp` calls its address. */
const THRIFT_HTTP = 'jaeger thrift http';

/** Every interface is no address to connect to. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
