import type { RoleDeps } from '../runtime/running.ts';
import type { StorageConfig } from './config.ts';
import { createMemoryStorage } from './memory/memory-storage.ts';
import type { Storage } from './storage.ts';

export type StorageDeps = Pick<RoleDeps, 'metrics'>;

/**
 * The storage that the config names, ready for use. The caller closes it. Backends with a client
 * library are loaded when they are asked for.
 * @throws UsageError for settings that the backend cannot use
 */
export async function openStorage(config: StorageConfig, deps: StorageDeps): Promise<Storage> {
  switch (config.type) {
    case 'memory':
      return createMemoryStorage({ ...config.memory, metrics: deps.metrics });
    case 'grpc': {
      const { openRemoteStorage } = await import('./remote/open-remote-storage.ts');
      return openRemoteStorage(config.grpc);
    }
  }
}
