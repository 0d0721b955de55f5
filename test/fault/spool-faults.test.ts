import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { aSpan, spanId } from '../harness/a-span.ts';
import { until } from '../harness/until.ts';
import { aFolder } from '../record-log/log-in-folder.ts';
import { startCollectorChild } from './collector-child.ts';
import type { CollectorChild } from './collector-child.ts';
import { spanIdsOf, startFickleStorage } from './fickle-storage.ts';
import type { FickleStorage } from './fickle-storage.ts';
import { mountSmallDisk } from '../harness/small-disk.ts';

/** 100 for the long run. */
const KILLS = Number(process.env['FAULT_KILLS'] ?? 8);
const SPANS_A_BATCH = 20;

async function aStorage(): Promise<FickleStorage> {
  const storage = await startFickleStorage();
  onTestFinished(() => storage.stop());
  return storage;
}

function spooling(folder: string): Record<string, string> {
  return {
    'collector.ack': 'disk',
    'collector.spool.directory': folder,
    'collector.spool.segment-bytes': '200000',
    'collector.spool.max-memory-bytes': '100000',
    'collector.spool.min-free-bytes': '0',
    'collector.retry.initial-interval': '20ms',
    'collector.retry.max-interval': '100ms',
  };
}

interface Load {
  readonly acknowledged: ReadonlySet<bigint>;
  readonly batches: () => Uint8Array;
  /** Sends from a few senders until the signal. */
  readonly run: (collector: CollectorChild, signal: AbortSignal) => Promise<void>;
}

/** Batches no two of which share a span id. */
function createLoad(): Load {
  const acknowledged = new Set<bigint>();
  let last = 0;
  const batches = (): Uint8Array =>
    encodeSpans(
      Array.from({ length: SPANS_A_BATCH }, () => {
        last += 1;
        return aSpan({ spanId: spanId(last), name: `GET /orders/${last}` });
      }),
    );
  const sender = async (collector: CollectorChild, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const otlp = batches();
      if (!(await collector.send(otlp))) return;
      for (const id of spanIdsOf(otlp)) acknowledged.add(id);
    }
  };
  return {
    acknowledged,
    batches,
    run: async (collector, signal) => {
      await Promise.all(Array.from({ length: 4 }, () => sender(collector, signal)));
    },
  };
}

function lostOf(acknowledged: ReadonlySet<bigint>, { taken }: FickleStorage): number {
  return [...acknowledged].filter((id) => !taken.has(id)).length;
}

