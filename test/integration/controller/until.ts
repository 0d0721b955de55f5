import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;

/** Asks until it holds; gives how many ms that took. @throws Error when it does not in time. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  ms = 15_000,
): Promise<number> {
  const started = performance.now();
  while (!(await holds())) {
    if (performance.now() - started > ms) throw new Error(`not in ${ms} ms: ${what}`);
    await sleep(POLL_MS);
  }
  return Math.round(performance.now() - started);
}
