import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from '../../runtime/errors.ts';
import type { EmbeddedConfig } from './config.ts';
import { readTenantLimits } from './tenant-limits.ts';
import type { TenantLimits } from './tenant-limits.ts';

export interface EmbeddedOptions {
  readonly folder: string;
  readonly retentionMs: number;
  /** Of tenants for which it is another, or whose bytes are limited. */
  readonly tenantLimits: ReadonlyMap<string, TenantLimits>;
  /** Of blocks and the archive; 0: as many as there is room for. */
  readonly bytesMax: number;
  /** Of the archive; Infinity: as many as there is room for. */
  readonly archiveBytesMax: number;
  readonly minFreeBytes: number;
  readonly headBytesMax: number;
  readonly cacheBytes: number;
  /** Part of the time, at most, that a processor merges blocks. */
  readonly mergeShare: number;
  readonly tenantsMax: number;
  readonly traceSpansMax: number;
  readonly maintenanceIntervalMs: number;
  /** Called when the storage is closed. */
  readonly afterClose: () => Promise<void>;
}

/**
 * What the settings mean, Badger's names included.
 * @throws UsageError when they do not say where the storage is
 */
export async function embeddedOptions(config: EmbeddedConfig): Promise<EmbeddedOptions> {
  const { badger, maxBytes, maxArchiveBytes } = config;
  const retentionMs = badger.spanStoreTtl === 0 ? config.retention : badger.spanStoreTtl;
  const others = { retentionMs, bytesMax: 0 };
  const tenantLimits = await readTenantLimits(config.tenantsFile, others);
  const { folder, afterClose } = await folderOf(config);
  return {
    folder,
    afterClose,
    retentionMs,
    tenantLimits,
    bytesMax: maxBytes,
    archiveBytesMax: maxArchiveBytes === 0 ? maxBytes / 2 || Infinity : maxArchiveBytes,
    minFreeBytes: config.minFreeBytes,
    headBytesMax: config.maxHeadBytes,
    cacheBytes: config.cacheBytes,
    mergeShare: config.mergeShare / 100,
    tenantsMax: config.maxTenants,
    traceSpansMax: config.maxTraceSpans,
    maintenanceIntervalMs: badger.maintenanceInterval,
  };
}

async function folderOf({
  directory,
  badger,
}: EmbeddedConfig): Promise<Pick<EmbeddedOptions, 'folder' | 'afterClose'>> {
  if (badger.ephemeral) {
    const folder = await mkdtemp(join(tmpdir(), 'jaeger-embedded-'));
    return { folder, afterClose: () => rm(folder, { recursive: true, force: true }) };
  }
  const wished = directory === '' ? badger.directoryValue : directory;
  if (wished === '') {
    throw new UsageError('--embedded.directory is missing: the folder that traces are kept in');
  }
  return { folder: resolve(wished), afterClose: () => Promise.resolve() };
}
