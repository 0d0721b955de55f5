import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Looks until the look succeeds; rejects with its last failure after the limit. For worlds that
 * cannot be awaited: a request to a Service, a line of kubectl.
 */
export async function eventually<T>(look: () => Promise<T>, limitMs = 30_000): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await sleep(200);
  }
}
