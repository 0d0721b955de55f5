import type { Registry } from 'prom-client';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Accepted, SpanBatch } from '../../wire/span-batch.ts';
import { TimeSlice } from '../held-spans/time-slice.ts';
import type { Storage, TraceReader, TraceWriter } from '../storage.ts';
import { PageCache } from './block/page-cache.ts';
import { createBlockMaker } from './block-maker.ts';
import { bytesOnDisk, createEmbeddedArchive } from './embedded-archive.ts';
import { createEmbeddedLeases } from './embedded-leases.ts';
import { registerEmbeddedMetrics } from './embedded-metrics.ts';
import type { EmbeddedOptions } from './embedded-options.ts';
import { createEmbeddedReader } from './embedded-reader.ts';
import { createEmbeddedSampling } from './embedded-sampling.ts';
import type { EmbeddedSampling } from './embedded-sampling.ts';
import { healthOf } from './embedded-health.ts';
import { createHeadBudget } from './head-budget.ts';
import type { HeadBudget } from './head-budget.ts';
import { HEAD_LIMITS } from './heads.ts';
import type { HeadLimits } from './heads.ts';
import { startMaintenance } from './maintenance.ts';
import { startMerger } from './merger.ts';
import type { MergeLimits, MergeTally } from './merger.ts';
import { createRetention } from './retention.ts';
import type { Retention } from './retention.ts';
import { createSteadyClock } from './steady-clock.ts';
import { openStoreFolder } from './store-folder.ts';
import type { TenantFolders } from './store-folder.ts';
import { StoreClosedError } from './storage-error.ts';
import type { TenantLimits } from './tenant-limits.ts';
import { openTenant } from './tenant.ts';
import type { Tenant, TenantOptions } from './tenant.ts';
import { openTenants } from './tenants.ts';
import type { Tenants } from './tenants.ts';

export interface EmbeddedDeps {
  readonly metrics: Registry;
  readonly logger: Logger;
  readonly clock: Clock;
  /** When heads become blocks; as is best unless a test says otherwise. */
  readonly headLimits?: HeadLimits;
  /** When blocks are merged; the same. */
  readonly mergeLimits?: Partial<MergeLimits>;
}

export interface EmbeddedStorage extends Storage {
  /** Resolves when all that was written before is in blocks. */
  flush(): Promise<void>;
  /** Deletes what is too old or too much, now. */
  expire(): Promise<void>;
  /** Merges what can be merged, now. */
  merge(): Promise<void>;
}

/** The log may be larger than the heads that are made of it, by what columns and copies differ. */
const LOG_BYTES_A_HEAD_BYTE = 4;
/** Of a batch: heads take no more before they are blocks, so that this much of a log is free in time. */
const BATCH_BYTES_A_HEAD_BYTE = 2;
const MERGE_AGES = {
  ageMs: 120_000,
  // Searches meet some hundred small blocks more than they would, at most.
  busyAgeMs: 600_000,
};

/**
 * Traces in a folder of this machine. A batch goes to the log, and is acknowledged when it is on
 * disk; it is found in the head until a thread has made a block of the head, and then in the block.
 * Blocks are deleted when they are old. A crash at any point loses nothing that was acknowledged.
 * @throws StoreOpenError when the folder cannot be used
 */