describe('a collector that acknowledges from disk', () => {
  it(
    `loses no acknowledged span in ${KILLS} kills under load`,
    async () => {
      const storage = await aStorage();
      const flags = spooling(await aFolder());
      const load = createLoad();
      for (let kill = 0; kill < KILLS; kill += 1) {
        const collector = await startCollectorChild(storage.url, flags);
        storage.away(kill % 3 === 1);
        const stop = new AbortController();
        const running = load.run(collector, stop.signal);
        await sleep((kill * 37) % 300);
        await collector.end('SIGKILL');
        stop.abort();
        await running;
      }
      storage.away(false);
      const last = await startCollectorChild(storage.url, flags);
      await until(async () => (await last.metrics()).includes('spool_records 0\n'), 60_000);
      expect(load.acknowledged.size).toBeGreaterThan(KILLS * SPANS_A_BATCH);
      expect(lostOf(load.acknowledged, storage)).toBe(0);
      const { replayed, stored, inFlight } = await last.ledger();
      expect({ stored, inFlight }).toEqual({ stored: replayed, inFlight: 0 });
      expect(await last.metrics()).toContain('spool_damaged_records_total 0');
      await last.end('SIGTERM');
    },
    30_000 + KILLS * 3000,
  );

  it('loses nothing when it is killed while it opens and replays', async () => {
    const storage = await aStorage();
    const flags = spooling(await aFolder());
    const load = createLoad();
    storage.away(true);
    const first = await startCollectorChild(storage.url, flags);
    const stop = new AbortController();
    const running = load.run(first, stop.signal);
    await until(() => load.acknowledged.size > 2000);
    await first.end('SIGKILL');
    stop.abort();
    await running;
    storage.away(false);
    for (let delayMs = 0; delayMs < 30; delayMs += 10) {
      const replaying = await startCollectorChild(storage.url, flags);
      await sleep(delayMs);
      await replaying.end('SIGKILL');
    }
    const last = await startCollectorChild(storage.url, flags);
    await until(() => lostOf(load.acknowledged, storage) === 0);
    await last.end('SIGTERM');
  }, 60_000);

  it('answers on while the storage is gone, and drains once it is back', async () => {
    const storage = await aStorage();
    const collector = await startCollectorChild(storage.url, spooling(await aFolder()));
    storage.away(true);
    const load = createLoad();
    for (let i = 0; i < 100; i += 1) {
      const otlp = load.batches();
      expect(await collector.send(otlp)).toBe(true);
    }
    expect(await collector.ledger()).toMatchObject({ received: 2000, stored: 0, inFlight: 2000 });
    expect(await collector.status()).toMatchObject({
      healthy: true,
      components: { spool: { status: 'StatusRecoverableError' } },
    });
    storage.away(false);
    await until(async () => (await collector.ledger()).inFlight === 0, 5000);
    expect(await collector.ledger()).toMatchObject({ received: 2000, stored: 2000, dropped: 0 });
    expect(storage.taken.size).toBe(2000);
    await collector.end('SIGTERM');
  }, 30_000);

  it('acknowledges nothing more once the disk has failed to sync', async ({ skip }) => {
    if (!canTrace()) skip('needs strace, and the right to use it');
    const storage = await aStorage();
    storage.away(true);
    const flags = spooling(await aFolder());
    // Calls are counted by thread: one, then, for files.
    const oneThread = ['env', 'UV_THREADPOOL_SIZE=1'];
    const strace = ['strace', '-D', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=fdatasync'];
    const collector = await startCollectorChild(storage.url, flags, [
      ...oneThread,
      ...strace,
      ...['-e', 'inject=fdatasync:error=EIO:when=3+'],
    ]);
    const load = createLoad();
    const answers: boolean[] = [];
    for (let i = 0; i < 6; i += 1) answers.push(await collector.send(load.batches()));
    expect(answers).toEqual([true, true, false, false, false, false]);
    expect(await collector.ledger()).toMatchObject({
      inFlight: 2 * SPANS_A_BATCH,
      byReason: { storage_error: 4 * SPANS_A_BATCH },
    });
    expect(await collector.status()).toMatchObject({
      components: { spool: { status: 'StatusPermanentError' } },
    });
    await collector.end('SIGTERM');
    storage.away(false);
    const next = await startCollectorChild(storage.url, flags);
    await until(() => storage.taken.size >= 2 * SPANS_A_BATCH);
    expect((await next.ledger()).inFlight).toBe(0);
    await next.end('SIGTERM');
  }, 30_000);

  it('puts senders off while its disk is full, and takes spans again once it is not', async ({
    skip,
  }) => {
    const folder = await mountSmallDisk(1);
    if (folder === undefined) skip('needs root, for a small disk of its own');
    else {
      const storage = await aStorage();
      storage.away(true);
      const collector = await startCollectorChild(storage.url, spooling(join(folder, 'spool')));
      const load = createLoad();
      const acknowledged: Uint8Array[] = [];
      for (;;) {
        const otlp = load.batches();
        if (!(await collector.send(otlp))) break;
        acknowledged.push(otlp);
      }
      expect((await collector.ledger()).byReason).toEqual({ queue_full: SPANS_A_BATCH });
      storage.away(false);
      await until(async () => (await collector.ledger()).inFlight === 0);
      const ids = new Set(acknowledged.flatMap(spanIdsOf));
      expect(lostOf(ids, storage)).toBe(0);
      await until(() => collector.send(load.batches()), 10_000);
      expect(await collector.metrics()).toContain('spool_damaged_records_total 0');
      await collector.end('SIGTERM');
    }
  }, 60_000);
});

function canTrace(): boolean {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
