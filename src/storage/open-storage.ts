import type { RoleDeps } from '../runtime/running.ts';
import type { StorageConfig } from './config.ts';
import { createMemoryStorage } from './memory/memory-storage.ts';
import type { Storage } from './storage.ts';

export type StorageDeps = Pick<RoleDeps, 'metrics'>;

/** The storage that the config names, ready for use. The caller closes it. */
export function openStorage(config: StorageConfig, deps: StorageDeps): Promise<Storage> {
  return Promise.resolve(createMemoryStorage({ ...config.memory, metrics: deps.metrics }));
}
