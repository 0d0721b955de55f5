import type { Role } from '../runtime/role.ts';
import { composeRunning } from '../runtime/running.ts';
import { openStorage } from '../storage/open-storage.ts';
import { startCollector } from './collector.ts';
import { collectorRoleSettings } from './config.ts';

/** Takes spans from applications and agents and stores them. */
export const collectorRole: Role<typeof collectorRoleSettings> = {
  name: 'collector',
  settings: collectorRoleSettings,
  adminHostPort: ({ admin }) => admin,
  start: async (config, deps) => {
    const storage = await openStorage(config.storage, deps);
    const closing = { addresses: [], stop: () => storage.close() };
    try {
      return composeRunning([
        closing,
        await startCollector(config.collector, { ...deps, storage }),
      ]);
    } catch (error) {
      await storage.close();
      throw error;
    }
  },
};
