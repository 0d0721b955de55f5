import { status } from '@grpc/grpc-js';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import type { ReporterConfig } from '../../src/agent-sidecar/config.ts';
import { createExportQueue } from '../../src/agent-sidecar/export-queue.ts';
import type { ExportQueue } from '../../src/agent-sidecar/export-queue.ts';
import { ExportError, createOtlpExporter } from '../../src/agent-sidecar/otlp-exporter.ts';
import type { OtlpExporter } from '../../src/agent-sidecar/otlp-exporter.ts';
import { systemResolveHost } from '../../src/agent-sidecar/resolve-host.ts';
import { SinkOverloadedError } from '../../src/pipeline/sink.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { createHealth } from '../../src/runtime/health.ts';
import { jaegerBatchToOtlp } from '../../src/wire/jaeger/thrift-to-otlp.ts';
import { scanSpans } from '../../src/wire/otlp/scan-spans.ts';
import type { SpanBatch } from '../../src/wire/span-batch.ts';
import { metricValue } from '../receivers/jaeger-harness.ts';
import { encodeBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';
import { startFakeCollector } from './fake-collector.ts';
import { WITHOUT_TLS } from './without-tls.ts';
import type { Behaviour, FakeCollector } from './fake-collector.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const NEVER = new AbortController().signal;

describe('createExportQueue', () => {
  it('sends batches as they are', async () => {
    const collector = await start();
    const { queue, metrics } = startQueue(collector);
    const accepted = await queue.sink(batchOf('a', 3), NEVER);
    expect(accepted).toEqual({ accepted: 3, refused: [], dropped: [] });
    await collector.taken(3);
    expect(collector.spans.map(({ name }) => name)).toEqual(['a-0', 'a-1', 'a-2']);
    await queue.stop();
    await expectBooks(metrics, { queued: 3, submitted: 3 });
  });

  it('loses nothing while the collector is away and comes back', async () => {
    const collector = await start();
    const { queue, metrics } = startQueue(collector);
    await queue.sink(batchOf('before', 2), NEVER);
    await collector.taken(2);
    await collector.stop();
    for (let index = 0; index < 20; index++) {
      await queue.sink(batchOf(`away-${index}`, 5), NEVER);
    }
    const failures = (): Promise<number> =>
      metricValue(metrics, 'jaeger_agent_reporter_batches_failures_total');
    while ((await failures()) === 0) await new Promise(setImmediate);
    expect(await metricValue(metrics, 'jaeger_agent_connection_status_collector_connected')).toBe(
      0,
    );
    const back = await start([], collector.port);
    await back.taken(100);
    await queue.stop();
    expect(new Set(back.spans.map(({ name }) => name)).size).toBe(100);
    await expectBooks(metrics, { queued: 102, submitted: 102 });
  });

  it('refuses what has no room and keeps the rest', async () => {
    const { queue, metrics } = startQueue(undefined, { queueBatches: 2 });
    await queue.sink(batchOf('a', 1), NEVER);
    await queue.sink(batchOf('b', 1), NEVER);
    await expect(queue.sink(batchOf('c', 1), NEVER)).rejects.toThrow(SinkOverloadedError);
    expect(await metricValue(metrics, 'jaeger_agent_reporter_queue_batches')).toBe(2);
    expect(await metricValue(metrics, 'jaeger_agent_reporter_queue_spans')).toBe(2);
  });

  it('refuses by bytes too', async () => {
    const batch = batchOf('a', 1);
    const { queue } = startQueue(undefined, { queueBytes: batch.otlp.length });
    await queue.sink(batch, NEVER);
    await expect(queue.sink(batch, NEVER)).rejects.toThrow(
      `1 batches of ${batch.otlp.length} bytes wait for a collector`,
    );
  });

  it('keeps nothing of the memory around a batch', async () => {
    const sent: { readonly otlp: Uint8Array; readonly memory: number }[] = [];
    const exporter: OtlpExporter = {
      export: (otlp) => {
        sent.push({ otlp: otlp.slice(), memory: otlp.buffer.byteLength });
        return Promise.resolve(0);
      },
      close: () => undefined,
    };
    const { queue } = startQueue(undefined, {}, exporter);
    const batch = batchOf('a', 1);
    const chunk = new Uint8Array(65_536);
    chunk.set(batch.otlp, 100);
    const otlp = chunk.subarray(100, 100 + batch.otlp.length);
    await queue.sink({ ...batch, otlp }, NEVER);
    await queue.stop();
    expect(sent).toEqual([{ otlp: batch.otlp, memory: batch.otlp.length }]);
  });

  it('says beforehand what it would refuse, and when that has changed', async () => {
    const batch = batchOf('a', 1);
    const { length } = batch.otlp;
    const answer = Promise.withResolvers<number>();
    const exporter = { export: () => answer.promise, close: () => undefined };
    const { queue } = startQueue(undefined, { queueBytes: 2 * length }, exporter);
    const roomAgain = new Promise<void>((resolve) => {
      queue.room.onRoom(resolve);
    });
    await queue.sink(batch, NEVER);
    expect(queue.room.problem(length)).toBeUndefined();
    expect(queue.room.problem(length + 1)).toBe(
      `1 batches of ${length} bytes wait for a collector`,
    );
    answer.resolve(0);
    await roomAgain;
    expect(queue.room.problem(length + 1)).toBeUndefined();
  });

  it('refuses for good what could never wait', async () => {
    const batch = batchOf('a', 2);
    const bytes = batch.otlp.length;
    const { queue, metrics } = startQueue(undefined, { queueBytes: bytes - 1 });
    expect(queue.room.problem(bytes)).toBeUndefined();
    const message = `${bytes} bytes of spans are more than the ${bytes - 1} that may wait for a collector`;
    expect(await queue.sink(batch, NEVER)).toEqual({
      accepted: 0,
      refused: [{ reason: 'too_large', count: 2, message }],
      dropped: [],
    });
    await expectBooks(metrics, { queued: 0 });
  });

  it('lets one request at a time try while no collector answers', async () => {
    let isAway = true;
    let trying = 0;
    let tryingMax = 0;
    const exporter: OtlpExporter = {
      export: async () => {
        trying += 1;
        tryingMax = Math.max(trying, tryingMax);
        await new Promise(setImmediate);
        trying -= 1;
        if (!isAway) return 0;
        throw new ExportError('away', { retriable: true, retryAfterMs: 1 }, {});
      },
      close: () => undefined,
    };
    const { queue, metrics } = startQueue(undefined, {}, exporter);
    await queue.sink(batchOf('first', 1), NEVER);
    const failures = (): Promise<number> =>
      metricValue(metrics, 'jaeger_agent_reporter_batches_failures_total');
    while ((await failures()) === 0) await new Promise(setImmediate);
    for (let index = 0; index < 5; index++) await queue.sink(batchOf('next', 1), NEVER);
    const before = await failures();
    while ((await failures()) < before + 3) await new Promise(setImmediate);
    expect(tryingMax).toBe(1);
    isAway = false;
    await queue.stop();
    await expectBooks(metrics, { queued: 6, submitted: 6 });
  });

  it('waits as long as the collector asks', async () => {
    const collector = await start([
      { answer: 'refuse', code: status.RESOURCE_EXHAUSTED, retryAfterMs: 700 },
    ]);
    const { queue } = startQueue(collector);
    await queue.sink(batchOf('a', 1), NEVER);
    await collector.taken(1);
    const [first = 0, second = 0] = collector.requestTimes;
    expect(second - first).toBeGreaterThanOrEqual(690);
  });

  it.each([status.INVALID_ARGUMENT, status.UNAUTHENTICATED, status.RESOURCE_EXHAUSTED])(
    'drops and counts what is refused for good with code %i',
    async (code) => {
      const collector = await start([{ answer: 'refuse', code }]);
      const { queue, metrics } = startQueue(collector);
      await queue.sink(batchOf('a', 2), NEVER);
      await queue.stop();
      expect(collector.requestTimes).toHaveLength(1);
      await expectBooks(metrics, { queued: 2, export_failed: 2 });
    },
  );

  it('counts the spans a collector rejects of a batch', async () => {
    const collector = await start([{ answer: 'partial', rejectedSpans: 2 }]);
    const { queue, metrics } = startQueue(collector);
    await queue.sink(batchOf('a', 5), NEVER);
    await queue.stop();
    await expectBooks(metrics, { queued: 5, submitted: 3, rejected: 2 });
  });

  it('gives a batch up after the retries it may have', async () => {
    const { queue, metrics } = startQueue(undefined, { retryMax: 1 });
    await queue.sink(batchOf('a', 4), NEVER);
    while ((await lossOf(metrics, 'expired')) === 0) await new Promise(setImmediate);
    expect(await metricValue(metrics, 'jaeger_agent_reporter_batches_failures_total')).toBe(2);
    await expectBooks(metrics, { queued: 4, expired: 4 });
  });

  it('gives a batch up after the time it may take', async () => {
    const { queue, metrics } = startQueue(undefined, { retryMaxElapsedMs: 1 });
    await queue.sink(batchOf('a', 4), NEVER);
    while ((await lossOf(metrics, 'expired')) === 0) await new Promise(setImmediate);
    await expectBooks(metrics, { queued: 4, expired: 4 });
  });

  it('drops and counts what cannot be sent while it stops', async () => {
    const { queue, metrics } = startQueue(undefined, { drainTimeoutMs: 50 });
    await queue.sink(batchOf('a', 4), NEVER);
    await queue.sink(batchOf('b', 3), NEVER);
    await queue.stop();
    await expect(queue.sink(batchOf('c', 1), NEVER)).rejects.toThrow('the agent is stopping');
    await expectBooks(metrics, { queued: 7, shutdown: 7 });
  });

  it('takes several collectors in turn', async () => {
    const collectors = await Promise.all([start(), start()]);
    const hostPort = collectors.map(({ port }) => `127.0.0.1:${port}`).join(',');
    const { queue } = startQueue(undefined, { hostPort, concurrency: 1 });
    for (let index = 0; index < 4; index++) {
      await queue.sink(batchOf(`b${index}`, 1), NEVER);
      while (collectors.reduce((sum, { spans }) => sum + spans.length, 0) <= index) {
        await new Promise(setImmediate);
      }
    }
    expect(collectors.map(({ spans }) => spans.length)).toEqual([2, 2]);
  });
});

const logger = pino({ level: 'silent' });
const DEPS = {
  health: createHealth(() => 0).component('collectors'),
  clock: systemClock,
  logger,
  resolve: systemResolveHost,
  tls: undefined,
};

async function start(behaviours: readonly Behaviour[] = [], port = 0): Promise<FakeCollector> {
  const collector = await startFakeCollector(behaviours, { port });
  cleanups.push(() => collector.stop());
  return collector;
}

function startQueue(
  collector: FakeCollector | undefined,
  over: Partial<ReporterConfig> = {},
  givenExporter?: OtlpExporter,
): { queue: ExportQueue; metrics: Registry } {
  const config: ReporterConfig = {
    // Nothing listens on port 1.
    hostPort: `127.0.0.1:${collector?.port ?? 1}`,
    peers: 3,
    retryMax: 0,
    retryMaxElapsedMs: 60_000,
    requestTimeoutMs: 5000,
    tenant: '',
    tenantHeader: 'x-tenant',
    concurrency: 2,
    queueBatches: 1000,
    queueBytes: 1024 * 1024,
    drainTimeoutMs: 1000,
    tls: WITHOUT_TLS,
    ...over,
  };
  const metrics = new Registry();
  const exporter = givenExporter ?? createOtlpExporter(config, DEPS);
  const queue = createExportQueue(config, { exporter, metrics, clock: systemClock, logger });
  cleanups.push(() => queue.stop());
  return { queue, metrics };
}

function batchOf(name: string, count: number): SpanBatch {
  const spans = Array.from({ length: count }, (_, index) => ({
    traceId: 7n,
    spanId: BigInt(index + 1),
    parentSpanId: 0n,
    name: `${name}-${index}`,
    flags: 1,
    startMicros: 1n,
    durationMicros: 1n,
  }));
  const otlp = jaegerBatchToOtlp(encodeBatch({ serviceName: 's', spans }, 'binary'), 'binary');
  return { tenant: '', otlp, scan: scanSpans(otlp), receivedAtMs: 0, format: 'jaeger' };
}

function lossOf(metrics: Registry, reason: string): Promise<number> {
  return metricValue(metrics, 'jaeger_agent_reporter_spans_failures_total', { reason });
}

const LOSSES = ['export_failed', 'expired', 'rejected', 'shutdown'] as const;
type Books = { queued: number; submitted?: number } & Readonly<
  Partial<Record<(typeof LOSSES)[number], number>>
>;

/** The whole equation: nothing is counted twice, nothing is missing, nothing is left. */
async function expectBooks(metrics: Registry, expected: Books): Promise<void> {
  const books: Record<string, number> = {
    queued: await metricValue(metrics, 'jaeger_agent_reporter_spans_queued_total'),
    submitted: await metricValue(metrics, 'jaeger_agent_reporter_spans_submitted_total'),
  };
  for (const reason of LOSSES) books[reason] = await lossOf(metrics, reason);
  const nothing = { submitted: 0, export_failed: 0, expired: 0, rejected: 0, shutdown: 0 };
  expect(books).toEqual({ ...nothing, ...expected });
  const { queued = 0, ...ends } = books;
  expect(Object.values(ends).reduce((sum, count) => sum + count, 0)).toBe(queued);
  expect(await metricValue(metrics, 'jaeger_agent_reporter_queue_spans')).toBe(0);
  expect(await metricValue(metrics, 'jaeger_agent_reporter_queue_bytes')).toBe(0);
}
