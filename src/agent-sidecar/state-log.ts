import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';

/** Logs when something goes wrong and when it is good again, not each time that it is used. */
export interface StateLog {
  good(): void;
  bad(problem: string): void;
}

export interface StateTexts {
  /** The problem is put behind it. */
  readonly bad: string;
  readonly good: string;
}

/** Something that comes and goes is logged so often, as it is by then. */
const INTERVAL_MS = 30_000;

/** What has never been bad is good without a word. */
export function createStateLog(
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  texts: StateTexts,
): StateLog {
  let isLoggedGood = true;
  let loggedAt = -Infinity;
  const isDue = (isGood: boolean): boolean => {
    if (isGood === isLoggedGood || clock.monotonic() - loggedAt < INTERVAL_MS) return false;
    isLoggedGood = isGood;
    loggedAt = clock.monotonic();
    return true;
  };
  return {
    good: () => {
      if (isDue(true)) logger.info(texts.good);
    },
    bad: (problem) => {
      if (isDue(false)) logger.warn(`${texts.bad}: ${problem}`);
    },
  };
}
