import { describe, expect, it } from 'vitest';
import { lendTo } from '../../src/receivers/lend-to.ts';
import { aBatch, aSpan } from '../harness/a-span.ts';

const signal = new AbortController().signal;

describe('lending a batch to a sink', () => {
  it('frees the bytes once the sink has answered', async () => {
    const gate = Promise.withResolvers<undefined>();
    const batch = aBatch([aSpan()]);
    const lent = lendTo(
      async ({ scan }) => {
        await gate.promise;
        return { accepted: scan.count, refused: [], dropped: [] };
      },
      batch,
      signal,
    );
    expect(batch.otlp.length).toBeGreaterThan(0);
    gate.resolve(undefined);
    expect(await lent).toEqual({ accepted: 1, refused: [], dropped: [] });
    expect(batch.otlp).toHaveLength(0);
  });

  it('leaves the bytes alone when the sink gives up, which may be writing them still', async () => {
    const batch = aBatch([aSpan()]);
    const before = Uint8Array.from(batch.otlp);
    await expect(lendTo(() => Promise.reject(new Error('gone')), batch, signal)).rejects.toThrow(
      'gone',
    );
    expect(batch.otlp).toEqual(before);
  });
});
