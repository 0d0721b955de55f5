import { Buffer } from 'node:buffer';
import type { Registry } from 'prom-client';
import type { RoomBehind } from '../pipeline/byte-budget.ts';
import { SinkOverloadedError } from '../pipeline/sink.ts';
import type { Sink } from '../pipeline/sink.ts';
import type { Clock } from '../runtime/clock.ts';
import { freeBytes } from '../runtime/free-bytes.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Accepted, SpanBatch } from '../wire/span-batch.ts';
import type { ReporterConfig } from './config.ts';
import { createDelivery } from './delivery.ts';
import type { Parcel } from './delivery.ts';
import { createExportMetrics } from './export-metrics.ts';
import type { QueueSize } from './export-metrics.ts';
import type { OtlpExporter } from './otlp-exporter.ts';

export interface ExportQueueDeps {
  readonly exporter: OtlpExporter;
  readonly metrics: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface ExportQueue {
  /** Resolves once a batch is in memory; rejects with SinkOverloadedError when there is no room. */
  readonly sink: Sink;
  /** For receivers: what would be refused need not be read. */
  readonly room: RoomBehind;
  /** Goes on sending for the drain time, then drops and counts what is left. */
  stop(): Promise<void>;
}

/** Batches are put together up to here: collectors take 4 MiB a message by default. */
const REQUEST_BYTES_MAX = 1024 * 1024;
const RETRY_AFTER_MS = 1000;

/** Of a batch, what is needed to send it: its scan would only take memory. */
interface Waiting {
  readonly otlp: Uint8Array;
  readonly spans: number;
  readonly since: number;
}

/**
 * A bounded queue in memory between the receivers and the collectors. Every span that was taken is
 * sent, or dropped and counted with a reason.
 */
export function createExportQueue(config: ReporterConfig, deps: ExportQueueDeps): ExportQueue {
  const { clock, exporter } = deps;
  const waiting: Waiting[] = [];
  const size = { batches: 0, bytes: 0, spans: 0 };
  const metrics = createExportMetrics(deps.metrics, () => size);
  const giveUp = new AbortController();
  let isAnswered = true;
  const onAttempt = (wasAnswered: boolean): void => {
    isAnswered = wasAnswered;
  };
  const deliver = createDelivery(config, { ...deps, metrics, onAttempt }, giveUp.signal);
  const underWay = new Set<Promise<void>>();
  let stopping: Promise<void> | undefined;
  let onRoom = (): void => undefined;

  const sendWaiting = (): void => {
    // Each attempt copies its request: while none works, one at a time says as much as several.
    while (waiting.length > 0 && underWay.size < (isAnswered ? config.concurrency : 1)) {
      const parcel = takeParcel(waiting);
      const sent = deliver(parcel).finally(() => {
        underWay.delete(sent);
        shrink(size, parcel);
        freeBytes(parcel.otlp);
        sendWaiting();
        onRoom();
      });
      underWay.add(sent);
    }
  };
  const drain = async (): Promise<void> => {
    const drained = new AbortController();
    const timeout = clock.sleep(config.drainTimeoutMs, drained.signal).then(
      () => {
        giveUp.abort();
      },
      () => undefined,
    );
    while (underWay.size > 0) await Promise.all(underWay);
    drained.abort();
    await timeout;
    exporter.close();
  };
  return {
    sink: (batch) => {
      const { length } = batch.otlp;
      if (length > config.queueBytes) return Promise.resolve(tooLarge(batch, config));
      const full = roomProblem(length, size, config);
      if (stopping !== undefined) return refuse('the agent is stopping');
      if (full !== undefined) return refuse(full);
      size.batches += 1;
      size.bytes += length;
      size.spans += batch.scan.count;
      metrics.queued(batch.scan.count);
      const otlp = new Uint8Array(batch.otlp);
      waiting.push({ otlp, spans: batch.scan.count, since: clock.monotonic() });
      sendWaiting();
      return Promise.resolve({ accepted: batch.scan.count, refused: [], dropped: [] });
    },
    room: {
      problem: (bytes) => roomProblem(Math.min(bytes, config.queueBytes), size, config),
      onRoom: (listener) => {
        onRoom = listener;
      },
    },
    stop: () => (stopping ??= drain()),
  };
}

/** What can never wait here is refused for good. */
function tooLarge({ otlp, scan }: SpanBatch, { queueBytes }: ReporterConfig): Accepted {
  const message = `${otlp.length} bytes of spans are more than the ${queueBytes} that may wait for a collector`;
  const refused = [{ reason: 'too_large' as const, count: scan.count, message }];
  return { accepted: 0, refused, dropped: [] };
}

function refuse(message: string): Promise<never> {
  return Promise.reject(new SinkOverloadedError(message, RETRY_AFTER_MS));
}

function roomProblem(bytes: number, size: QueueSize, config: ReporterConfig): string | undefined {
  const fits = size.bytes + bytes <= config.queueBytes;
  if (fits && size.batches < config.queueBatches) return undefined;
  return `${size.batches} batches of ${size.bytes} bytes wait for a collector`;
}

/** Takes the oldest batches, one at least, as one message: fields of messages simply add up. */
function takeParcel(waiting: Waiting[]): Parcel {
  let bytes = 0;
  const end = waiting.findIndex(({ otlp }, index) => {
    bytes += otlp.length;
    return index > 0 && bytes > REQUEST_BYTES_MAX;
  });
  const taken = waiting.splice(0, end < 0 ? waiting.length : end);
  const [first] = taken;
  return {
    otlp: taken.length === 1 && first ? first.otlp : joined(taken),
    batches: taken.length,
    spans: taken.reduce((sum, { spans }) => sum + spans, 0),
    since: first?.since ?? 0,
  };
}

function joined(taken: readonly Waiting[]): Uint8Array {
  const all = Buffer.concat(taken.map(({ otlp }) => otlp));
  for (const { otlp } of taken) freeBytes(otlp);
  return all;
}

function shrink(size: { -readonly [K in keyof QueueSize]: number }, parcel: Parcel): void {
  size.batches -= parcel.batches;
  size.bytes -= parcel.otlp.length;
  size.spans -= parcel.spans;
}
