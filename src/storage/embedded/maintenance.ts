import type { Clock } from '../../runtime/clock.ts';
import { errorText } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { pause } from '../../runtime/pause.ts';

export interface Chores {
  /** Done every few seconds: a head may have become old enough to be a block. */
  readonly checkHeads: () => void;
  /** Writes down what would have to be counted again after a crash. */
  readonly save: () => Promise<void>;
  readonly expire: () => Promise<void>;
  readonly expireEveryMs: number;
}

const CHECK_EVERY_MS = 5000;
/** All of it is written anew each time, and is many megabytes where many blocks come. */
const SAVE_EVERY_MS = 30_000;

/** Does what is due while the storage is open. */
export function startMaintenance(
  { checkHeads, save, expire, expireEveryMs }: Chores,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  let expireAt = clock.monotonic();
  let saveAt = clock.monotonic() + SAVE_EVERY_MS;
  const attempt = async (chore: () => Promise<void>, failure: string): Promise<void> => {
    try {
      await chore();
    } catch (error) {
      logger.error(`${failure}: ${errorText(error)}`);
    }
  };
  const turn = async (): Promise<void> => {
    checkHeads();
    if (clock.monotonic() >= saveAt) {
      saveAt = clock.monotonic() + SAVE_EVERY_MS;
      await attempt(save, 'calls between services cannot be written down');
    }
    if (clock.monotonic() < expireAt) return;
    expireAt = clock.monotonic() + expireEveryMs;
    await attempt(expire, 'old blocks cannot be deleted');
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await turn();
      await pause(clock, CHECK_EVERY_MS, signal);
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
