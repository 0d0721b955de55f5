import { rm } from 'node:fs/promises';
import type { Clock } from '../../runtime/clock.ts';
import { errorText } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { pause } from '../../runtime/pause.ts';
import { BlockMakingError, createBlockMaker } from './block-maker.ts';
import type { BlockName } from './block-name.ts';
import type { StoredBlock } from './catalogue.ts';
import type { MadeBlock } from './make-block.ts';
import type { MergeJob } from './merge-files.ts';
import { planMerge } from './merge-plan.ts';
import type { Tenant } from './tenant.ts';

export interface MergeLimits {
  /** Part of the time, at most, that a processor merges. 0: never. */
  readonly share: number;
  /** Blocks are left alone until their spans are here for so long. */
  readonly ageMs: number;
  /** The same while spans come fast: processor and memory are theirs, and merges catch up behind them. */
  readonly busyAgeMs: number;
}

/** Makes few large blocks of many small ones, when there is nothing more urgent. */
export interface Merger {
  /** Merges all that can be merged, however young. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

export interface MergeTally {
  merges: number;
  mergedSpans: number;
  cpuSeconds: number;
}

export interface MergerOptions {
  readonly limits: MergeLimits;
  /** What is done is added to it. */
  readonly tally: MergeTally;
  readonly tenants: () => Iterable<Tenant>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const CHECK_EVERY_MS = 5000;
/** Spans come fast while heads become blocks this often: about 5,000 spans a second. */
const FAST_BLOCK_MS = 10_000;

export function startMerger(options: MergerOptions): Merger {
  const { limits, clock, tally } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  /** Blocks that could not be merged: they are not tried again. */
  const leftAlone = new WeakSet<StoredBlock>();
  let last: Promise<unknown> = Promise.resolve();
  const mergeOne = (ages: MergeAges): Promise<number | undefined> => {
    const merged = last.then(() => mergeNext(options, { ages, leftAlone, tally, signal }));
    last = merged.catch(() => undefined);
    return merged;
  };
  const loop = async (): Promise<void> => {
    while (!signal.aborted && limits.share > 0) {
      const cpuSeconds = await mergeOne(limits);
      const restMs = (cpuSeconds ?? 0) * 1000 * (1 / limits.share - 1);
      await pause(clock, cpuSeconds === undefined ? CHECK_EVERY_MS : restMs, signal);
    }
  };
  const looping = loop();
  return {
    run: async () => {
      while (!signal.aborted && (await mergeOne(HOWEVER_YOUNG)) !== undefined);
    },
    stop: async () => {
      stopping.abort();
      await looping;
      await last;
    },
  };
}

type MergeAges = Pick<MergeLimits, 'ageMs' | 'busyAgeMs'>;

const HOWEVER_YOUNG: MergeAges = { ageMs: 0, busyAgeMs: 0 };

interface MergeState {
  readonly ages: MergeAges;
  readonly leftAlone: WeakSet<StoredBlock>;
  readonly tally: MergeTally;
  readonly signal: AbortSignal;
}

/** Resolves to the processor time of a merge; undefined when there is nothing to merge now. */
async function mergeNext(options: MergerOptions, state: MergeState): Promise<number | undefined> {
  const { clock, logger } = options;
  const all = [...options.tenants()];
  const now = clock.now();
  const { ageMs, busyAgeMs } = state.ages;
  const before = now - (comeFast(all, now) ? busyAgeMs : ageMs);
  // Blocks of heads come first: writing may wait for them.
  if (all.some(({ heads }) => heads.all.some(({ isFrozen }) => isFrozen))) return undefined;
  for (const tenant of all) {
    const parts = planMerge(
      tenant.catalogue.blocks,
      (block) => block.lastArrivalMs <= before && !state.leftAlone.has(block),
    );
    if (parts === undefined) continue;
    try {
      return await mergeParts(tenant, parts, logger, state);
    } catch (error) {
      if (state.signal.aborted) return undefined;
      for (const part of parts) state.leftAlone.add(part);
      logger.error(`${parts.length} blocks cannot be merged, and stay: ${errorText(error)}`);
      return 0;
    }
  }
  return undefined;
}

/** Whether somebody's newest block has spans of just now. */
function comeFast(tenants: readonly Tenant[], now: number): boolean {
  return tenants.some(({ catalogue }) => {
    const newest = catalogue.blocks.at(-1);
    return newest !== undefined && newest.lastArrivalMs > now - FAST_BLOCK_MS;
  });
}

async function mergeParts(
  { catalogue }: Tenant,
  parts: readonly StoredBlock[],
  logger: Logger,
  { tally, signal }: MergeState,
): Promise<number> {
  const { folder } = catalogue;
  const paths = parts.map(({ path }) => path);
  const made = await mergeAside({ folder, parts: paths, name: mergedName(parts) }, logger, signal);
  let isSeen: boolean;
  try {
    isSeen = await catalogue.replace({ added: [made.path], removed: parts });
  } catch (error) {
    await rm(made.path, { force: true });
    throw error;
  }
  // A part was too old meanwhile.
  if (!isSeen) await rm(made.path, { force: true });
  tally.merges += isSeen ? 1 : 0;
  tally.mergedSpans += isSeen ? made.spanCount : 0;
  tally.cpuSeconds += made.cpuSeconds;
  return made.cpuSeconds;
}

/** In a thread that ends with it: the memory of a merge is much, and needed seldom. */
async function mergeAside(job: MergeJob, logger: Logger, signal: AbortSignal): Promise<MadeBlock> {
  const maker = createBlockMaker(logger);
  try {
    return await unlessAborted(maker.merge(job), signal);
  } finally {
    await maker.close();
  }
}

/** Does not wait for the end: what is left of the work is removed when the storage is opened. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => {
    aborted.reject(new BlockMakingError('the storage is closed'));
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function mergedName(parts: readonly StoredBlock[]): BlockName {
  return {
    first: Math.min(...parts.map(({ first }) => first)),
    last: Math.max(...parts.map(({ last }) => last)),
    firstArrivalMs: Math.min(...parts.map(({ firstArrivalMs }) => firstArrivalMs)),
    lastArrivalMs: Math.max(...parts.map(({ lastArrivalMs }) => lastArrivalMs)),
    segment: parts.at(-1)?.segment ?? '',
  };
}
