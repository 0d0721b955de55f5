import { rm } from 'node:fs/promises';
import type { Clock } from '../../runtime/clock.ts';
import { errorText } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { BlockMaker } from './block-maker.ts';
import { segmentId } from './block-name.ts';
import type { Catalogue } from './catalogue.ts';
import type { HeadBudget } from './head-budget.ts';
import type { Head, HeadLimits, Heads } from './heads.ts';
import type { LastingLog } from './tenant-log.ts';

export interface ShredderOptions {
  /** Of blocks. */
  readonly folder: string;
  readonly limits: HeadLimits;
  readonly heads: Heads;
  readonly log: LastingLog;
  readonly catalogue: Catalogue;
  readonly maker: BlockMaker;
  readonly budget: HeadBudget;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Makes blocks of full heads, oldest first, and lets go of their part of the log. */
export interface Shredder {
  /** Ends the head when it is full. */
  check(): void;
  /** Resolves when all that was written before is in blocks. @throws when that fails */
  flush(): Promise<void>;
  /** Why the last block could not be made; undefined when it could. */
  readonly failure: string | undefined;
  readonly blocksMade: number;
  readonly spansShredded: number;
  readonly repeatedSpans: number;
  /** Processor time of making blocks. */
  readonly cpuSeconds: number;
  close(): Promise<void>;
}

const RETRY_MS_FIRST = 1000;
const RETRY_MS_MAX = 60_000;

export function createShredder(options: ShredderOptions): Shredder {
  const { heads, limits, catalogue, log, clock, logger } = options;
  const closing = new AbortController();
  const tally = { blocksMade: 0, spansShredded: 0, repeatedSpans: 0, cpuSeconds: 0 };
  let failure: string | undefined;
  let running: Promise<void> | undefined;
  let isWished = false;

  const freeze = async (): Promise<void> => {
    const head = heads.all.at(-1);
    if (head === undefined || head.isFrozen) return;
    let last = await log.log.seal();
    // Appends that were under way may have begun another segment meanwhile.
    if (head.lastSegment > last) last = await log.log.seal();
    if (head.lastSegment > last) throw new Error('the log does not have what was appended');
    heads.freeze(last);
  };
  const makeOne = async (head: Head): Promise<void> => {
    const segments = log.log.segments().filter(({ number }) => number <= head.lastSegment);
    const newest = segments.at(-1);
    if (newest === undefined) throw new Error('spans are not in the log any more');
    const made = await options.maker.make({
      type: 'shred',
      folder: options.folder,
      number: catalogue.nextNumber,
      segments: segments.map(({ path }) => path),
      segment: segmentId(newest.path),
    });
    if (made.path !== undefined) await openMade(made.path, catalogue);
    const { store } = head;
    heads.drop(head);
    options.budget.giveBack(head.takenBytes);
    tally.blocksMade += made.path === undefined ? 0 : 1;
    tally.spansShredded += store.spanCount;
    tally.repeatedSpans += made.repeatedSpanCount;
    tally.cpuSeconds += made.cpuSeconds;
    await log.log.releaseBefore({ segment: head.lastSegment + 1, offset: 0 });
  };
  const work = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      if (isWished || heads.isFull(limits)) {
        isWished = false;
        await freeze();
      }
      const head = heads.all.find(({ isFrozen }) => isFrozen);
      if (head === undefined) return;
      await makeOne(head);
      failure = undefined;
    }
  };
  const workUntilDone = async (): Promise<void> => {
    for (let retryMs = RETRY_MS_FIRST; ; retryMs = Math.min(2 * retryMs, RETRY_MS_MAX)) {
      try {
        await work();
        return;
      } catch (error) {
        if (closing.signal.aborted) return;
        failure = errorText(error);
        logger.error(`a block cannot be made, and will be tried again: ${failure}`);
        await pause(clock, retryMs, closing.signal);
      }
    }
  };
  const start = (): Promise<void> =>
    (running ??= workUntilDone().finally(() => {
      running = undefined;
    }));
  return {
    check: () => {
      if (running === undefined && (heads.isFull(limits) || heads.all.length > 1)) void start();
    },
    flush: async () => {
      isWished = true;
      await start();
      // The work that was under way may not have seen the wish.
      if (heads.all.length > 0 && !closing.signal.aborted) {
        isWished = true;
        await start();
      }
    },
    get failure() {
      return failure;
    },
    get blocksMade() {
      return tally.blocksMade;
    },
    get spansShredded() {
      return tally.spansShredded;
    },
    get repeatedSpans() {
      return tally.repeatedSpans;
    },
    get cpuSeconds() {
      return tally.cpuSeconds;
    },
    close: async () => {
      closing.abort();
      await running;
    },
  };
}

/** A file that cannot be read back is deleted: the log still has its spans. */
async function openMade(path: string, catalogue: Catalogue): Promise<void> {
  try {
    catalogue.add(path);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
