import { Registry } from 'prom-client';
import { describe, expect, it, vi } from 'vitest';
import { createEngineMetrics } from '../../../src/controller/engine/engine-metrics.ts';
import { createWorkQueue } from '../../../src/controller/engine/work-queue.ts';
import type { WorkQueue } from '../../../src/controller/engine/work-queue.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import type { Clock } from '../../../src/runtime/clock.ts';
import { createFakeClock } from '../../harness/fake-clock.ts';

const aQueue = (clock: Clock = systemClock): WorkQueue => {
  const metrics = createEngineMetrics(new Registry());
  const backoff = { firstMs: 10, maxMs: 40 };
  return createWorkQueue({ name: 'test', clock, metrics, backoff });
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

  it('serves the others in their turn beside a key that fails each time', async () => {
    const clock = createFakeClock();
    const queue = aQueue(clock);
    const abort = new AbortController();
    const worked: string[] = [];
    const work = (key: string): Promise<void> => {
      worked.push(key);
      if (key === 'bad') queue.retry(key);
      return Promise.resolve();
    };
    const running = queue.run(1, work, abort.signal);
    for (const key of ['bad', 'a', 'b']) queue.add(key);
    await clock.advance(0);
    expect(worked).toEqual(['bad', 'a', 'b']);
    expect(clock.sleeping).toEqual([10]);
    queue.add('c');
    await clock.advance(10);
    expect(worked).toEqual(['bad', 'a', 'b', 'c', 'bad']);
    expect(clock.sleeping).toEqual([20]);
    abort.abort();
    await running;
    expect(clock.sleeping).toEqual([]);
  });

  it('adds at the earliest of several times, and at once when something happens meanwhile', async () => {
    const clock = createFakeClock();
    const queue = aQueue(clock);
    queue.addAfter('a', 1000);
    queue.addAfter('a', 500);
    queue.addAfter('a', 700);
    expect(clock.sleeping).toEqual([500]);
    await clock.advance(500);
    expect(queue.depth).toBe(1);
    queue.addAfter('b', 1000);
    queue.add('b');
    expect(clock.sleeping).toEqual([]);
    expect(queue.depth).toBe(2);
  });

  it('waits at least as long as the server asked for', () => {
    const clock = createFakeClock();
    const queue = aQueue(clock);
    queue.retry('a', 3000);
    expect(clock.sleeping).toEqual([3000]);
  });

  it('ends when those at work have ended, and takes no more', async () => {
    const queue = aQueue();
    const abort = new AbortController();
    const atWork = Promise.withResolvers<undefined>();
    const worked: string[] = [];
    const ended: string[] = [];
    const running = queue.run(
      1,
      async (key) => {
        worked.push(key);
        await atWork.promise;
        ended.push(key);
      },
      abort.signal,
    );
    queue.add('a');
    queue.add('b');
    await vi.waitFor(() => {
      expect(worked).toEqual(['a']);
    });
    abort.abort();
    expect(ended).toEqual([]);
    atWork.resolve(undefined);
    await running;
    expect({ worked, ended }).toEqual({ worked: ['a'], ended: ['a'] });
  });
});
