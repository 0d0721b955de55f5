import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { SpanKind } from '../../model/span.ts';
import type { DependencyLink, Operation } from '../../model/trace-query.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import { encodeBatchRecord } from '../../wire/batch-record.ts';
import type { SpanBatch } from '../../wire/span-batch.ts';
import type { TimeSlice } from '../held-spans/time-slice.ts';
import { batchOfRecord } from './batch-of-record.ts';
import type { PageCache } from './block/page-cache.ts';
import type { BlockMaker } from './block-maker.ts';
import { segmentId } from './block-name.ts';
import { openCatalogue } from './catalogue.ts';
import type { Catalogue, StoredBlock } from './catalogue.ts';
import type { HeadBudget } from './head-budget.ts';
import type { CallWindow } from './call-list.ts';
import { createHeadSource } from './head-source.ts';
import { createHeads, headBytesOf } from './heads.ts';
import type { Arrival, HeadLimits, Heads } from './heads.ts';
import { mergeOperations } from './name-counts.ts';
import { ServiceGraph } from './service-graph.ts';
import type { NamedBlock } from './service-graph.ts';
import { createShredder } from './shredder.ts';
import type { Shredder } from './shredder.ts';
import { openLastingLog } from './tenant-log.ts';
import type { LastingLog } from './tenant-log.ts';
import type { TraceSource } from './trace-source.ts';

export interface TenantOptions {
  readonly folder: string;
  readonly limits: HeadLimits;
  readonly logBytesMax: number;
  readonly minFreeBytes: number;
  readonly budget: HeadBudget;
  readonly cache: PageCache;
  readonly maker: BlockMaker;
  readonly logger: Logger;
  /** Its `now` is what spans that arrive are stamped with. */
  readonly clock: Clock;
  readonly onSync: (seconds: number) => void;
}

/** What a search sees: all there was when it began. */
export interface Snapshot {
  readonly sources: readonly TraceSource[];
  release(): void;
}

/** All that one tenant stored: a log, heads of what is only there, and blocks. */
export interface Tenant {
  readonly catalogue: Catalogue;
  readonly heads: Heads;
  readonly log: LastingLog;
  readonly shredder: Shredder;
  /** Spans that were in the log and no block when it was opened. */
  readonly replayedSpans: number;
  /** Resolves when the batch is on disk and found. @throws StoreBusyError */
  write(batch: SpanBatch): Promise<void>;
  snapshot(): Snapshot;
  services(): readonly string[];
  operations(service: string, kind: SpanKind | undefined): readonly Operation[];
  links(window: CallWindow, slice: TimeSlice): Promise<readonly DependencyLink[]>;
  /** Writes down what it would take long to count again. */
  saveCalls(): Promise<void>;
  /** Keeps what is only in the log there, and lets go of the folder. */
  close(): Promise<void>;
}

/** Bytes after which the log begins another file by itself; mostly a head ends one before. */
const SEGMENT_BYTES = 256 * 2 ** 20;

