import type { Role } from '../runtime/role.ts';
import { startInOrder } from '../runtime/running.ts';
import type { Running } from '../runtime/running.ts';
import { createSenderTenancy } from '../runtime/tenancy.ts';
import { createSamplingProvider } from '../sampling/sampling-provider.ts';
import { openStorage } from '../storage/open-storage.ts';
import { runStorage } from '../storage/run-storage.ts';
import { startCollector } from './collector.ts';
import { collectorRoleSettings } from './config.ts';

/** Takes spans from applications and agents and stores them. */
export const collectorRole: Role<typeof collectorRoleSettings> = {
  name: 'collector',
  settings: collectorRoleSettings,
  adminHostPort: ({ admin }) => admin,
  start: async (config, deps) => {
    if (config.storage.type === 'memory') {
      deps.logger.warn(
        'spans are kept in a memory of its own, which no query can show: ' +
          'run all-in-one to receive and show traces in one process',
      );
    }
    const tenancy = createSenderTenancy(config.tenancy);
    const storage = await openStorage(config.storage, deps);
    const collecting = async (): Promise<Running> => {
      const sampling = await createSamplingProvider(config.sampling, deps);
      const answering: Running = { addresses: [], stop: () => sampling.stop() };
      return startInOrder([
        () => Promise.resolve(answering),
        () => startCollector(config.collector, { ...deps, storage, sampling, tenancy }),
      ]);
    };
    return startInOrder([() => Promise.resolve(runStorage(storage, deps)), collecting]);
  },
};
