import { pause } from '../runtime/pause.ts';
import type { RoleDeps, Running } from '../runtime/running.ts';
import type { Storage, StorageHealth } from './storage.ts';

const CHECK_EVERY_MS = 10_000;
const CHECK_TIMEOUT_MS = 5000;

/**
 * A storage as a part of its role: what it says of itself is on `/status` and in the log when it
 * changes, and stopping closes it. The process stays ready while its storage is away: it answers
 * each sender and reader itself, and all replicas would go at once.
 */
export function runStorage(
  storage: Storage,
  { health, clock, logger }: Pick<RoleDeps, 'health' | 'clock' | 'logger'>,
): Running {
  const component = health.component('storage');
  const stopping = new AbortController();
  const { signal } = stopping;
  let wasHealthy = true;
  const show = ({ healthy, message }: StorageHealth): void => {
    if (healthy) component.ok();
    else component.impaired(message);
    if (healthy && !wasHealthy) logger.info(`the storage works again: ${message}`);
    if (!healthy && wasHealthy) logger.warn(`the storage does not work: ${message}`);
    wasHealthy = healthy;
  };
  const check = async (): Promise<void> => {
    const timeout = AbortSignal.timeout(CHECK_TIMEOUT_MS);
    const found = await storage.check(AbortSignal.any([signal, timeout]));
    if (!signal.aborted) show(found);
  };
  const watch = async (): Promise<void> => {
    while (!signal.aborted) {
      await check();
      await pause(clock, CHECK_EVERY_MS, signal);
    }
  };
  const watching = watch();
  const stop = async (): Promise<void> => {
    stopping.abort();
    await watching;
    await storage.close();
  };
  let stopped: Promise<void> | undefined;
  return { addresses: [], stop: () => (stopped ??= stop()) };
}
