import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createHealth } from '../../src/runtime/health.ts';
import { createMemoryStorage } from '../../src/storage/memory/memory-storage.ts';
import { runStorage } from '../../src/storage/run-storage.ts';
import type { Storage, StorageHealth } from '../../src/storage/storage.ts';
import { createFakeClock } from '../harness/fake-clock.ts';

function runningStorage(check: Storage['check']): {
  readonly clock: ReturnType<typeof createFakeClock>;
  readonly health: ReturnType<typeof createHealth>;
  readonly storage: Storage;
  readonly stop: () => Promise<void>;
} {
  const clock = createFakeClock();
  const health = createHealth(() => clock.now());
  const memory = createMemoryStorage({ maxTraces: 10, maxBytes: 1e6, metrics: new Registry() });
  const storage = { ...memory, check };
  const running = runStorage(storage, { clock, health, logger: pino({ level: 'silent' }) });
  return { clock, health, storage: memory, stop: () => running.stop() };
}

describe('a storage that runs in a role', () => {
  it('shows on the status that it does not work, and that it does again', async () => {
    let now: StorageHealth = { healthy: false, message: 'no answer' };
    const { clock, health, stop } = runningStorage(() => Promise.resolve(now));
    await clock.advance(0);

    expect(health.snapshot()).toMatchObject({
      healthy: true,
      status: 'StatusRecoverableError',
      components: { storage: { error: 'no answer' } },
    });

    now = { healthy: true, message: 'answers' };
    await clock.advance(10_000);
    expect(health.snapshot().components['storage']?.status).toBe('StatusOK');
    await stop();
  });

  it('gives up a check that is under way when it stops, and closes the storage', async () => {
    const check: Storage['check'] = (signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          resolve({ healthy: false, message: 'given up' });
        });
      });
    const { health, storage, stop } = runningStorage(check);

    await stop();

    expect(health.snapshot().components['storage']?.status).toBe('StatusStarting');
    expect(await storage.check(new AbortController().signal)).toMatchObject({ healthy: false });
  });
});
