import type { Clock } from '../../src/runtime/clock.ts';

/** Time that passes when the test says so. */
export interface FakeClock extends Clock {
  /** Those who sleep, as ms from now. */
  readonly sleeping: readonly number[];
  /** Lets time pass and wakes those who have slept enough, in order; then they get to run. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock, as an administrator or NTP does; the monotonic one does not notice. */
  step(ms: number): void;
}

interface Sleeper {
  readonly dueAt: number;
  readonly wake: () => void;
}

export function createFakeClock(): FakeClock {
  let monotonicMs = 0;
  let offsetMs = Date.UTC(2026, 0, 1);
  let sleepers: Sleeper[] = [];
  return {
    now: () => offsetMs + monotonicMs,
    monotonic: () => monotonicMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const sleeper = { dueAt: monotonicMs + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
        });
      }),
    get sleeping() {
      return sleepers.map(({ dueAt }) => dueAt - monotonicMs);
    },
    advance: async (ms) => {
      monotonicMs += ms;
      const due = sleepers.filter(({ dueAt }) => dueAt <= monotonicMs);
      sleepers = sleepers.filter(({ dueAt }) => dueAt > monotonicMs);
      for (const { wake } of due.toSorted((a, b) => a.dueAt - b.dueAt)) wake();
      await new Promise((resolve) => setImmediate(resolve));
    },
    step: (ms) => {
      offsetMs += ms;
    },
  };
}
