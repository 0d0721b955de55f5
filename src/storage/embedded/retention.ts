import type { Logger } from '../../runtime/logger.ts';
import type { StoredBlock } from './catalogue.ts';
import type { SteadyClock } from './steady-clock.ts';
import type { TenantLimits } from './tenant-limits.ts';
import type { Tenant } from './tenant.ts';

export interface RetentionLimits {
  /** Of one tenant. */
  readonly limitsOf: (tenant: string) => TenantLimits;
  /** Of all blocks and the archive together; 0: no limit. */
  readonly bytesMax: number;
  /** Of what no limit deletes. */
  readonly archivedBytes: () => number;
}

export interface Retention {
  /**
   * Deletes blocks that are old enough, then the oldest of each tenant that has more than its share,
   * then the oldest of all until the others fit; one run at a time.
   */
  run(tenants: ReadonlyMap<string, Tenant>): Promise<void>;
  readonly expiredBlocks: number;
  readonly expiredSpans: number;
  /** Deleted before their time, because of a limit of bytes. */
  readonly crowdedOutBlocks: number;
  readonly crowdedOutSpans: number;
}

interface OwnedBlock {
  readonly tenant: Tenant;
  readonly stored: StoredBlock;
}

/** Whole blocks go, judged by when the last of their spans arrived. */
export function createRetention(
  { limitsOf, bytesMax, archivedBytes }: RetentionLimits,
  { clock, logger }: { readonly clock: SteadyClock; readonly logger: Logger },
): Retention {
  const tally = { expiredBlocks: 0, expiredSpans: 0, crowdedOutBlocks: 0, crowdedOutSpans: 0 };
  const expire = async (name: string, tenant: Tenant): Promise<void> => {
    const before = clock.judge() - limitsOf(name).retentionMs;
    const old = tenant.catalogue.blocks.filter(({ lastArrivalMs }) => lastArrivalMs < before);
    if (old.length === 0) return;
    await tenant.catalogue.replace({ added: [], removed: old });
    tally.expiredBlocks += old.length;
    tally.expiredSpans += spansOf(old);
  };
  const makeRoom = async (blocks: readonly OwnedBlock[], limit: ByteLimit): Promise<void> => {
    let bytes =
      limit.usedElsewhere + blocks.reduce((sum, { stored }) => sum + stored.block.size, 0);
    for (const { tenant, stored } of blocks.toSorted(byArrival)) {
      if (bytes <= limit.bytesMax) return;
      bytes -= stored.block.size;
      await tenant.catalogue.replace({ added: [], removed: [stored] });
      tally.crowdedOutBlocks += 1;
      tally.crowdedOutSpans += stored.block.spanCount;
      logger.warn(`a block of ${stored.block.spanCount} spans went before its time: ${limit.name}`);
    }
  };
  const runOnce = async (tenants: ReadonlyMap<string, Tenant>): Promise<void> => {
    for (const [name, tenant] of tenants) {
      await expire(name, tenant);
      const { bytesMax: share } = limitsOf(name);
      const limit = { name: `the bytes of tenant '${name}'`, bytesMax: share, usedElsewhere: 0 };
      if (share > 0) await makeRoom(blocksOf([tenant]), limit);
    }
    const limit = { name: 'embedded.max-bytes', bytesMax, usedElsewhere: archivedBytes() };
    if (bytesMax > 0) await makeRoom(blocksOf([...tenants.values()]), limit);
  };
  let last: Promise<void> = Promise.resolve();
  return {
    run: (tenants) => {
      const run = last.catch(() => undefined).then(() => runOnce(new Map(tenants)));
      last = run;
      return run;
    },
    get expiredBlocks() {
      return tally.expiredBlocks;
    },
    get expiredSpans() {
      return tally.expiredSpans;
    },
    get crowdedOutBlocks() {
      return tally.crowdedOutBlocks;
    },
    get crowdedOutSpans() {
      return tally.crowdedOutSpans;
    },
  };
}

interface ByteLimit {
  /** What the log calls it. */
  readonly name: string;
  readonly bytesMax: number;
  readonly usedElsewhere: number;
}

function blocksOf(tenants: readonly Tenant[]): readonly OwnedBlock[] {
  return tenants.flatMap((tenant) => tenant.catalogue.blocks.map((stored) => ({ tenant, stored })));
}

function byArrival(a: OwnedBlock, b: OwnedBlock): number {
  return a.stored.lastArrivalMs - b.stored.lastArrivalMs;
}

function spansOf(blocks: readonly StoredBlock[]): number {
  return blocks.reduce((sum, { block }) => sum + block.spanCount, 0);
}
