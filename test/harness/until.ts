import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 5;

/** Resolves once the condition holds; for what another process or the disk does, without an event. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not so after ${timeoutMs} ms`);
    await sleep(EVERY_MS);
  }
}
