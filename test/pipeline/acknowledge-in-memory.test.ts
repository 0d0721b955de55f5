import { describe, expect, it } from 'vitest';
import { SinkOverloadedError } from '../../src/pipeline/sink.ts';
import type { Sink } from '../../src/pipeline/sink.ts';
import { lendTo } from '../../src/receivers/lend-to.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';
import { aBatch, aSpan } from '../harness/a-span.ts';
import { createFakeClock } from '../harness/fake-clock.ts';
import { aPipeline } from './a-pipeline.ts';

const signal = new AbortController().signal;
const takesAll: Sink = ({ scan }) =>
  Promise.resolve({ accepted: scan.count, refused: [], dropped: [] });
const never: Sink = () => new Promise(() => undefined);
const away: Sink = () => Promise.reject(new Error('storage is away'));
const DROPPED = { level: 40, msg: 'acknowledged spans are dropped' };
const twoSpans = aBatch([aSpan(), aSpan()]);

describe('acknowledging from memory', () => {
  it('answers before the storage does, and counts the spans in flight until then', async () => {
    const gate = Promise.withResolvers<undefined>();
    const { pipeline, ledger } = await aPipeline(
      async (batch, abort) => {
        await gate.promise;
        return takesAll(batch, abort);
      },
      { 'collector.ack': 'memory' },
    );
    expect((await pipeline.sinkFor('http')(twoSpans, signal)).accepted).toBe(2);
    expect(await ledger()).toMatchObject({ received: 2, stored: 0, inFlight: 2 });
    gate.resolve(undefined);
    await pipeline.stop();
    expect(await ledger()).toMatchObject({ received: 2, stored: 2, inFlight: 0 });
  });

  it('refuses retryably what its queue has no room for', async () => {
    const flags = { 'collector.ack': 'memory', 'collector.num-workers': '1' };
    const { pipeline, ledger } = await aPipeline(never, flags, { queueSize: 2 });
    const sink = pipeline.sinkFor('grpc');
    await sink(twoSpans, signal);
    await sink(twoSpans, signal);
    await expect(sink(twoSpans, signal)).rejects.toThrow(SinkOverloadedError);
    expect(await ledger()).toMatchObject({ received: 6, refused: 2, inFlight: 4 });
  });

  it('holds its share of the memory for requests while batches wait', async () => {
    const { pipeline } = await aPipeline(never, { 'collector.ack': 'memory' });
    const sink = pipeline.sinkFor('http');
    const before = pipeline.budget.lease();
    before.requireRoom(1_000_000);
    await sink(twoSpans, signal);
    expect(() => {
      before.requireRoom(1_000_000);
    }).toThrow(SinkOverloadedError);
  });

  it('takes a batch of more than half of the memory, whose receiver has counted it already', async () => {
    const { pipeline, ledger } = await aPipeline(takesAll, { 'collector.ack': 'memory' });
    const large = aBatch([aSpan({ attributes: { text: 'x'.repeat(900_000) } })]);
    const lease = pipeline.budget.lease();
    lease.grow(large.otlp.length);
    await pipeline.sinkFor('http')(large, signal);
    lease.release();
    await pipeline.stop();
    expect(await ledger()).toMatchObject({ received: 1, stored: 1, refused: 0 });
    // All of the memory was given back.
    pipeline.budget.lease().grow(1_000_000);
  });

  it('refuses for good a batch that can never wait', async () => {
    const { pipeline, ledger } = await aPipeline(takesAll, { 'collector.ack': 'memory' });
    const large = aBatch([aSpan({ attributes: { text: 'x'.repeat(999_990) } })]);
    const message =
      'the request needs more than the 1000000 bytes that all requests together may take; send smaller batches';
    expect(await pipeline.sinkFor('http')(large, signal)).toEqual({
      accepted: 0,
      refused: [{ reason: 'too_large', count: 1, message }],
      dropped: [],
    });
    expect(await ledger()).toMatchObject({ received: 1, refused: 1, inFlight: 0 });
  });

  it('keeps what it took when the receiver frees the memory', async () => {
    const gate = Promise.withResolvers<undefined>();
    const stored: string[] = [];
    const { pipeline } = await aPipeline(
      async (batch, abort) => {
        await gate.promise;
        stored.push(...decodeSpans(batch.otlp).map(({ name }) => name));
        return takesAll(batch, abort);
      },
      { 'collector.ack': 'memory' },
    );
    await lendTo(pipeline.sinkFor('http'), aBatch([aSpan({ name: 'kept' })]), signal);
    gate.resolve(undefined);
    await pipeline.stop();
    expect(stored).toEqual(['kept']);
  });

  it('tries again while the storage is away, and says so while it serves on', async () => {
    const clock = createFakeClock();
    let isAway = true;
    const { pipeline, ledger, health } = await aPipeline(
      (batch, abort) => (isAway ? away : takesAll)(batch, abort),
      { 'collector.ack': 'memory' },
      { clock },
    );
    await pipeline.sinkFor('http')(twoSpans, signal);
    await clock.advance(0);
    expect(health.snapshot()).toMatchObject({
      status: 'StatusRecoverableError',
      healthy: true,
      components: { 'storage writes': { error: 'storage is away: 1 batches wait in memory' } },
    });
    isAway = false;
    await clock.advance(250);
    expect(await ledger()).toMatchObject({ stored: 2, inFlight: 0 });
    expect(health.snapshot().status).toBe('StatusOK');
  });

  it('drops what the storage does not take in time, with a reason', async () => {
    const clock = createFakeClock();
    const flags = { 'collector.ack': 'memory', 'collector.retry.max-elapsed': '1s' };
    const { pipeline, ledger, warnings } = await aPipeline(away, flags, { clock });
    await pipeline.sinkFor('http')(twoSpans, signal);
    for (let i = 0; i < 10; i += 1) await clock.advance(200);
    expect(await ledger()).toMatchObject({ dropped: 2, inFlight: 0, byReason: { expired: 2 } });
    expect(warnings).toMatchObject([{ ...DROPPED, reason: 'expired', spans: 2, total: 2 }]);
  });

  it('logs what it drops a line every few seconds, however many batches that are', async () => {
    const clock = createFakeClock();
    const flags = { 'collector.ack': 'memory', 'collector.retry.max-elapsed': '1ms' };
    const { pipeline, ledger, warnings } = await aPipeline(away, flags, { clock });
    const drop = async (batches: number): Promise<void> => {
      for (let i = 0; i < batches; i += 1) await pipeline.sinkFor('http')(twoSpans, signal);
      await clock.advance(1);
    };
    await drop(1);
    await drop(10);
    expect(warnings).toMatchObject([{ ...DROPPED, reason: 'expired', spans: 2, total: 2 }]);
    await clock.advance(5000);
    expect(warnings.slice(1)).toMatchObject([{ reason: 'expired', spans: 20, total: 22 }]);
    await drop(2);
    expect(warnings).toHaveLength(2);
    await pipeline.stop();
    expect(warnings.slice(2)).toMatchObject([{ reason: 'expired', spans: 4, total: 26 }]);
    expect(await ledger()).toMatchObject({ dropped: 26, inFlight: 0 });
    expect(clock.sleeping).toEqual([]);
  });

  it('drops what the storage refuses after the answer, with its reason', async () => {
    const refusing: Sink = ({ scan }) =>
      Promise.resolve({
        accepted: 1,
        refused: [{ reason: 'too_large', count: scan.count - 1, message: 'no' }],
        dropped: [],
      });
    const { pipeline, ledger } = await aPipeline(refusing, { 'collector.ack': 'memory' });
    await pipeline.sinkFor('http')(twoSpans, signal);
    await pipeline.stop();
    expect(await ledger()).toMatchObject({ stored: 1, refused: 0, byReason: { too_large: 1 } });
  });

  it('stops within its time and drops the rest', async () => {
    const clock = createFakeClock();
    const { pipeline, ledger, warnings } = await aPipeline(
      never,
      { 'collector.ack': 'memory', 'collector.num-workers': '1' },
      { clock },
    );
    await pipeline.sinkFor('http')(twoSpans, signal);
    await pipeline.sinkFor('udp')(twoSpans, signal);
    const stopped = pipeline.stop();
    await expect(pipeline.sinkFor('http')(twoSpans, signal)).rejects.toThrow('is stopping');
    await clock.advance(15_000);
    await stopped;
    expect(await ledger()).toMatchObject({ dropped: 4, inFlight: 0, byReason: { shutdown: 4 } });
    expect(warnings.at(-1)).toMatchObject({ ...DROPPED, reason: 'shutdown', total: 4 });
    expect(warnings.reduce((sum, { spans = 0 }) => sum + spans, 0)).toBe(4);
  });
});
