import { resolveConfig } from '../../src/runtime/resolve-config.ts';
import { storageSettings } from '../../src/storage/config.ts';
import type { StorageConfig } from '../../src/storage/config.ts';

/** The storage settings of a process that was given these flags. */
export function storageConfig(flags: Readonly<Record<string, string>>): StorageConfig {
  return resolveConfig(storageSettings, {
    flags: new Map(Object.entries(flags)),
    env: {},
    file: null,
    fileName: '',
  });
}
