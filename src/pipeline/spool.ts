import type { Registry } from 'prom-client';
import type { RecordLog, RecordPosition } from '../record-log/record-log.ts';
import { RecordLogFullError } from '../record-log/record-log-error.ts';
import { recordBytes } from '../record-log/segment-format.ts';
import type { Clock } from '../runtime/clock.ts';
import { errorText } from '../runtime/errors.ts';
import { freeBytes } from '../runtime/free-bytes.ts';
import type { ComponentHealth } from '../runtime/health.ts';
import type { Logger } from '../runtime/logger.ts';
import type { SpanBatch } from '../wire/span-batch.ts';
import type { Acknowledge, AcknowledgeDeps, Acknowledgement } from './acknowledge.ts';
import { createDelivery } from './acknowledge-delivery.ts';
import type { Delivered } from './acknowledge-delivery.ts';
import { inOwnMemory, memoryBytesOf } from './batch-memory.ts';
import { SinkOverloadedError } from './sink.ts';
import { createCursor } from './spool-cursor.ts';
import { createDrain } from './spool-drain.ts';
import { measureSpool } from './spool-metrics.ts';
import type { SpoolState } from './spool-metrics.ts';
import { encodeBatchRecord } from '../wire/batch-record.ts';
import { createSettlement } from './spool-settlement.ts';
import { createSpoolSource } from './spool-source.ts';
import type { SpooledBatch } from './spool-source.ts';
import { createSumLog } from './sum-log.ts';

export interface SpoolOptions {
  readonly folder: string;
  readonly log: RecordLog;
  /** How far a former run had come. */
  readonly from: RecordPosition | undefined;
  /** Batches handed to the destination at once. */
  readonly workers: number;
  /** Of batches in memory on their way to the destination. */
  readonly memoryBytesMax: number;
  readonly maxAgeMs: number;
  readonly retry: { readonly initialInterval: number; readonly maxInterval: number };
  readonly clock: Clock;
  readonly metrics: Registry;
  readonly health: ComponentHealth;
  readonly logger: Logger;
}

const STOPPING = 'the collector is stopping';
const RETRY_AFTER_MS = 1000;

/**
 * Acknowledges what is on disk; hands it to the destination in the order it came, again and again
 * until it is taken or too old, across restarts of the process. What a crash interrupts is handed
 * over twice.
 */
export function acknowledgeOnDisk(options: SpoolOptions): Acknowledge {
  return { isEarly: true, create: (deps) => createSpool(options, deps) };
}

function createSpool(
  options: SpoolOptions,
  { destination, books }: AcknowledgeDeps,
): Acknowledgement {
  const { log, clock, logger, retry } = options;
  const settlement = createSettlement({
    ...options,
    cursor: createCursor(options.folder, log),
    firstWaiting: () => source.first,
  });
  const damaged = createSumLog(clock, (records, total) => {
    logger.warn({ records, total }, 'records of the spool cannot be read');
  });
  const { begin: onTaken, skipped: onUnusable } = settlement;
  const source = createSpoolSource(
    { log, books, logger, onTaken, onUnusable, onDamaged: damaged.add },
    options.from,
  );
  const giveUp = new AbortController();
  const health = createSpoolHealth(options.health, () => backlogText(state()));
  const onAttempt = health.attempted;
  const deliver = createDelivery({ destination, clock, retry, onAttempt }, giveUp.signal);
  const drain = createDrain(options, source, {
    handOver: async (spooled) => {
      const { batch } = spooled;
      const msLeft = (): number => spooled.appendedAtMs + options.maxAgeMs - clock.now();
      const outcome = await deliver(batch, msLeft);
      if (outcome === 'stopped') return;
      books.settled(batch, resultOf(outcome, batch));
      if (outcome !== 'expired') freeBytes(batch.otlp);
      settlement.settled(spooled);
    },
    onUnreadable: health.attempted,
  });
  const memoryBytes = (): number => source.memoryBytes + drain.bytesUnderWay;
  const state = (): SpoolState => {
    const oldest = settlement.oldestAppendedAtMs ?? source.oldestAppendedAtMs;
    const oldestMs = oldest === undefined ? undefined : Math.max(clock.now() - oldest, 0);
    const waiting = source.waiting + drain.underWay;
    const { unusable } = source;
    return { stats: log.stats, unusable, waiting, memoryBytes: memoryBytes(), oldestMs };
  };
  measureSpool(options.metrics, state);
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    giveUp.abort();
    await drain.stop();
    damaged.close();
    await settlement.stop();
    await log.close();
  };
  return {
    sink: async (batch) => {
      if (stopping !== undefined) throw new SinkOverloadedError(STOPPING, RETRY_AFTER_MS);
      const appended = { ...(await append(log, batch, health)), appendedAtMs: clock.now() };
      const fits = memoryBytes() + memoryBytesOf(batch) <= options.memoryBytesMax;
      source.appended({ ...appended, batch: fits ? inOwnMemory(batch) : batch }, fits);
      drain.notify();
      return { accepted: batch.scan.count, refused: [], dropped: [] };
    },
    stop: () => (stopping ??= stop()),
  };
}

function backlogText({ waiting, oldestMs = 0 }: SpoolState): string {
  return `${waiting} batches wait in the spool, the oldest for ${Math.round(oldestMs / 1000)} s`;
}

async function append(
  log: RecordLog,
  batch: SpanBatch,
  health: SpoolHealth,
): Promise<Pick<SpooledBatch, 'position' | 'next'>> {
  const parts = encodeBatchRecord(batch);
  try {
    const position = await log.append(parts);
    const offset = position.offset + recordBytes(parts[0].length + parts[1].length);
    return { position, next: { segment: position.segment, offset } };
  } catch (error) {
    if (error instanceof RecordLogFullError) {
      throw new SinkOverloadedError('the spool is full', RETRY_AFTER_MS, { cause: error });
    }
    health.failed(error);
    throw error;
  }
}

function resultOf(
  outcome: Exclude<Delivered, 'stopped'>,
  batch: SpanBatch,
): Exclude<Delivered, string> {
  if (outcome !== 'expired') return outcome;
  const loss = { reason: 'expired', count: batch.scan.count, message: 'too old' } as const;
  return { accepted: 0, refused: [], dropped: [loss] };
}

interface SpoolHealth {
  /** Undefined: the destination took a batch. */
  readonly attempted: (error: unknown) => void;
  /** Nothing can be written any more until the process starts anew. */
  readonly failed: (error: unknown) => void;
}

function createSpoolHealth(component: ComponentHealth, backlog: () => string): SpoolHealth {
  let hasFailed = false;
  component.ok();
  return {
    attempted: (error) => {
      if (hasFailed) return;
      if (error === undefined) component.ok();
      else component.impaired(`${errorText(error)}: ${backlog()}`);
    },
    failed: (error) => {
      hasFailed = true;
      component.permanent(`the spool cannot be written: ${errorText(error)}`);
    },
  };
}
