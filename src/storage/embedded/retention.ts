import type { Logger } from '../../runtime/logger.ts';
import type { StoredBlock } from './catalogue.ts';
import type { SteadyClock } from './steady-clock.ts';
import type { Tenant } from './tenant.ts';

export interface RetentionLimits {
  readonly retentionMs: number;
  /** Of all blocks; 0: no limit. */
  readonly bytesMax: number;
}

export interface Retention {
  /** Deletes blocks that are old enough, then the oldest until the others fit; one run at a time. */
  run(tenants: Iterable<Tenant>): Promise<void>;
  readonly expiredBlocks: number;
  readonly expiredSpans: number;
  /** Deleted before their time, because of the limit of bytes. */
  readonly crowdedOutBlocks: number;
  readonly crowdedOutSpans: number;
}

/** Whole blocks go, judged by when the last of their spans arrived. */
export function createRetention(
  { retentionMs, bytesMax }: RetentionLimits,
  { clock, logger }: { readonly clock: SteadyClock; readonly logger: Logger },
): Retention {
  const tally = { expiredBlocks: 0, expiredSpans: 0, crowdedOutBlocks: 0, crowdedOutSpans: 0 };
  const expire = async (tenant: Tenant): Promise<void> => {
    const before = clock.judge() - retentionMs;
    const old = tenant.catalogue.blocks.filter(({ lastArrivalMs }) => lastArrivalMs < before);
    if (old.length === 0) return;
    await tenant.catalogue.remove(old);
    tally.expiredBlocks += old.length;
    tally.expiredSpans += spansOf(old);
  };
  const makeRoom = async (tenants: readonly Tenant[]): Promise<void> => {
    const all = tenants
      .flatMap((tenant) => tenant.catalogue.blocks.map((stored) => ({ tenant, stored })))
      .sort((a, b) => a.stored.lastArrivalMs - b.stored.lastArrivalMs);
    let bytes = all.reduce((sum, { stored }) => sum + stored.block.size, 0);
    for (const { tenant, stored } of all) {
      if (bytes <= bytesMax) return;
      bytes -= stored.block.size;
      await tenant.catalogue.remove([stored]);
      tally.crowdedOutBlocks += 1;
      tally.crowdedOutSpans += stored.block.spanCount;
      logger.warn(
        `a block of ${stored.block.spanCount} spans went before its time: embedded.max-bytes`,
      );
    }
  };
  const runOnce = async (tenants: readonly Tenant[]): Promise<void> => {
    for (const tenant of tenants) await expire(tenant);
    if (bytesMax > 0) await makeRoom(tenants);
  };
  let last: Promise<void> = Promise.resolve();
  return {
    run: (tenants) => {
      const run = last.catch(() => undefined).then(() => runOnce([...tenants]));
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

function spansOf(blocks: readonly StoredBlock[]): number {
  return blocks.reduce((sum, { block }) => sum + block.spanCount, 0);
}
