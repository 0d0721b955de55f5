import { PageCache } from '../../storage/embedded/block/page-cache.ts';
import { openBlock } from '../../storage/embedded/block/block.ts';
import { openBlockFile } from '../../storage/embedded/block/block-file.ts';
import { BlockError } from '../../storage/embedded/block/block-format.ts';
import { spansByService } from '../../storage/embedded/block/service-spans.ts';
import type { StoredTenant } from '../../storage/embedded/stored-files.ts';
import { serviceNameAt } from './batch-services.ts';
import { readSegment } from './read-segment.ts';
import { heldNote, tenantText } from './stored-store.ts';
import type { StoredStore } from './stored-store.ts';
import { bytesText, renderTable, timeText } from './store-output.ts';
import type { StoreOutput } from './store-output.ts';

export interface TenantStats {
  readonly tenant: string;
  readonly archive: boolean;
  readonly blocks: number;
  /** In blocks; one that is in two of them counts twice. */
  readonly spans: number;
  /** Of blocks. */
  readonly bytes: number;
  readonly bytesPerSpan: number;
  /** Spans in the log that are in no block; null when a process has the store. */
  readonly logSpans: number | null;
  /** Starts of spans, ISO 8601; null when there are none. */
  readonly oldest: string | null;
  readonly newest: string | null;
  /** Those with most spans first. */
  readonly services: readonly { readonly name: string; readonly spans: number }[];
  readonly unreadableBlocks: number;
}

const CACHE_BYTES = 8 * 2 ** 20;

/** Counts what tenants have. */
export async function storeStats(
  store: StoredStore,
  tenants: readonly StoredTenant[],
  servicesMax: number,
): Promise<readonly TenantStats[]> {
  const all: TenantStats[] = [];
  for (const tenant of tenants) {
    const tally = createTally();
    for (const { path } of tenant.blocks) countBlock(path, tally);
    const isHeld = store.heldBy !== undefined;
    if (!isHeld) for (const path of tenant.segments) await countSegment(path, tally);
    all.push(statsOf(tenant, tally, { isHeld, servicesMax }));
  }
  return all;
}

interface Tally {
  blocks: number;
  spans: number;
  bytes: number;
  logSpans: number;
  unreadableBlocks: number;
  oldest: bigint | undefined;
  newest: bigint | undefined;
  readonly services: Map<string, number>;
}

function createTally(): Tally {
  return {
    ...{ blocks: 0, spans: 0, bytes: 0, logSpans: 0, unreadableBlocks: 0 },
    ...{ oldest: undefined, newest: undefined },
    services: new Map(),
  };
}

function countBlock(path: string, tally: Tally): void {
  try {
    const cache = new PageCache(CACHE_BYTES);
    const block = openBlock(openBlockFile(path), cache);
    try {
      tally.blocks += 1;
      tally.spans += block.spanCount;
      tally.bytes += block.size;
      countTime(tally, block.oldestNano);
      countTime(tally, block.newestNano);
    } finally {
      block.close();
    }
    for (const [service, spans] of spansByService(openBlockFile(path), cache)) {
      tally.services.set(service, (tally.services.get(service) ?? 0) + spans);
    }
  } catch (error) {
    if (!(error instanceof BlockError)) throw error;
    tally.unreadableBlocks += 1;
  }
}

async function countSegment(path: string, tally: Tally): Promise<void> {
  for await (const { otlp, scan } of readSegment(path)) {
    tally.logSpans += scan.count;
    for (let row = 0; row < scan.count; row++) {
      countTime(tally, scan.startTimesUnixNano[row] ?? 0n);
      const service = serviceNameAt(otlp, scan, row);
      tally.services.set(service, (tally.services.get(service) ?? 0) + 1);
    }
  }
}

function countTime(tally: Tally, nano: bigint): void {
  if (tally.oldest === undefined || nano < tally.oldest) tally.oldest = nano;
  if (tally.newest === undefined || nano > tally.newest) tally.newest = nano;
}

function statsOf(
  { name, isArchive }: StoredTenant,
  tally: Tally,
  { isHeld, servicesMax }: { readonly isHeld: boolean; readonly servicesMax: number },
): TenantStats {
  const { blocks, spans, bytes, logSpans, unreadableBlocks, oldest, newest } = tally;
  return {
    ...{ tenant: name, archive: isArchive, blocks, spans, bytes, unreadableBlocks },
    bytesPerSpan: spans === 0 ? 0 : Math.round((10 * bytes) / spans) / 10,
    logSpans: isHeld ? null : logSpans,
    oldest: oldest === undefined ? null : timeText(oldest),
    newest: newest === undefined ? null : timeText(newest),
    services: [...tally.services]
      .map(([service, count]) => ({ name: service, spans: count }))
      .toSorted((a, b) => b.spans - a.spans || (a.name < b.name ? -1 : 1))
      .slice(0, servicesMax),
  };
}

/** Writes them down for a person, or for a program. */
export function reportStats(
  store: StoredStore,
  stats: readonly TenantStats[],
  { format, to }: { readonly format: 'table' | 'json'; readonly to: StoreOutput },
): void {
  if (format === 'json') {
    const { directory, heldBy = null } = store;
    to.out(`${JSON.stringify({ directory, heldBy, tenants: stats }, undefined, 2)}\n`);
    return;
  }
  if (store.heldBy !== undefined) to.err(`${heldNote(store.heldBy)}\n`);
  const header = ['TENANT', 'BLOCKS', 'SPANS', 'SIZE', 'BYTES/SPAN', 'IN LOG', 'OLDEST', 'NEWEST'];
  to.out(renderTable([header, ...stats.map(rowOf)]));
  for (const { services, ...tenant } of stats) {
    if (services.length === 0) continue;
    const name = tenantText({ name: tenant.tenant, isArchive: tenant.archive });
    const rows = services.map((service) => [service.name, String(service.spans)]);
    to.out(`\n${renderTable([[`SERVICES OF ${name}`, 'SPANS'], ...rows])}`);
  }
}

function rowOf(stats: TenantStats): readonly string[] {
  const { blocks, spans, bytes, bytesPerSpan, logSpans, oldest, newest } = stats;
  return [
    tenantText({ name: stats.tenant, isArchive: stats.archive }),
    ...[blocks, spans].map(String),
    bytesText(bytes),
    bytesPerSpan.toFixed(1),
    logSpans === null ? '?' : String(logSpans),
    oldest ?? '-',
    newest ?? '-',
  ];
}
