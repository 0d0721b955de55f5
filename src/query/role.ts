import type { Role } from '../runtime/role.ts';
import { startInOrder } from '../runtime/running.ts';
import { openStorage } from '../storage/open-storage.ts';
import { runStorage } from '../storage/run-storage.ts';
import { queryRoleSettings } from './config.ts';
import { startQuery } from './query.ts';

/** Shows what is stored. */
export const queryRole: Role<typeof queryRoleSettings> = {
  name: 'query',
  settings: queryRoleSettings,
  adminHostPort: ({ admin }) => admin,
  start: async (config, deps) => {
    if (config.storage.type === 'memory') {
      deps.logger.warn(
        'a memory of its own is all this process can show, and nothing fills it: ' +
          'run all-in-one to receive and show traces in one process',
      );
    }
    const storage = await openStorage(config.storage, deps);
    return startInOrder([
      () => Promise.resolve(runStorage(storage, deps)),
      () => startQuery(config.query, { ...deps, storage }),
    ]);
  },
};
