import { pino } from 'pino';
import { Registry } from 'prom-client';
import { systemClock } from '../../src/runtime/clock.ts';
import type { EmbeddedOptions } from '../../src/storage/embedded/embedded-options.ts';
import { openEmbeddedStorage } from '../../src/storage/embedded/embedded-storage.ts';
import type { EmbeddedDeps, EmbeddedStorage } from '../../src/storage/embedded/embedded-storage.ts';

/** A storage in a folder, with the usual settings but for what is given. */
export function openTestStorage(
  folder: string,
  options: Partial<EmbeddedOptions> = {},
  deps: Partial<EmbeddedDeps> = {},
): Promise<EmbeddedStorage> {
  return openEmbeddedStorage(
    {
      folder,
      retentionMs: 72 * 3_600_000,
      tenantLimits: new Map(),
      bytesMax: 0,
      archiveBytesMax: Infinity,
      minFreeBytes: 0,
      headBytesMax: 160 * 2 ** 20,
      cacheBytes: 16 * 2 ** 20,
      mergeShare: 0,
      tenantsMax: 100,
      traceSpansMax: 100_000,
      maintenanceIntervalMs: 300_000,
      afterClose: () => Promise.resolve(),
      ...options,
    },
    { metrics: new Registry(), logger: pino({ level: 'silent' }), clock: systemClock, ...deps },
  );
}
