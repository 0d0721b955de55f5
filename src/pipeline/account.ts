import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Accepted, LossReason, SpanBatch } from '../wire/span-batch.ts';
import { createServiceLabels } from './service-labels.ts';
import type { Sink } from './sink.ts';
import { SinkOverloadedError } from './sink.ts';

/** Label values of a receiver's way in. */
export type Transport = 'http' | 'grpc' | 'udp' | 'kafka';

/**
 * The books of a process. At any moment, and exactly: received = accepted + rejected + dropped +
 * in flight. Names are Jaeger v1's where it has them.
 */
export interface Ledger {
  /** A stage that books every batch that passes, for one transport. */
  accounting(transport: Transport, next: Sink): Sink;
  /** Books a request that was refused before anybody could count its spans. */
  requestRefused(transport: Transport, reason: RequestRefusal): void;
}

export type RequestRefusal = 'malformed' | 'too_large' | 'overloaded' | 'unsupported';

export interface LedgerOptions {
  readonly metrics: Registry;
  /** Service names with series of their own; the others share one. */
  readonly serviceNamesMax: number;
}

export function createLedger({ metrics, serviceNamesMax }: LedgerOptions): Ledger {
  const instruments = createInstruments(metrics);
  const services = createServiceLabels(serviceNamesMax);
  return {
    requestRefused: (transport, reason) => {
      instruments.requestsRefused.inc({ transport, reason });
    },
    accounting: (transport, next) => async (batch, signal) => {
      const { format } = batch;
      const bySvc = services.countSpans(batch);
      for (const [svc, count] of bySvc) {
        instruments.received.inc({ svc, format, transport }, count);
      }
      instruments.batchSize.observe(batch.scan.count);
      instruments.inFlight.inc(batch.scan.count);
      try {
        const result = await next(batch, signal);
        const labels = { format, transport };
        bookResult(instruments, labels, result);
        bookSaved(instruments, bySvc, result);
        return result;
      } catch (error) {
        const reason = refusalReason(error);
        instruments.rejected.inc({ format, transport, reason }, batch.scan.count);
        throw error;
      } finally {
        instruments.inFlight.dec(batch.scan.count);
      }
    },
  };
}

interface WayIn {
  readonly format: SpanBatch['format'];
  readonly transport: Transport;
}

type Instruments = ReturnType<typeof createInstruments>;

function createInstruments(metrics: Registry): {
  received: Counter<'svc' | 'format' | 'transport'>;
  accepted: Counter<'format' | 'transport'>;
  rejected: Counter<'format' | 'transport' | 'reason'>;
  dropped: Counter<'format' | 'transport' | 'reason'>;
  saved: Counter<'svc' | 'result'>;
  requestsRefused: Counter<'transport' | 'reason'>;
  inFlight: Gauge;
  batchSize: Histogram;
} {
  const registers = [metrics];
  return {
    received: new Counter({
      name: 'jaeger_collector_spans_received_total',
      help: 'Spans that arrived in a readable request.',
      labelNames: ['svc', 'format', 'transport'],
      registers,
    }),
    accepted: new Counter({
      name: 'jaeger_collector_spans_accepted_total',
      help: 'Spans that were kept: stored, or handed to the next hop.',
      labelNames: ['format', 'transport'],
      registers,
    }),
    rejected: new Counter({
      name: 'jaeger_collector_spans_rejected_total',
      help: 'Spans that were not taken; the sender was told.',
      labelNames: ['format', 'transport', 'reason'],
      registers,
    }),
    dropped: new Counter({
      name: 'jaeger_collector_spans_dropped_total',
      help: 'Spans that were taken and given up on.',
      labelNames: ['format', 'transport', 'reason'],
      registers,
    }),
    saved: new Counter({
      name: 'jaeger_collector_spans_saved_by_svc_total',
      help: 'Spans by service, kept (ok) or lost (err); services of a batch share its losses.',
      labelNames: ['svc', 'result'],
      registers,
    }),
    requestsRefused: new Counter({
      name: 'jaeger_collector_requests_refused_total',
      help: 'Requests that were refused before their spans were counted.',
      labelNames: ['transport', 'reason'],
      registers,
    }),
    inFlight: new Gauge({
      name: 'jaeger_collector_spans_in_flight',
      help: 'Spans received and not yet accepted, rejected or dropped.',
      registers,
    }),
    batchSize: new Histogram({
      name: 'jaeger_collector_batch_size',
      help: 'Spans in a batch.',
      buckets: [1, 10, 100, 500, 1000, 5000, 20_000],
      registers,
    }),
  };
}

function bookResult(instruments: Instruments, labels: WayIn, result: Accepted): void {
  instruments.accepted.inc({ ...labels }, result.accepted);
  for (const { reason, count } of result.refused) {
    instruments.rejected.inc({ ...labels, reason }, count);
  }
  for (const { reason, count } of result.dropped) {
    instruments.dropped.inc({ ...labels, reason }, count);
  }
}

function bookSaved(
  instruments: Instruments,
  bySvc: ReadonlyMap<string, number>,
  { refused, dropped }: Accepted,
): void {
  let lost = 0;
  for (const { count } of refused) lost += count;
  for (const { count } of dropped) lost += count;
  let spans = 0;
  for (const count of bySvc.values()) spans += count;
  for (const [svc, count] of bySvc) {
    // Which service a lost span belonged to is not in the result: each bears its share of what is
    // left to share out, so the sum is exact, and so is a batch of one service.
    const err = Math.min(count, Math.round((lost * count) / spans));
    lost -= err;
    spans -= count;
    if (err > 0) instruments.saved.inc({ svc, result: 'err' }, err);
    if (count > err) instruments.saved.inc({ svc, result: 'ok' }, count - err);
  }
}

function refusalReason(error: unknown): LossReason {
  return error instanceof SinkOverloadedError ? 'queue_full' : 'storage_error';
}
