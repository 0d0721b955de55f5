import { bytesSetting, choiceSetting, integerSetting } from '../runtime/setting.ts';
import type { ConfigOf } from '../runtime/setting.ts';
import { embeddedSettings } from './embedded/config.ts';
import { remoteStorageSettings } from './remote/config.ts';

/** What a role that keeps or reads traces can be told about where they are. */
export const storageSettings = {
  type: choiceSetting({
    flag: 'span-storage.type',
    description: 'Where traces are kept. badger is another name of embedded.',
    default: 'memory',
    choices: ['memory', 'embedded', 'badger', 'grpc'],
  }),
  memory: {
    maxTraces: integerSetting({
      flag: 'memory.max-traces',
      description: 'Traces kept in memory for each tenant; the oldest goes first.',
      default: 100_000,
      min: 1,
      max: 10_000_000,
    }),
    maxBytes: bytesSetting({
      flag: 'memory.max-bytes',
      description:
        'Memory for stored spans, all tenants together; the oldest trace of the largest tenant goes first.',
      default: 512 * 2 ** 20,
    }),
  },
  embedded: embeddedSettings,
  grpc: remoteStorageSettings,
};

export type StorageConfig = ConfigOf<typeof storageSettings>;
