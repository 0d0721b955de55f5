import { rm } from 'node:fs/promises';
import type { Clock } from '../../runtime/clock.ts';
import { errorText } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { BlockMaker } from './block-maker.ts';
import { segmentId } from './block-name.ts';
import type { Catalogue } from './catalogue.ts';
import type { HeadBudget } from './head-budget.ts';
import type { Head, HeadLimits, Heads } from './heads.ts';
import { pause } from '../../runtime/pause.ts';
import type { LastingLog } from './tenant-log.ts';

export interface ShredderOptions {
  /** Of blocks. */
  readonly folder: string;
  readonly limits: HeadLimits;
  readonly heads: Heads;
  readonly log: LastingLog;
  /** Resolves when what the log has already is in heads. */
  readonly settled: () => Promise<void>;
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
  readonly tally: Readonly<Tally>;
  close(): Promise<void>;
}

interface Tally {
  blocksMade: number;
  spansShredded: number;
  repeatedSpans: number;
  /** Processor time of making blocks. */
  cpuSeconds: number;
}

const NOTHING_YET: Readonly<Tally> = {
  blocksMade: 0,
  spansShredded: 0,
  repeatedSpans: 0,
  cpuSeconds: 0,
};
const RETRY_MS_FIRST = 1000;
const RETRY_MS_MAX = 60_000;

export function createShredder(options: ShredderOptions): Shredder {
  const { heads, limits, clock, logger } = options;
  const closing = new AbortController();
  const tally: Tally = { ...NOTHING_YET };
  let failure: string | undefined;
  let running: Promise<void> | undefined;
  let isWished = false;

  const freeze = createFreezer(options);
  const work = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await freeze(() => {
        const isDue = isWished || heads.isFull(limits);
        isWished = false;
        return isDue;
      });
      const head = heads.all.find(({ isFrozen }) => isFrozen);
      if (head === undefined) return;
      await makeBlockOf(head, options, tally);
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
      const isFull = heads.isFull(limits);
      if (running === undefined) {
        if (isFull || heads.all.length > 1) void start();
      } else if (isFull) {
        // However long blocks take, a head does not grow. What goes wrong here goes wrong again, and is told, where blocks are made.
        freeze(() => heads.isFull(limits)).catch(() => undefined);
      }
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
    tally,
    close: async () => {
      closing.abort();
      await running;
    },
  };
}

/** Ends the last head when that is due; one after the other. */
function createFreezer(options: ShredderOptions): (isDue: () => boolean) => Promise<void> {
  let freezing: Promise<void> = Promise.resolve();
  return (isDue) => {
    freezing = freezing
      .catch(() => undefined)
      .then(() => (isDue() ? freezeLast(options) : undefined));
    return freezing;
  };
}

/** Ends the last head, and with it a segment of the log. */
async function freezeLast({ heads, log }: ShredderOptions): Promise<void> {
  const head = heads.all.at(-1);
  if (head === undefined || head.isFrozen) return;
  let last = await log.log.seal();
  // Appends that were under way may have begun another segment meanwhile.
  if (head.lastSegment > last) last = await log.log.seal();
  if (head.lastSegment > last) throw new Error('the log does not have what was appended');
  heads.freeze(last);
}

/** The oldest head: all that the log has up to its last segment is of it. */
async function makeBlockOf(head: Head, options: ShredderOptions, tally: Tally): Promise<void> {
  const { heads, log, catalogue } = options;
  await options.settled();
  const { store, firstArrivalMs, lastArrivalMs } = head;
  const newest = log.log.segments().findLast(({ number }) => number <= head.lastSegment);
  if (newest === undefined) throw new Error('spans are not in the log any more');
  const made = await options.maker.make({
    folder: options.folder,
    number: catalogue.nextNumber,
    logSegment: segmentId(newest.path),
    ...{ firstArrivalMs, lastArrivalMs },
    segments: store.segments(),
    traceIds: store.traces.idWords(),
  });
  if (made.spanCount + made.repeatedSpanCount !== store.spanCount) {
    await rm(made.path, { force: true });
    throw new Error(`a block has not the ${store.spanCount} spans it was made of`);
  }
  await openMade(made.path, catalogue, () => {
    heads.drop(head);
  });
  tally.blocksMade += 1;
  tally.spansShredded += store.spanCount;
  tally.repeatedSpans += made.repeatedSpanCount;
  tally.cpuSeconds += made.cpuSeconds;
  options.budget.giveBack(head.takenBytes);
  await log.log.releaseBefore({ segment: head.lastSegment + 1, offset: 0 });
}

/**
 * Shows the block in place of its head. A file that cannot be read back is deleted: the log still has
 * its spans.
 */
async function openMade(path: string, catalogue: Catalogue, drop: () => void): Promise<void> {
  try {
    await catalogue.replace({ added: [path], removed: [] }, drop);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
