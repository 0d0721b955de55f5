import { describe, expect, it } from 'vitest';
import { createRateLimiter } from '../../../src/controller/kube/rate-limiter.ts';
import type { RateLimit, RateLimiter } from '../../../src/controller/kube/rate-limiter.ts';
import { createFakeClock } from '../../harness/fake-clock.ts';

const { signal } = new AbortController();

/** When each of so many requests at once may go, in ms. */
async function times(
  limit: RateLimit,
  count: number,
  before: (limiter: RateLimiter) => void = () => undefined,
): Promise<number[]> {
  const clock = createFakeClock();
  const limiter = createRateLimiter(limit, clock);
  before(limiter);
  const went: number[] = [];
  for (let at = 0; at < count; at++) {
    void limiter.acquire(signal).then(() => went.push(clock.monotonic()));
  }
  while (went.length < count) await clock.advance(5);
  return went;
}

describe('the rate limiter', () => {
  it('lets a burst go at once, and the rest at its rate', async () => {
    expect(await times({ qps: 10, burst: 3 }, 5)).toEqual([0, 0, 0, 100, 200].map(firstTick));
  });

  it('lets nobody go while the server wants a pause, and then one after the other', async () => {
    const pause = (limiter: RateLimiter): void => {
      limiter.pause(1000);
    };
    const gently = [1000, 1020, 1040, 1060];
    expect(await times({ qps: 1000, burst: 100 }, 4, pause)).toEqual(gently);
    expect(await times({ qps: 0, burst: 0 }, 4, pause)).toEqual(gently);
  });
});

/** Time has not passed yet for those that go at once: they are seen at the first look. */
function firstTick(ms: number): number {
  return ms === 0 ? 5 : ms;
}
