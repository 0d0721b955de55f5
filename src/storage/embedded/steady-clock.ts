import type { Clock } from '../../runtime/clock.ts';

/** Time by which the age of spans is judged: a clock that somebody sets deletes nothing too early. */
export interface SteadyClock {
  /** What spans that arrive now are stamped with: not before the truth. */
  stamp(): number;
  /** What their age is judged by: not after the truth. */
  judge(): number;
}

/** A clock that went forward is believed after so long; until then it may be set back. */
const BELIEVED_AFTER_MS = 24 * 3_600_000;
const JUMP_MS = 60_000;

/** Follows the monotonic clock from where the wall clock was at first. */
export function createSteadyClock(clock: Clock): SteadyClock {
  let offset = clock.now() - clock.monotonic();
  let aheadSince: number | undefined;
  const steady = (): number => {
    const monotonic = clock.monotonic();
    const ahead = clock.now() - (monotonic + offset);
    if (ahead < JUMP_MS) aheadSince = undefined;
    else aheadSince ??= monotonic;
    if (aheadSince !== undefined && monotonic - aheadSince > BELIEVED_AFTER_MS) {
      offset += ahead;
      aheadSince = undefined;
    }
    return monotonic + offset;
  };
  return {
    stamp: () => Math.max(steady(), clock.now()),
    judge: () => Math.min(steady(), clock.now()),
  };
}
