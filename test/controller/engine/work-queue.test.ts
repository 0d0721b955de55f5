import { Registry } from 'prom-client';
import { describe, expect, it, vi } from 'vitest';
import { createEngineMetrics } from '../../../src/controller/engine/engine-metrics.ts';
import { createWorkQueue } from '../../../src/controller/engine/work-queue.ts';
import type { WorkQueue } from '../../../src/controller/engine/work-queue.ts';
import { systemClock } from '../../../src/runtime/clock.ts';

const aQueue = (): WorkQueue => {
  const metrics = createEngineMetrics(new Registry());
  const backoff = { firstMs: 10, maxMs: 40 };
  return createWorkQueue({ name: 'test', clock: systemClock, metrics, backoff });
};

describe('the work queue', () => {
  it('keeps a key once however often it is added, in the order of the first time', async () => {
    const queue = aQueue();
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
    expect(queue.depth).toBe(3);
    const abort = new AbortController();
    const worked: string[] = [];
    const work = (key: string): Promise<void> => {
      worked.push(key);
      if (worked.length === 3) abort.abort();
      return Promise.resolve();
    };
    await queue.run(1, work, abort.signal);
    expect(worked).toEqual(['a', 'b', 'c']);
  });

  it('works again, and never at once, on a key that is added while it is worked on', async () => {
    const queue = aQueue();
    const abort = new AbortController();
    let atWork = 0;
    let most = 0;
    let times = 0;
    const running = queue.run(
      4,
      async (key) => {
        most = Math.max(most, ++atWork);
        if (++times < 3) queue.add(key);
        await systemClock.sleep(5);
        atWork--;
      },
      abort.signal,
    );
    queue.add('a');
    await vi.waitFor(() => {
      expect(times).toBe(3);
    });
    abort.abort();
    await running;
    expect(most).toBe(1);
  });

  it('doubles the wait of a key that keeps failing until it is forgotten', async () => {
    const waits: number[] = [];
    const clock = {
      ...systemClock,
      sleep: (ms: number) => {
        waits.push(ms);
        return Promise.resolve();
      },
    };
    const metrics = createEngineMetrics(new Registry());
    const queue = createWorkQueue({ name: 'test', clock, metrics });
    for (let failure = 0; failure < 18; failure++) {
      queue.retry('a');
      await Promise.resolve();
    }
    expect(waits.slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(waits.at(-1)).toBe(300_000);
    queue.forget('a');
    queue.retry('a');
    expect(waits.at(-1)).toBe(5);
  });
});
