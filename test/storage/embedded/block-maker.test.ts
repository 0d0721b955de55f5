import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBlockMaker } from '../../../src/storage/embedded/block-maker.ts';
import type { BlockMaker } from '../../../src/storage/embedded/block-maker.ts';
import type { BlockJob } from '../../../src/storage/embedded/make-block.ts';

function aMaker(): BlockMaker {
  const thread = new URL('./crashing-thread.ts', import.meta.url);
  const maker = createBlockMaker(pino({ level: 'silent' }), thread);
  onTestFinished(() => maker.close());
  return maker;
}

function aJob(number: number): BlockJob {
  return {
    ...{ folder: `block ${number}`, number, logSegment: '', segments: [] },
    ...{ firstArrivalMs: 0, lastArrivalMs: 0, traceIds: new Uint32Array() },
  };
}

describe('a thread that ends by itself', () => {
  it.each([
    [13, 'the thread that makes blocks ended: it ended'],
    [14, 'the thread that makes blocks ended: it cannot go on'],
  ])(
    'fails the jobs that it had, and is started again for the next: block %d',
    async (number, text) => {
      const maker = aMaker();
      expect(await maker.make(aJob(1))).toMatchObject({ path: 'block 1' });
      const jobs = [number, 2, 3].map((one) => maker.make(aJob(one)));
      const results = await Promise.allSettled(jobs);
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      await expect(jobs[0]).rejects.toThrow(text);
      expect(maker.crashes).toBe(1);
      expect(await maker.make(aJob(4))).toMatchObject({ path: 'block 4' });
      await expect(maker.make(aJob(number))).rejects.toThrow(text);
      expect(maker.crashes).toBe(2);
    },
  );

  it('makes nothing after it was closed', async () => {
    const maker = aMaker();
    const under = maker.make(aJob(1));
    await Promise.all([expect(under).rejects.toThrow('the storage is closed'), maker.close()]);
    await expect(maker.make(aJob(2))).rejects.toThrow('the storage is closed');
    expect(maker.crashes).toBe(0);
  });
});
