import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/runtime/errors.ts';
import { encodeBatchRecord } from '../../src/wire/batch-record.ts';
import { inOwnMemory } from '../../src/pipeline/batch-memory.ts';
import { SinkOverloadedError } from '../../src/pipeline/sink.ts';
import type { Sink } from '../../src/pipeline/sink.ts';
import { lendTo } from '../../src/receivers/lend-to.ts';
import type { SpanBatch } from '../../src/wire/span-batch.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';
import { until } from '../harness/until.ts';
import { aBatch, aSpan } from '../harness/a-span.ts';
import { aFolder, openIn } from '../record-log/log-in-folder.ts';
import { aPipeline } from './a-pipeline.ts';

const signal = new AbortController().signal;
const away: Sink = () => Promise.reject(new Error('storage is away'));

function named(name: string): SpanBatch {
  return aBatch([aSpan({ name }), aSpan({ name })], { tenant: 'acme', receivedAtMs: 77 });
}

interface Collecting {
  readonly sink: Sink;
  readonly batches: SpanBatch[];
  readonly names: () => readonly (string | undefined)[];
}

function collecting(): Collecting {
  const batches: SpanBatch[] = [];
  return {
    batches,
    names: () => batches.map(({ otlp }) => decodeSpans(otlp)[0]?.name),
    sink: (batch) => {
      batches.push(inOwnMemory(batch));
      return Promise.resolve({ accepted: batch.scan.count, refused: [], dropped: [] });
    },
  };
}

const QUICK = {
  'collector.ack': 'disk',
  'collector.num-workers': '1',
  'collector.retry.initial-interval': '1ms',
  'collector.retry.max-interval': '5ms',
};

