import { Registry } from 'prom-client';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { EmbeddedOptions } from '../../storage/embedded/embedded-options.ts';
import { openEmbeddedStorage } from '../../storage/embedded/embedded-storage.ts';
import type { EmbeddedStorage } from '../../storage/embedded/embedded-storage.ts';

export interface OfflineDeps {
  readonly clock: Clock;
  readonly logger: Logger;
}

const HEAD_BYTES_MAX = 96 * 2 ** 20;
const CACHE_BYTES = 8 * 2 ** 20;
const MIN_FREE_BYTES = 64 * 2 ** 20;

/**
 * A store as no server would open it: nothing in it is deleted, however old or much, since the
 * settings of its server are not known here.
 * @throws StoreOpenError naming the process that has it
 */
export function openOffline(folder: string, deps: OfflineDeps): Promise<EmbeddedStorage> {
  const options: EmbeddedOptions = {
    folder,
    retentionMs: Infinity,
    tenantLimits: new Map(),
    bytesMax: 0,
    archiveBytesMax: Infinity,
    minFreeBytes: MIN_FREE_BYTES,
    headBytesMax: HEAD_BYTES_MAX,
    cacheBytes: CACHE_BYTES,
    mergeShare: 0,
    tenantsMax: Infinity,
    traceSpansMax: Infinity,
    maintenanceIntervalMs: Infinity,
    afterClose: () => Promise.resolve(),
  };
  return openEmbeddedStorage(options, { ...deps, metrics: new Registry() });
}
