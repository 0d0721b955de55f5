import { startSamplingProxy } from '../agent-sidecar/sampling-proxy.ts';
import { udpReceivers } from '../agent-sidecar/udp-receivers.ts';
import { startCollector } from '../collector/collector.ts';
import type { Collector } from '../collector/collector.ts';
import { startQuery } from '../query/query.ts';
import { withHost } from '../runtime/listen.ts';
import { startInOrder } from '../runtime/running.ts';
import type { Address, RoleDeps, Running } from '../runtime/running.ts';
import type { ConfigOf } from '../runtime/setting.ts';
import { formatHostPort } from '../runtime/setting.ts';
import { createSamplingProvider } from '../sampling/sampling-provider.ts';
import { openStorage } from '../storage/open-storage.ts';
import type { Storage } from '../storage/storage.ts';
import type { allInOneSettings } from './config.ts';

type AllInOneConfig = ConfigOf<typeof allInOneSettings>;

/**
 * One storage between a collector, with the UDP ports and the sampling port of an agent beside it,
 * and a query service. What takes spans stops first; the storage closes last.
 */
export async function startAllInOne(config: AllInOneConfig, deps: RoleDeps): Promise<Running> {
  const storage = await openStorage(config.storage, deps);
  return startInOrder([
    () => Promise.resolve({ addresses: [], stop: () => storage.close() }),
    () => startQuery(config.query, { ...deps, storage }),
    () => startIntake(config, deps, storage),
  ]);
}

async function startIntake(
  config: AllInOneConfig,
  deps: RoleDeps,
  storage: Storage,
): Promise<Running> {
  const sampling = await createSamplingProvider(config.sampling, deps);
  return startInOrder([
    () => Promise.resolve({ addresses: [], stop: () => sampling.stop() }),
    async () => {
      const collector = await startCollector(config.collector, { ...deps, storage, sampling });
      return startInOrder([
        () => Promise.resolve(collector),
        () => startAgentPorts(config, deps, collector),
      ]);
    },
  ]);
}

/** What an agent would open on this host: UDP for clients, and the port that knows strategies. */
function startAgentPorts(
  config: AllInOneConfig,
  deps: RoleDeps,
  collector: Collector,
): Promise<Running> {
  const thriftHttp = collector.addresses.find(({ name }) => name === 'jaeger thrift http');
  return startInOrder([
    ...udpReceivers(config.udp, { ...deps, pipeline: collector.pipeline }),
    () =>
      startSamplingProxy(
        {
          hostPort: withHost(config.samplingHostPort, deps.listenHost),
          endpoint: `http://${reachable(thriftHttp)}/api/sampling`,
          cachedServices: 0,
        },
        deps.metrics,
      ),
  ]);
}

/** A listening address as this machine can call it. */
function reachable(address: Address | undefined): string {
  const { host = '127.0.0.1', port = 0 } = address ?? {};
  return formatHostPort({ host: host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, port });
}
