import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { PageCache } from './block/page-cache.ts';
import type { BlockMaker } from './block-maker.ts';
import { bytesOnDisk } from './embedded-archive.ts';
import type { HeadBudget } from './head-budget.ts';
import type { MergeTally } from './merger.ts';
import type { Retention } from './retention.ts';
import type { Tenant } from './tenant.ts';

export interface Measured {
  readonly tenants: () => Iterable<Tenant>;
  /** What is in the archive of each. */
  readonly archived: () => Iterable<Tenant>;
  readonly maker: BlockMaker;
  readonly cache: PageCache;
  readonly budget: HeadBudget;
  readonly retention: Retention;
  readonly merges: Readonly<MergeTally>;
}

export interface EmbeddedMetrics {
  /** Takes note of one fdatasync. */
  readonly onSync: (seconds: number) => void;
  /** Takes the metrics back. */
  remove(): void;
}

const PREFIX = 'jaeger_storage_embedded';

/** Metrics that are read from the storage when they are scraped. */
export function registerEmbeddedMetrics(registry: Registry, measured: Measured): EmbeddedMetrics {
  const names: string[] = [];
  const register = (type: typeof Gauge | typeof Counter, described: Described): void => {
    const name = `${PREFIX}_${described.name}`;
    names.push(name);
    const metric: Gauge | Counter = new type({
      name,
      help: described.help,
      registers: [registry],
      collect: () => {
        metric.reset();
        metric.inc(described.value());
      },
    });
  };
  const { tenants, archived } = measured;
  const everywhere = (): Iterable<Tenant> => [...tenants(), ...archived()];
  for (const described of keptGauges(sumOf(tenants))) register(Gauge, described);
  for (const described of archiveGauges(sumOf(archived))) register(Gauge, described);
  for (const described of tenantGauges(sumOf(everywhere))) register(Gauge, described);
  for (const described of otherGauges(measured)) register(Gauge, described);
  for (const described of tenantCounters(sumOf(everywhere))) register(Counter, described);
  for (const described of otherCounters(measured)) register(Counter, described);
  for (const described of mergeCounters(measured)) register(Counter, described);
  const syncName = `${PREFIX}_fsync_duration_seconds`;
  names.push(syncName);
  const syncs = new Histogram({
    name: syncName,
    help: 'How long the disk took to make a group of batches durable.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  });
  return {
    onSync: (seconds) => {
      syncs.observe(seconds);
    },
    remove: () => {
      for (const name of names) registry.removeSingleMetric(name);
    },
  };
}

interface Described {
  readonly name: string;
  readonly help: string;
  readonly value: () => number;
}

type OfTenants = (value: (tenant: Tenant) => number) => () => number;

function sumOf(tenants: () => Iterable<Tenant>): OfTenants {
  return (value) => () => [...tenants()].reduce((sum, tenant) => sum + value(tenant), 0);
}

type OfBlocks = (value: (block: Tenant['catalogue']['blocks'][number]['block']) => number) => Value;
type Value = () => number;

function blocksIn(of: OfTenants): OfBlocks {
  return (value) =>
    of(({ catalogue }) => catalogue.blocks.reduce((sum, { block }) => sum + value(block), 0));
}

function archiveGauges(of: OfTenants): readonly Described[] {
  return [
    {
      name: 'archive_spans',
      help: 'Archived spans.',
      value: of(({ catalogue, heads }) =>
        catalogue.blocks.reduce((sum, { block }) => sum + block.spanCount, heads.spans),
      ),
    },
    {
      name: 'archive_bytes',
      help: 'Bytes of blocks and logs of archived spans.',
      value: of((tenant) => bytesOnDisk([tenant])),
    },
  ];
}

function keptGauges(of: OfTenants): readonly Described[] {
  const ofBlocks = blocksIn(of);
  return [
    { name: 'tenants', help: 'Tenants that have spans.', value: of(() => 1) },
    {
      name: 'blocks',
      help: 'Blocks on disk.',
      value: of(({ catalogue }) => catalogue.blocks.length),
    },
    { name: 'spans', help: 'Spans in blocks.', value: ofBlocks(({ spanCount }) => spanCount) },
    { name: 'bytes', help: 'Bytes of blocks.', value: ofBlocks(({ size }) => size) },
  ];
}

function tenantGauges(of: OfTenants): readonly Described[] {
  const ofBlocks = blocksIn(of);
  return [
    {
      name: 'damaged_pages',
      help: 'Pages of blocks that were met and could not be read.',
      value: ofBlocks(({ damagedPages }) => damagedPages),
    },
    {
      name: 'unreadable_blocks',
      help: 'Files of blocks that could not be opened.',
      value: of(({ catalogue }) => catalogue.unreadable),
    },
    {
      name: 'log_bytes',
      help: 'Bytes of the logs of spans that are not in blocks.',
      value: of(({ log }) => log.log.stats.bytes),
    },
    {
      name: 'head_spans',
      help: 'Spans in memory that are not in blocks.',
      value: of(({ heads }) => heads.spans),
    },
  ];
}

function otherGauges({ budget, cache }: Measured): readonly Described[] {
  return [
    { name: 'head_bytes', help: 'Memory of those spans.', value: () => budget.used },
    { name: 'cache_bytes', help: 'Memory of decoded pages.', value: () => cache.retainedBytes },
  ];
}

function tenantCounters(of: OfTenants): readonly Described[] {
  return [
    {
      name: 'blocks_made_total',
      help: 'Blocks made of spans that came.',
      value: of(({ shredder }) => shredder.tally.blocksMade),
    },
    {
      name: 'shredded_spans_total',
      help: 'Spans that went into blocks, repeats included.',
      value: of(({ shredder }) => shredder.tally.spansShredded),
    },
    {
      name: 'repeated_spans_total',
      help: 'Spans that were delivered again, and are in a block once.',
      value: of(({ shredder }) => shredder.tally.repeatedSpans),
    },
    {
      name: 'shred_cpu_seconds_total',
      help: 'Processor time of making blocks.',
      value: of(({ shredder }) => shredder.tally.cpuSeconds),
    },
    {
      name: 'replayed_spans_total',
      help: 'Spans that were only in the log when it was opened.',
      value: of(({ replayedSpans }) => replayedSpans),
    },
    {
      name: 'damaged_records_total',
      help: 'Batches in the log that could not be read back.',
      value: of(({ log }) => log.log.stats.damagedRecords),
    },
    {
      name: 'torn_bytes_total',
      help: 'Bytes of batches that were never acknowledged, cut off when the log was opened.',
      value: of(({ log }) => log.log.stats.tornBytes),
    },
  ];
}

function mergeCounters({ merges }: Measured): readonly Described[] {
  return [
    {
      name: 'merges_total',
      help: 'Times several blocks were made one.',
      value: () => merges.merges,
    },
    {
      name: 'merged_spans_total',
      help: 'Spans of merged blocks: one may be merged several times.',
      value: () => merges.mergedSpans,
    },
    {
      name: 'merge_cpu_seconds_total',
      help: 'Processor time of merging blocks.',
      value: () => merges.cpuSeconds,
    },
  ];
}

function otherCounters({ maker, retention }: Measured): readonly Described[] {
  return [
    {
      name: 'thread_crashes_total',
      help: 'Times the thread that makes blocks ended by itself.',
      value: () => maker.crashes,
    },
    {
      name: 'expired_blocks_total',
      help: 'Blocks deleted because they were old.',
      value: () => retention.expiredBlocks,
    },
    {
      name: 'expired_spans_total',
      help: 'Spans deleted because they were old.',
      value: () => retention.expiredSpans,
    },
    {
      name: 'crowded_out_blocks_total',
      help: 'Blocks deleted before their time, because of a limit of bytes.',
      value: () => retention.crowdedOutBlocks,
    },
    {
      name: 'crowded_out_spans_total',
      help: 'Spans deleted before their time, because of a limit of bytes.',
      value: () => retention.crowdedOutSpans,
    },
  ];
}
