import {
  bytesSetting,
  choiceSetting,
  durationSetting,
  integerSetting,
  stringSetting,
} from '../runtime/setting.ts';
import type { ConfigOf } from '../runtime/setting.ts';

/** When a sender is told that its spans are kept, and what becomes of them after that. */
export const acknowledgeSettings = {
  mode: choiceSetting({
    flag: 'collector.ack',
    description:
      'When a sender gets its answer: once the spans wait in memory, once they are on disk ' +
      '(collector.spool.directory), or once the storage has them.',
    choices: ['memory', 'disk', 'storage'],
    default: 'storage',
  }),
  numWorkers: integerSetting({
    flag: 'collector.num-workers',
    description: 'Batches written to storage at once when senders do not wait for it.',
    default: 50,
    min: 1,
  }),
  retry: {
    initialInterval: durationSetting({
      flag: 'collector.retry.initial-interval',
      description: 'Pause after the first failed write of an acknowledged batch; it doubles.',
      default: 250,
    }),
    maxInterval: durationSetting({
      flag: 'collector.retry.max-interval',
      description: 'Longest pause between attempts to write an acknowledged batch.',
      default: 5000,
    }),
    maxElapsed: durationSetting({
      flag: 'collector.retry.max-elapsed',
      description: 'How long a batch that waits in memory is tried before it is dropped.',
      default: 300_000,
    }),
  },
  drainTimeout: durationSetting({
    flag: 'collector.drain-timeout',
    description: 'How long stopping goes on writing what waits in memory; the rest is dropped.',
    default: 15_000,
  }),
  spool: {
    directory: stringSetting({
      flag: 'collector.spool.directory',
      description: 'Folder of its own for spans on their way to storage, with collector.ack=disk.',
      default: '',
    }),
    maxBytes: bytesSetting({
      flag: 'collector.spool.max-bytes',
      description: 'Disk that the spool may take; batches beyond it are refused, to be sent again.',
      default: 4 * 2 ** 30,
      min: 1,
    }),
    maxAge: durationSetting({
      flag: 'collector.spool.max-age',
      description: 'How long spans wait in the spool for the storage before they are dropped.',
      default: 24 * 3_600_000,
    }),
    segmentBytes: bytesSetting({
      flag: 'collector.spool.segment-bytes',
      description: 'Size of a file of the spool; a file goes when all of it is stored.',
      default: 64 * 2 ** 20,
      min: 1,
    }),
    minFreeBytes: bytesSetting({
      flag: 'collector.spool.min-free-bytes',
      description: 'Free space the spool leaves on its disk.',
      default: 256 * 2 ** 20,
    }),
    maxMemoryBytes: bytesSetting({
      flag: 'collector.spool.max-memory-bytes',
      description: 'Batches in memory on their way to storage; beyond it they are read from disk.',
      default: 32 * 2 ** 20,
    }),
  },
};

export type AcknowledgeConfig = ConfigOf<typeof acknowledgeSettings>;
