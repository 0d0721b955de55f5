import {
  booleanSetting,
  bytesSetting,
  durationSetting,
  integerSetting,
  stringSetting,
} from '../../runtime/setting.ts';
import type { ConfigOf } from '../../runtime/setting.ts';

/** Where the embedded engine keeps traces, and how much. */
export const embeddedSettings = {
  directory: stringSetting({
    flag: 'embedded.directory',
    description: 'Folder of the embedded storage. One process at a time has it.',
    default: '',
  }),
  retention: durationSetting({
    flag: 'embedded.retention',
    description: 'How long spans are kept after they arrived; whole blocks are deleted then.',
    default: 72 * 3_600_000,
  }),
  maxBytes: bytesSetting({
    flag: 'embedded.max-bytes',
    description:
      'Disk that blocks and the archive may take, all tenants together; beyond it the oldest block ' +
      'goes before its time. 0: as much as there is.',
    default: 0,
  }),
  maxArchiveBytes: bytesSetting({
    flag: 'embedded.max-archive-bytes',
    description:
      'Disk that archived traces may take, all tenants together; further ones are refused. 0: half ' +
      'of embedded.max-bytes, or as much as there is.',
    default: 0,
  }),
  tenantsFile: stringSetting({
    flag: 'embedded.tenants-file',
    description:
      'YAML or JSON file with limits of single tenants, read at the start: ' +
      '`tenants: {name: {retention: 24h, maxBytes: 10Gi}}`. What it does not name has the limits of ' +
      'embedded.retention and no share of its own.',
    default: '',
  }),
  minFreeBytes: bytesSetting({
    flag: 'embedded.min-free-bytes',
    description: 'Free space left on the disk: below it spans are refused, to be sent again.',
    default: 256 * 2 ** 20,
  }),
  maxHeadBytes: bytesSetting({
    flag: 'embedded.max-head-bytes',
    description:
      'Memory for spans that are in the log and not yet in a block, all tenants together. Writing ' +
      'waits for blocks when it is used up.',
    default: 48 * 2 ** 20,
  }),
  cacheBytes: bytesSetting({
    flag: 'embedded.cache-bytes',
    description: 'Memory for decoded pages of blocks.',
    default: 64 * 2 ** 20,
  }),
  mergeShare: integerSetting({
    flag: 'embedded.merge-share',
    description:
      'Percent of the time that one processor may merge small blocks into large ones, when no block ' +
      'has to be made. 0: never.',
    default: 20,
    min: 0,
    max: 100,
  }),
  maxTenants: integerSetting({
    flag: 'embedded.max-tenants',
    description: 'Tenants that may have spans here; those of further ones are refused.',
    default: 1000,
    min: 1,
  }),
  maxTraceSpans: integerSetting({
    flag: 'embedded.max-trace-spans',
    description: 'Spans of one trace that are shown; the last one shown then has a warning.',
    default: 100_000,
    min: 1,
  }),
  badger: {
    directoryValue: stringSetting({
      flag: 'badger.directory-value',
      description: 'The same as embedded.directory, which comes first.',
      default: '',
    }),
    directoryKey: stringSetting({
      flag: 'badger.directory-key',
      description: 'Accepted without effect: there is one folder for everything.',
      default: '',
    }),
    ephemeral: booleanSetting({
      flag: 'badger.ephemeral',
      description: 'Keep traces in a temporary folder that is deleted at the end.',
      default: false,
    }),
    spanStoreTtl: durationSetting({
      flag: 'badger.span-store-ttl',
      description: 'The same as embedded.retention, when it is not 0.',
      default: 0,
    }),
    consistency: booleanSetting({
      flag: 'badger.consistency',
      description: 'Accepted without effect: spans are always on disk before the answer.',
      default: true,
    }),
    maintenanceInterval: durationSetting({
      flag: 'badger.maintenance-interval',
      description: 'How often blocks are looked at for deletion.',
      default: 300_000,
    }),
  },
};

export type EmbeddedConfig = ConfigOf<typeof embeddedSettings>;
