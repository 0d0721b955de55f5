import { setImmediate } from 'node:timers/promises';

/** How long one request may keep the event loop from all others. */
const TURN_MS = 10;

/** Called between pieces of work: gives others a turn, and stops work nobody waits for. */
export type Pace = () => Promise<void>;

/** @throws the signal's reason, from the calls */
export function createPace(signal: AbortSignal): Pace {
  let turnStartMs = performance.now();
  return async () => {
    signal.throwIfAborted();
    if (performance.now() - turnStartMs < TURN_MS) return;
    // Timers run in between: a deadline that has passed is seen here.
    await setImmediate();
    turnStartMs = performance.now();
    signal.throwIfAborted();
  };
}
