import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Clock } from '../runtime/clock.ts';
import { errorText } from '../runtime/errors.ts';
import { freeBytes } from '../runtime/free-bytes.ts';
import type { ComponentHealth } from '../runtime/health.ts';
import type { Accepted, SpanBatch } from '../wire/span-batch.ts';
import type { Acknowledge, AcknowledgeDeps, Acknowledgement } from './acknowledge.ts';
import { createDelivery } from './acknowledge-delivery.ts';
import { inOwnMemory, memoryBytesOf } from './batch-memory.ts';
import { RequestTooLargeError } from './byte-budget.ts';
import type { ByteLease } from './byte-budget.ts';
import { SinkOverloadedError } from './sink.ts';

export interface MemoryQueueOptions {
  /** Batches that wait or are being written. */
  readonly batchesMax: number;
  readonly workers: number;
  readonly retry: {
    readonly initialInterval: number;
    readonly maxInterval: number;
    readonly maxElapsed: number;
  };
  readonly drainTimeoutMs: number;
  readonly clock: Clock;
  readonly metrics: Registry;
  readonly health: ComponentHealth;
}

const RETRY_AFTER_MS = 1000;

interface Waiting {
  readonly batch: SpanBatch;
  readonly lease: ByteLease;
  /** Monotonic milliseconds. */
  readonly since: number;
}

/** Acknowledges what waits in memory. A crash loses that; a stop drops what it cannot write in time. */
export function acknowledgeInMemory(options: MemoryQueueOptions): Acknowledge {
  return { isEarly: true, create: (deps) => createMemoryQueue(options, deps) };
}

function createMemoryQueue(
  options: MemoryQueueOptions,
  { destination, books, budget }: AcknowledgeDeps,
): Acknowledgement {
  const { clock, retry, batchesMax } = options;
  const waiting: Waiting[] = [];
  const underWay = new Set<Promise<void>>();
  const giveUp = new AbortController();
  let stopping: Promise<void> | undefined;
  measureQueue(options.metrics, () => waiting.length + underWay.size);

  const onAttempt = (error: unknown): void => {
    const queued = waiting.length + underWay.size;
    if (error === undefined) options.health.ok();
    else options.health.impaired(`${errorText(error)}: ${queued} batches wait in memory`);
  };
  const deliver = createDelivery({ destination, clock, retry, onAttempt }, giveUp.signal);
  const write = async ({ batch, lease, since }: Waiting): Promise<void> => {
    try {
      const outcome = await deliver(batch, () => since + retry.maxElapsed - clock.monotonic());
      books.settled(batch, typeof outcome === 'string' ? allDropped(batch, outcome) : outcome);
      if (typeof outcome !== 'string') freeBytes(batch.otlp);
    } finally {
      lease.release();
    }
  };
  const writeWaiting = (): void => {
    while (underWay.size < options.workers) {
      const next = waiting.shift();
      if (next === undefined) return;
      const written = write(next).finally(() => {
        underWay.delete(written);
        writeWaiting();
      });
      underWay.add(written);
    }
  };
  const drain = async (): Promise<void> => {
    const drained = new AbortController();
    const timeout = clock.sleep(options.drainTimeoutMs, drained.signal).then(
      () => {
        giveUp.abort();
      },
      () => undefined,
    );
    while (underWay.size > 0) await Promise.all(underWay);
    drained.abort();
    await timeout;
  };
  options.health.ok();
  return {
    sink: async (batch) => {
      if (stopping !== undefined) refuse('the collector is stopping');
      if (waiting.length + underWay.size >= batchesMax) refuse(`${batchesMax} batches wait`);
      const lease = budget.lease();
      try {
        // The receiver's lease, which has the bytes until now, ends with this answer.
        lease.succeed(memoryBytesOf(batch), batch.otlp.length);
      } catch (error) {
        if (error instanceof RequestTooLargeError) return tooLarge(batch, error.message);
        throw error;
      }
      waiting.push({ batch: inOwnMemory(batch), lease, since: clock.monotonic() });
      writeWaiting();
      return Promise.resolve({ accepted: batch.scan.count, refused: [], dropped: [] });
    },
    stop: () => (stopping ??= drain()),
  };
}

function allDropped({ scan }: SpanBatch, outcome: 'stopped' | 'expired'): Accepted {
  const reason = outcome === 'stopped' ? 'shutdown' : outcome;
  const message = `not stored before it was ${outcome}`;
  return { accepted: 0, refused: [], dropped: [{ reason, count: scan.count, message }] };
}

/** What can never wait here is refused for good. */
function tooLarge({ scan }: SpanBatch, message: string): Accepted {
  return {
    accepted: 0,
    refused: [{ reason: 'too_large', count: scan.count, message }],
    dropped: [],
  };
}

function refuse(message: string): never {
  throw new SinkOverloadedError(message, RETRY_AFTER_MS);
}

function measureQueue(metrics: Registry, batches: () => number): void {
  new Gauge({
    name: 'jaeger_collector_acknowledged_batches',
    help: 'Batches in memory that were acknowledged and are not stored yet.',
    registers: [metrics],
    collect() {
      this.set(batches());
    },
  });
}