export async function openEmbeddedStorage(
  options: EmbeddedOptions,
  deps: EmbeddedDeps,
): Promise<EmbeddedStorage> {
  const startedAt = deps.clock.monotonic();
  const stages = await openStages(options, deps);
  const { traces, retention, everyTenant } = stages;
  const expire = (): Promise<void> => retention.run(traces.open);
  const maintenance = startMaintenance(
    {
      checkHeads: () => {
        for (const { shredder } of everyTenant()) shredder.check();
        stages.budget.trim();
      },
      save: async () => {
        for (const tenant of everyTenant()) await tenant.saveCalls();
      },
      expire,
      expireEveryMs: options.maintenanceIntervalMs,
    },
    deps,
  );
  logOpened(options.folder, traces, { ...deps, startedAt });
  const merger = startMerger({
    ...{ ...deps, tenants: everyTenant, tally: stages.merges },
    limits: { share: options.mergeShare, ...MERGE_AGES, ...deps.mergeLimits },
  });
  const shutDown = async (): Promise<void> => {
    await maintenance.stop();
    await merger.stop();
    try {
      await stages.close();
    } finally {
      await options.afterClose();
    }
  };
  let closing: Promise<void> | undefined;
  const writerTo = (tenants: Tenants): TraceWriter => ({
    write: (batch, signal) =>
      closing === undefined
        ? writeBatch({ ...options, tenants, budget: stages.budget }, batch, signal)
        : Promise.reject(new StoreClosedError('the embedded storage is closed')),
  });
  const readerOf = (tenants: Tenants): TraceReader =>
    createEmbeddedReader((name) => tenants.open.get(name), options.traceSpansMax);
  return {
    writer: writerTo(traces),
    reader: readerOf(traces),
    dependencies: {
      links: (name, startMs, endMs) =>
        traces.open.get(name)?.links({ startMs, endMs }, new TimeSlice()) ?? Promise.resolve([]),
    },
    archive: createEmbeddedArchive({
      ...{ writer: writerTo(stages.archived), reader: readerOf(stages.archived) },
      ...{ bytesMax: options.archiveBytesMax, bytes: stages.archivedBytes },
    }),
    sampling: stages.sampling,
    leases: createEmbeddedLeases({ ...deps, folder: options.folder }),
    check: () => Promise.resolve(healthOf(closing !== undefined, everyTenant())),
    close: () => (closing ??= shutDown()),
    flush: async () => {
      await Promise.all([...everyTenant()].map(({ shredder }) => shredder.flush()));
    },
    expire,
    merge: () => merger.run(),
  };
}

interface Stages {
  readonly traces: Tenants;
  readonly archived: Tenants;
  /** Both of each. */
  readonly everyTenant: () => Iterable<Tenant>;
  readonly archivedBytes: () => number;
  readonly budget: HeadBudget;
  readonly retention: Retention;
  readonly sampling: EmbeddedSampling;
  readonly merges: MergeTally;
  close(): Promise<void>;
}