describe('acknowledging from disk', () => {
  it('needs a folder', async () => {
    await expect(aPipeline(away, { 'collector.ack': 'disk' })).rejects.toThrow(
      'collector.ack=disk needs a folder: give collector.spool.directory',
    );
  });

  it('answers while the storage is away, and hands all over in order once it is back', async () => {
    const flags = { ...QUICK, 'collector.spool.directory': await aFolder() };
    const stored = collecting();
    let isAway = true;
    const sink: Sink = (batch, abort) => (isAway ? away : stored.sink)(batch, abort);
    const { pipeline, ledger, health } = await aPipeline(sink, flags);
    const names = Array.from({ length: 20 }, (_, i) => `batch ${i}`);
    for (const name of names) await pipeline.sinkFor('http')(named(name), signal);
    expect(await ledger()).toMatchObject({ received: 40, stored: 0, inFlight: 40 });
    await until(() => health.snapshot().status === 'StatusRecoverableError');
    expect(health.snapshot().healthy).toBe(true);
    expect(health.snapshot().components['spool']?.error).toMatch(
      /^storage is away: \d+ batches wait in the spool, the oldest for 0 s$/,
    );
    isAway = false;
    await until(() => stored.batches.length === 20);
    expect(stored.names()).toEqual(names);
    expect(stored.batches[0]).toMatchObject({ tenant: 'acme', receivedAtMs: 77, format: 'otlp' });
    await pipeline.stop();
    expect(await ledger()).toMatchObject({ received: 40, stored: 40, inFlight: 0 });
    expect(health.snapshot().status).toBe('StatusOK');
  });

  it('keeps what it took when the receiver frees the memory', async () => {
    const flags = { ...QUICK, 'collector.spool.directory': await aFolder() };
    const stored = collecting();
    let isAway = true;
    const sink: Sink = (batch, abort) => (isAway ? away : stored.sink)(batch, abort);
    const { pipeline } = await aPipeline(sink, flags);
    await lendTo(pipeline.sinkFor('http'), named('kept'), signal);
    isAway = false;
    await until(() => stored.batches.length === 1);
    expect(stored.names()).toEqual(['kept']);
    await pipeline.stop();
  });

  it('reads from disk what its memory has no room for', async () => {
    const flags = {
      ...QUICK,
      'collector.spool.directory': await aFolder(),
      'collector.spool.segment-bytes': '1000',
      'collector.spool.max-memory-bytes': '1000',
    };
    const stored = collecting();
    let isAway = true;
    const sink: Sink = (batch, abort) => (isAway ? away : stored.sink)(batch, abort);
    const { pipeline, ledger, metrics } = await aPipeline(sink, flags);
    const names = Array.from({ length: 50 }, (_, i) => `batch ${i}`);
    for (const name of names) await pipeline.sinkFor('http')(named(name), signal);
    const text = await metrics.metrics();
    expect(text).toContain('jaeger_collector_spool_records 50');
    expect(Number(/spool_memory_bytes (\d+)/.exec(text)?.[1])).toBeLessThanOrEqual(1000);
    isAway = false;
    await until(() => stored.batches.length >= 25);
    const later = Array.from({ length: 50 }, (_, i) => `later ${i}`);
    for (const name of later) await pipeline.sinkFor('http')(named(name), signal);
    await until(() => stored.batches.length === 100);
    expect(stored.names()).toEqual([...names, ...later]);
    expect(await ledger()).toMatchObject({ received: 200, stored: 200, inFlight: 0 });
    await pipeline.stop();
  });

  it('lets go of files whose batches are stored', async () => {
    const folder = await aFolder();
    const flags = {
      ...QUICK,
      'collector.spool.directory': folder,
      'collector.spool.segment-bytes': '1000',
    };
    const stored = collecting();
    const { pipeline } = await aPipeline(stored.sink, flags);
    for (let i = 0; i < 50; i += 1) await pipeline.sinkFor('http')(named(`batch ${i}`), signal);
    await until(() => stored.batches.length === 50);
    await pipeline.stop();
    expect((await readdir(folder)).filter((name) => name.endsWith('.log')).length).toBe(1);
  });

  it('replays what a former run left, and not what that run had stored', async () => {
    const flags = { ...QUICK, 'collector.spool.directory': await aFolder() };
    const first = collecting();
    const takesThree: Sink = (batch, abort) =>
      first.batches.length < 3 ? first.sink(batch, abort) : away(batch, abort);
    const former = await aPipeline(takesThree, flags);
    for (let i = 0; i < 5; i += 1) {
      await former.pipeline.sinkFor('grpc')(named(`batch ${i}`), signal);
    }
    await until(() => first.batches.length === 3);
    await former.pipeline.stop();
    expect(await former.ledger()).toMatchObject({ received: 10, stored: 6, inFlight: 4 });

    const second = collecting();
    const { pipeline, ledger, metrics } = await aPipeline(second.sink, flags);
    await until(() => second.batches.length === 2);
    expect(second.names()).toEqual(['batch 3', 'batch 4']);
    await pipeline.stop();
    expect(await ledger()).toMatchObject({ received: 0, replayed: 4, stored: 4, inFlight: 0 });
    expect(await metrics.metrics()).toContain(
      'spans_replayed_total{format="otlp",transport="grpc"} 4',
    );
  });

  it('drops what is too old, with a reason', async () => {
    const flags = {
      ...QUICK,
      'collector.spool.directory': await aFolder(),
      'collector.spool.max-age': '20ms',
    };
    const { pipeline, ledger, warnings } = await aPipeline(away, flags);
    await pipeline.sinkFor('http')(named('old'), signal);
    await until(async () => (await ledger()).dropped === 2);
    expect((await ledger()).byReason).toEqual({ expired: 2 });
    expect(warnings).toMatchObject([
      { msg: 'acknowledged spans are dropped', reason: 'expired', spans: 2, total: 2 },
    ]);
    await pipeline.stop();
  });

  it('refuses retryably when its bytes are used up', async () => {
    const flags = {
      ...QUICK,
      'collector.spool.directory': await aFolder(),
      'collector.spool.max-bytes': '1000',
    };
    const { pipeline, ledger } = await aPipeline(away, flags);
    const fill = async (): Promise<void> => {
      for (let i = 0; i < 10; i += 1) await pipeline.sinkFor('http')(named('full'), signal);
    };
    await expect(fill()).rejects.toThrow(SinkOverloadedError);
    const { byReason, inFlight } = await ledger();
    expect(byReason).toEqual({ queue_full: 2 });
    expect(inFlight).toBeGreaterThan(0);
    await pipeline.stop();
  });

  it('loses the batch of a flipped byte alone, and books it', async () => {
    const folder = await aFolder();
    const flags = {
      ...QUICK,
      'collector.spool.directory': folder,
      'collector.spool.segment-bytes': '1000',
      'collector.spool.max-memory-bytes': '1',
    };
    const stored = collecting();
    let isAway = true;
    const sink: Sink = (batch, abort) => (isAway ? away : stored.sink)(batch, abort);
    const { pipeline, ledger, metrics, warnings } = await aPipeline(sink, flags);
    for (let i = 0; i < 20; i += 1) await pipeline.sinkFor('http')(named(`batch ${i}`), signal);
    const files = (await readdir(folder)).filter((name) => name.endsWith('.log')).toSorted();
    const path = join(folder, files[1] ?? '');
    const bytes = await readFile(path);
    const middle = Math.floor((await stat(path)).size / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    await writeFile(path, bytes);
    isAway = false;
    await until(() => stored.batches.length === 19);
    await until(async () => (await ledger()).inFlight === 0);
    expect(await ledger()).toMatchObject({ stored: 38, byReason: { spool_damaged: 2 } });
    expect(await metrics.metrics()).toContain('jaeger_collector_spool_damaged_records_total 1');
    await pipeline.stop();
    expect(warnings).toMatchObject([
      { msg: 'acknowledged spans are dropped', reason: 'spool_damaged', spans: 2, total: 2 },
      { msg: 'records of the spool cannot be read', records: 1 },
    ]);
  });

  it.each([
    ['is not a folder', ''],
    ['is not in a folder', '/below'],
  ])('says of a directory that it %s', async (problem, below) => {
    const path = join(await aFolder(), 'file');
    await writeFile(path, '');
    const flags = { ...QUICK, 'collector.spool.directory': path + below };
    const opened = aPipeline(away, flags);
    await expect(opened).rejects.toThrow(UsageError);
    await expect(opened).rejects.toThrow(`collector.spool.directory: ${path}${below} ${problem}`);
  });

  it('books what a former run left and nobody can read as come and dropped, once', async () => {
    const folder = await aFolder();
    const log = await openIn(folder);
    const [header] = encodeBatchRecord(aBatch([aSpan(), aSpan()]));
    await log.append([header, Buffer.from('no OTLP')]);
    await log.append([Buffer.from('no header'), Buffer.alloc(0)]);
    await log.append(encodeBatchRecord({ ...named('good'), transport: 'grpc' }));
    await log.append([header, Buffer.from('no OTLP')]);
    await log.close();
    const flags = { ...QUICK, 'collector.spool.directory': folder };
    const stored = collecting();
    const first = await aPipeline(stored.sink, flags);
    await until(async () => (await first.ledger()).dropped === 4);
    await until(async () => (await first.ledger()).inFlight === 0);
    expect(stored.names()).toEqual(['good']);
    expect(await first.ledger()).toMatchObject({
      replayed: 6,
      stored: 2,
      byReason: { spool_damaged: 4 },
    });
    expect(await first.metrics.metrics()).toContain(
      'jaeger_collector_spool_damaged_records_total 3',
    );
    await first.pipeline.stop();
    const dropped = first.warnings.filter(({ reason }) => reason === 'spool_damaged');
    expect(dropped.map(({ spans, total }) => [spans, total])).toEqual([
      [2, 2],
      [2, 4],
    ]);
    const second = await aPipeline(stored.sink, flags);
    await second.pipeline.sinkFor('http')(named('last'), signal);
    await until(() => stored.batches.length === 2);
    expect(await second.ledger()).toMatchObject({ replayed: 0, byReason: {} });
    await second.pipeline.stop();
  });
});