export async function openTenant(options: TenantOptions): Promise<Tenant> {
  const { folder, budget, clock, logger } = options;
  const logFolder = join(folder, 'log');
  await mkdir(logFolder, { recursive: true });
  const graph = new ServiceGraph(join(folder, 'service-calls'), logger);
  const catalogue = await openCatalogue({
    ...{ ...options, folder: join(folder, 'blocks') },
    prepare: ({ added, removed }) =>
      graph.prepare({ added: added.map(named), removed: removed.map(({ block }) => block) }),
  });
  graph.open(catalogue.blocks.map(named));
  const log = await openLastingLog({
    ...{ folder: logFolder, segmentBytes: SEGMENT_BYTES, bytesMax: options.logBytesMax },
    ...{ minFreeBytes: options.minFreeBytes, clock, logger, onSync: options.onSync },
  });
  const heads = createHeads({ monotonic: () => clock.monotonic(), arenas: budget.arenas });
  const add = (batch: SpanBatch, arrival: Arrival): void => {
    heads.add(batch, arrival);
    budget.take(headBytesOf(batch));
  };
  await releaseCovered(log, catalogue);
  const replayedSpans = await replay(log, add, logger);
  const writing = new Set<Promise<void>>();
  const write = async (batch: SpanBatch): Promise<void> => {
    const { segment } = await log.append(encodeBatchRecord(batch));
    add(batch, { segment, atMs: clock.now() });
    shredder.check();
  };
  const shredder = createShredder({
    ...options,
    ...{ folder: join(folder, 'blocks'), catalogue, log, heads },
    settled: async () => {
      await Promise.allSettled(writing);
    },
  });
  shredder.check();
  return {
    catalogue,
    heads,
    log,
    shredder,
    replayedSpans,
    write: (batch) => {
      const written = write(batch).finally(() => writing.delete(written));
      writing.add(written);
      return written;
    },
    snapshot: () => snapshotOf(catalogue, heads),
    services: () => servicesOf(catalogue, heads),
    operations: (service, kind) => {
      const names = [catalogue.names, ...heads.all.map(({ store }) => store.names)];
      return mergeOperations(names.map((some) => some.operationsOf(service, kind)));
    },
    links: (window, slice) => linksOf(graph, { catalogue, heads }, window, slice),
    saveCalls: () => graph.save(),
    close: async () => {
      await shredder.close();
      await log.close();
      await graph.save();
      catalogue.close();
    },
  };
}

async function linksOf(
  graph: ServiceGraph,
  { catalogue, heads }: Pick<Tenant, 'catalogue' | 'heads'>,
  window: CallWindow,
  slice: TimeSlice,
): Promise<readonly DependencyLink[]> {
  await graph.ready();
  const blocks = catalogue.lease();
  const headLease = heads.lease();
  try {
    return await graph.links(headLease.stores, window, slice);
  } finally {
    headLease.release();
    blocks.release();
  }
}

/** Blocks and heads as they are now, which stay readable. */
function snapshotOf(catalogue: Catalogue, heads: Heads): Snapshot {
  const blocks = catalogue.lease();
  const headLease = heads.lease();
  const { stores } = headLease;
  const sources: TraceSource[] = blocks.blocks.map(({ block }) => block);
  if (stores.length > 0) sources.push(createHeadSource(stores));
  return {
    sources,
    release: () => {
      blocks.release();
      headLease.release();
    },
  };
}

function named({ path, block }: StoredBlock): NamedBlock {
  return { name: basename(path), block };
}

function servicesOf(catalogue: Catalogue, heads: Heads): readonly string[] {
  const names = new Set(catalogue.names.serviceNames());
  for (const { store } of heads.all) {
    for (const name of store.names.serviceNames()) names.add(name);
  }
  return [...names].sort();
}

/** Lets go of segments that are in a block: a crash may have come before that was done. */
async function releaseCovered({ log }: LastingLog, catalogue: Catalogue): Promise<void> {
  const inBlocks = new Set(catalogue.blocks.map(({ segment }) => segment));
  const covered = log.segments().findLast(({ path }) => inBlocks.has(segmentId(path)));
  if (covered !== undefined) await log.releaseBefore({ segment: covered.number + 1, offset: 0 });
}

/** Takes what is only in the log into memory. */
async function replay(
  { log }: LastingLog,
  add: (batch: SpanBatch, arrival: Arrival) => void,
  logger: Logger,
): Promise<number> {
  let spans = 0;
  let unreadable = 0;
  for await (const { payload, position, appendedAtMs } of log.read()) {
    const batch = batchOfRecord(payload);
    if (batch === undefined) {
      unreadable += 1;
      continue;
    }
    add(batch, { segment: position.segment, atMs: appendedAtMs });
    spans += batch.scan.count;
  }
  const lost = unreadable + log.stats.damagedRecords;
  if (lost > 0) logger.error(`${lost} batches in the log are damaged and lost; others are whole`);
  return spans;
}
