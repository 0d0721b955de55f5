import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestTooLargeError, createByteBudget } from '../../src/pipeline/byte-budget.ts';
import type { ByteBudget } from '../../src/pipeline/byte-budget.ts';
import { createLoopTurns } from '../../src/pipeline/loop-turns.ts';
import { SinkOverloadedError } from '../../src/pipeline/sink.ts';

const MIB = 2 ** 20;

/** What has become of a promise once all that can go on has gone on. */
async function stateOf(
  promise: Promise<unknown> | undefined,
): Promise<'done' | 'refused' | 'waiting'> {
  const waiting = new Promise<'waiting'>((resolve) => {
    setImmediate(() => {
      resolve('waiting');
    });
  });
  const settled = Promise.resolve(promise).then(
    () => 'done' as const,
    () => 'refused' as const,
  );
  return Promise.race([settled, waiting]);
}

describe('room in the budget', () => {
  let budget: ByteBudget;
  let metrics: Registry;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    metrics = new Registry();
    budget = createByteBudget(1000, metrics);
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('is held for the bytes that were announced, and given back', async () => {
    const one = budget.lease();
    await one.room(700);
    const other = budget.lease();
    const waits = other.room(400);
    expect(await stateOf(waits)).toBe('waiting');
    expect(await metrics.metrics()).toContain('jaeger_collector_requests_waiting 1');
    one.grow(700);
    expect(await stateOf(waits)).toBe('waiting');
    one.release();
    await waits;
    other.grow(400);
    other.release();
    expect(await metrics.metrics()).toContain('jaeger_collector_bytes_in_flight 0');
  });

  it('is not given while there is none behind, and is once that has changed', async () => {
    let left = 500;
    let onRoom = (): void => undefined;
    const behind = {
      problem: (bytes: number) => (bytes > left ? 'the queue is full' : undefined),
      onRoom: (listener: () => void) => {
        onRoom = listener;
      },
    };
    const gated = createByteBudget(1000, new Registry(), behind);
    await gated.lease().room(300);
    const waits = gated.lease().room(300);
    const waitsToo = gated.lease().room(600);
    expect(await stateOf(waits)).toBe('waiting');
    left = 700;
    onRoom();
    await waits;
    const refused = expect(waitsToo).rejects.toThrow('the queue is full');
    left = 0;
    vi.advanceTimersByTime(3000);
    await refused;
  });

  it('goes to those who wait in the order they came', async () => {
    const first = budget.lease();
    await first.room(1000);
    const waits = [600, 600, 100].map((bytes) => budget.lease().room(bytes));
    first.release();
    expect(await Promise.all(waits.map(stateOf))).toEqual(['done', 'waiting', 'waiting']);
  });

  it('is not kept from others by one who announces and sends nothing', async () => {
    await budget.lease().room(1000);
    const waits = budget.lease().room(100);
    expect(await stateOf(waits)).toBe('waiting');
    vi.advanceTimersByTime(1000);
    await waits;
  });

  it('is not kept from small requests by large ones that are only announced', async () => {
    await budget.lease().room(1000);
    const large = budget.lease().room(1000);
    // What is announced comes before what is small for a moment.
    const small = budget.lease().room(30);
    vi.advanceTimersByTime(20);
    expect(await stateOf(small)).toBe('done');
    expect(await stateOf(large)).toBe('waiting');
  });

  it('is left for a large request that waits, however many small ones come', async () => {
    const first = budget.lease();
    first.grow(480);
    const large = budget.lease().room(600);
    const small = [20, 1].map((bytes) => budget.lease().room(bytes));
    expect(await Promise.all(small.map(stateOf))).toEqual(['done', 'waiting']);
    first.release();
    expect(await stateOf(large)).toBe('done');
  });

  it('goes to a few requests before their turn, the next when one of them is worked on', async () => {
    const wide = createByteBudget(100 * MIB, new Registry());
    const [one, two, three] = [wide.lease(), wide.lease(), wide.lease()];
    await one.room(4 * MIB);
    await two.room(4 * MIB);
    const waits = three.room(MIB);
    one.grow(4 * MIB);
    two.grow(4 * MIB);
    vi.advanceTimersByTime(500);
    expect(await stateOf(waits)).toBe('waiting');
    await one.turn();
    await waits;
  });

  it('goes on to others while a sender is slow', async () => {
    const wide = createByteBudget(100 * MIB, new Registry());
    const slow = wide.lease();
    await slow.room(8 * MIB);
    slow.grow(MIB);
    const waits = wide.lease().room(MIB);
    expect(await stateOf(waits)).toBe('waiting');
    vi.advanceTimersByTime(20);
    await waits;
  });

  it('is refused after three seconds, with a delay to wait', async () => {
    const full = budget.lease();
    full.grow(1000);
    const refused = expect(Promise.resolve(budget.lease().room(100))).rejects.toThrow(
      SinkOverloadedError,
    );
    vi.advanceTimersByTime(3000);
    await refused;
    full.release();
    await budget.lease().room(1000);
  });

  it('is refused for good to a request that is larger than all together may be', () => {
    const lease = budget.lease();
    expect(() => lease.room(1001)).toThrow(RequestTooLargeError);
    lease.grow(600);
    expect(() => {
      lease.grow(401);
    }).toThrow('needs more than the 1000 bytes that all requests together may take');
  });

  it('is passed on when its turn comes after it was given up', async () => {
    const full = budget.lease();
    full.grow(1000);
    const gone = budget.lease();
    const given = gone.room(1000);
    const next = budget.lease().room(1000);
    gone.release();
    full.release();
    await given;
    expect(await stateOf(next)).toBe('done');
  });
});

describe('turns', () => {
  it('let the event loop go round between slices of work, first come first served', async () => {
    const turn = createLoopTurns(1);
    const order: string[] = [];
    const work = async (name: string): Promise<void> => {
      await turn();
      const end = performance.now() + 2;
      while (performance.now() < end);
      // As a stage would: on through microtasks, in the same turn.
      await Promise.resolve();
      order.push(name);
    };
    const jobs = ['a', 'b', 'c'].map(work);
    const tick = (): void => {
      order.push('-');
      if (!order.includes('c')) setImmediate(tick);
    };
    setImmediate(tick);
    await Promise.all(jobs);
    expect(order.join('')).toMatch(/^a-+b-+c/);
  });

  it('are not waited for by work that fits into one slice', async () => {
    const turn = createLoopTurns(1000);
    let rounds = 0;
    let isOver = false;
    const tick = (): void => {
      rounds += 1;
      if (!isOver) setImmediate(tick);
    };
    const done = Promise.all(Array.from({ length: 50 }, turn));
    setImmediate(tick);
    await done;
    isOver = true;
    expect(rounds).toBeLessThanOrEqual(1);
  });
});
