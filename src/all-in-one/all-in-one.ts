import { startSamplingProxy } from '../agent-sidecar/sampling-proxy.ts';
import { udpReceivers } from '../agent-sidecar/udp-receivers.ts';
import { startCollector } from '../collector/collector.ts';
import type { Collector } from '../collector/collector.ts';
import { startQuery } from '../query/query.ts';
import { withHost } from '../runtime/listen.ts';
import { startInOrder } from '../runtime/running.ts';
import type { RoleDeps, Running } from '../runtime/running.ts';
import { createSamplingProvider } from '../sampling/sampling-provider.ts';
import type { SamplingProvider } from '../sampling/sampling-strategy.ts';
import { createSenderTenancy } from '../runtime/tenancy.ts';
import { openStorage } from '../storage/open-storage.ts';
import { runStorage } from '../storage/run-storage.ts';
import type { Storage } from '../storage/storage.ts';
import type { AllInOneConfig } from './config.ts';

/**
 * One storage between a collector, with the UDP and sampling ports of an agent beside it, and a
 * query service. What takes spans stops first; the storage closes last.
 * @throws UsageError for a config that cannot be used, ListenError for an address in use
 */
export async function startAllInOne(config: AllInOneConfig, deps: RoleDeps): Promise<Running> {
  const storage = await openStorage(config.storage, deps);
  return startInOrder([
    () => Promise.resolve(runStorage(storage, deps)),
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
  const tenancy = createSenderTenancy(config.query.tenancy);
  return startInOrder([
    () => Promise.resolve({ addresses: [], stop: () => sampling.stop() }),
    async () => {
      const collector = await startCollector(config.collector, {
        ...{ ...deps, storage, sampling },
        tenancy,
      });
      return startInOrder([
        () => Promise.resolve(collector),
        () => {
          const { pipeline, clientStats } = collector;
          return startAgentPorts(config, { ...deps, sampling, pipeline, clientStats });
        },
      ]);
    },
  ]);
}

/** What an agent would open on this host: UDP for clients, and the port that knows strategies. */
function startAgentPorts(
  { query, samplingHttp, udp }: AllInOneConfig,
  deps: AgentPortDeps,
): Promise<Running> {
  const { enabled: hasTenants } = query.tenancy;
  if (hasTenants) {
    deps.logger.warn('the UDP ports stay closed: with tenants every request must name its own');
  }
  return startInOrder([
    ...(hasTenants ? [] : udpReceivers(udp, deps)),
    () => startSamplingProxy({ hostPort: withHost(samplingHttp.hostPort, deps.listenHost) }, deps),
  ]);
}

interface AgentPortDeps extends RoleDeps, Pick<Collector, 'pipeline' | 'clientStats'> {
  readonly sampling: SamplingProvider;
}