/** What all tenants share, and the tenants. */
async function openStages(options: EmbeddedOptions, deps: EmbeddedDeps): Promise<Stages> {
  const { logger, clock } = deps;
  const folder = await openStoreFolder(options.folder);
  const cache = new PageCache(options.cacheBytes);
  const maker = createBlockMaker(logger);
  const merges: MergeTally = { merges: 0, mergedSpans: 0, cpuSeconds: 0 };
  const steady = createSteadyClock(clock);
  let traces: Tenants | undefined;
  let archived: Tenants | undefined;
  const openTraces = (): Iterable<Tenant> => traces?.open.values() ?? [];
  const openArchived = (): Iterable<Tenant> => archived?.open.values() ?? [];
  const everyTenant = (): Iterable<Tenant> => [...openTraces(), ...openArchived()];
  const archivedBytes = (): number => bytesOnDisk(openArchived());
  const retention = createRetention(
    { limitsOf: limitsOf(options), bytesMax: options.bytesMax, archivedBytes },
    { clock: steady, logger },
  );
  const onFull = (): void => {
    shredLargest(everyTenant());
  };
  const budget = createHeadBudget({ bytesMax: options.headBytesMax, clock, onFull });
  const metrics = registerEmbeddedMetrics(deps.metrics, {
    ...{ tenants: openTraces, archived: openArchived, maker, cache, budget, retention, merges },
  });
  const { folder: path, minFreeBytes } = options;
  const sampling = createEmbeddedSampling({ folder: path, minFreeBytes, clock, logger });
  const close = async (): Promise<void> => {
    try {
      await Promise.all([maker.close(), traces?.close(), archived?.close(), sampling.close()]);
    } finally {
      metrics.remove();
      await folder.release();
    }
  };
  const open = tenantOpener(options, {
    ...{ budget, cache, maker, logger, onSync: metrics.onSync },
    limits: deps.headLimits ?? HEAD_LIMITS,
    clock: { ...clock, now: () => steady.stamp() },
  });
  try {
    traces = await open(folder.traces);
    archived = await open(folder.archive);
    const others = { budget, retention, sampling, merges, everyTenant, archivedBytes };
    return { traces, archived, ...others, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type SharedByTenants = Omit<TenantOptions, 'folder' | 'logBytesMax' | 'minFreeBytes'>;

/** Opens the tenants of a folder. */
function tenantOpener(
  { tenantsMax, headBytesMax, minFreeBytes }: EmbeddedOptions,
  shared: SharedByTenants,
): (folder: TenantFolders) => Promise<Tenants> {
  const logBytesMax = LOG_BYTES_A_HEAD_BYTE * headBytesMax;
  return (folder) =>
    openTenants({
      ...{ folder, tenantsMax },
      openTenant: (path) => openTenant({ ...shared, folder: path, logBytesMax, minFreeBytes }),
    });
}

function limitsOf({ retentionMs, tenantLimits }: EmbeddedOptions): (name: string) => TenantLimits {
  const others = { retentionMs, bytesMax: 0 };
  return (name) => tenantLimits.get(name) ?? others;
}

interface BatchDestination extends Pick<EmbeddedOptions, 'headBytesMax'> {
  readonly tenants: Tenants;
  readonly budget: HeadBudget;
}

async function writeBatch(
  { tenants, budget, headBytesMax }: BatchDestination,
  batch: SpanBatch,
  signal: AbortSignal,
): Promise<Accepted> {
  const { otlp, scan } = batch;
  const { count } = scan;
  if (count === 0) return { accepted: 0, refused: [], dropped: [] };
  if (otlp.length > BATCH_BYTES_A_HEAD_BYTE * headBytesMax) {
    const message = `a batch of ${otlp.length} bytes does not fit embedded.max-head-bytes, which is ${headBytesMax}`;
    return { accepted: 0, refused: [{ reason: 'too_large', count, message }], dropped: [] };
  }
  const tenant = tenants.forWriting(batch.tenant);
  if (tenant === undefined) {
    const message = 'there are too many tenants (embedded.max-tenants), or the name is too long';
    return { accepted: 0, refused: [{ reason: 'too_many_tenants', count, message }], dropped: [] };
  }
  await budget.room(signal);
  await (await tenant).write(batch);
  return { accepted: count, refused: [], dropped: [] };
}

/** Frees memory soon: of many tenants each may have too little for a block of its own accord. */
function shredLargest(tenants: Iterable<Tenant>): void {
  const all = [...tenants];
  if (all.some(({ heads }) => heads.all.some(({ isFrozen }) => isFrozen))) return;
  const largest = all.sort((a, b) => b.heads.bytes - a.heads.bytes)[0];
  // A failure is logged and shown where it is met.
  largest?.shredder.flush().catch(() => undefined);
}

function logOpened(
  folder: string,
  tenants: Tenants,
  { logger, clock, startedAt }: EmbeddedDeps & { readonly startedAt: number },
): void {
  const ms = clock.monotonic() - startedAt;
  const all = [...tenants.open.values()];
  const blocks = all.flatMap(({ catalogue }) => catalogue.blocks);
  const spans = blocks.reduce((sum, { block }) => sum + block.spanCount, 0);
  const replayed = all.reduce((sum, { replayedSpans }) => sum + replayedSpans, 0);
  logger.info(
    `opened ${folder} in ${ms.toFixed(0)} ms: ${spans} spans in ${blocks.length} blocks, ` +
      `${replayed} in the log`,
  );
}
