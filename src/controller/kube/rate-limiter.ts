import type { Clock } from '../../runtime/clock.ts';

export interface RateLimiter {
  /** Resolves when the next request may go; first come, first served. */
  acquire(signal: AbortSignal): Promise<void>;
  /** Nobody goes before `ms` are over: the server said so. */
  pause(ms: number): void;
}

export interface RateLimit {
  /** Requests a second over time; 0 means no limit. */
  readonly qps: number;
  /** Requests at once after a quiet time. */
  readonly burst: number;
}

/** This long after a pause requests go one by one: all at once they would only be refused again. */
const GENTLE_MS = 1000;
const GENTLE_INTERVAL_MS = 20;

/** A token bucket that hands out numbered places in time: waiting needs no queue. */
export function createRateLimiter({ qps, burst }: RateLimit, clock: Clock): RateLimiter {
  const intervalMs = qps === 0 ? 0 : 1000 / qps;
  /** When the bucket would be empty; a request is paid for by moving it forward. */
  let paidUntil = Number.NEGATIVE_INFINITY;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  return {
    acquire: async (signal) => {
      signal.throwIfAborted();
      do {
        const now = clock.monotonic();
        paidUntil = Math.max(paidUntil, now - intervalMs * Math.max(burst - 1, 0));
        const goAt = paidUntil;
        const gentle = goAt < pausedUntil + GENTLE_MS;
        paidUntil += gentle ? Math.max(intervalMs, GENTLE_INTERVAL_MS) : intervalMs;
        if (goAt > now) await clock.sleep(goAt - now, signal);
        // A pause that began meanwhile: take a place behind it.
      } while (clock.monotonic() < pausedUntil);
    },
    pause: (ms) => {
      pausedUntil = Math.max(pausedUntil, clock.monotonic() + ms);
      paidUntil = Math.max(paidUntil, pausedUntil);
    },
  };
}
