import type { RoleDeps } from '../runtime/running.ts';
import type { StorageConfig } from './config.ts';
import { createMemoryStorage } from './memory/memory-storage.ts';
import type { Storage } from './storage.ts';

export type StorageDeps = Pick<RoleDeps, 'metrics' | 'logger' | 'clock'>;

/**
 * The storage that the config names, ready for use. The caller closes it. Backends with a client
 * library or much code are loaded when they are asked for.
 * @throws UsageError for settings that the backend cannot use, StoreOpenError for a folder that
 * another process has
 */
export async function openStorage(config: StorageConfig, deps: StorageDeps): Promise<Storage> {
  switch (config.type) {
    case 'memory':
      return createMemoryStorage({ ...config.memory, metrics: deps.metrics, clock: deps.clock });
    case 'embedded':
    case 'badger': {
      const { embeddedOptions } = await import('./embedded/embedded-options.ts');
      const { openEmbeddedStorage } = await import('./embedded/embedded-storage.ts');
      return openEmbeddedStorage(await embeddedOptions(config.embedded), deps);
    }
    case 'grpc': {
      const { openRemoteStorage } = await import('./remote/open-remote-storage.ts');
      return openRemoteStorage(config.grpc, deps);
    }
  }
}
