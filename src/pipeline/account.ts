import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Accepted, LossReason, SpanBatch, SpanLoss, Transport } from '../wire/span-batch.ts';
import { createServiceLabels } from './service-labels.ts';
import type { ServiceLabels } from './service-labels.ts';
import type { Sink } from './sink.ts';
import { SinkOverloadedError } from './sink.ts';

/**
 * The books of a process. At any moment, and exactly: received + replayed = accepted + rejected +
 * dropped + in flight, accepted being stored. A span that is acknowledged before it is stored stays
 * in flight until it is stored or given up on. Names are Jaeger v1's where it has them.
 */
export interface Ledger {
  /** A stage that books every batch that passes, for one transport. */
  accounting(transport: Transport, next: Sink): Sink;
  /** Books a request that was refused before anybody could count its spans. */
  requestRefused(transport: Transport, reason: RequestRefusal): void;
  /** For batches that were acknowledged before their end was known. */
  readonly late: LateBooks;
}

/** Books what becomes of acknowledged spans, each once. */
export interface LateBooks {
  /** Spans that a former run of the process acknowledged come into the books of this one. */
  replayed(from: WayIn, spans: number): void;
  /** A batch has come to its end: what the destination refused of it is dropped here. */
  settled(batch: SpanBatch, result: Accepted): void;
  /** Of a batch that cannot be read any more. */
  dropped(from: WayIn, reason: LossReason, spans: number): void;
}

/** Whose labels spans are booked under. */
export type WayIn = Pick<SpanBatch, 'format' | 'transport'>;

export type RequestRefusal =
  'malformed' | 'too_large' | 'overloaded' | 'unsupported' | 'timed_out' | 'unknown_tenant';

export interface LedgerOptions {
  readonly metrics: Registry;
  /** Service names with series of their own; the others share one. */
  readonly serviceNamesMax: number;
  /** Whether what the pipeline accepts is merely acknowledged, and booked late. */
  readonly isEarly: boolean;
}

export function createLedger({ metrics, serviceNamesMax, isEarly }: LedgerOptions): Ledger {
  const instruments = createInstruments(metrics);
  const services = createServiceLabels(serviceNamesMax);
  return {
    late: createLateBooks(instruments, services),
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
      const labels = { format, transport };
      try {
        const result = await next(isEarly ? { ...batch, transport } : batch, signal);
        bookResult(instruments, labels, isEarly ? { ...result, accepted: 0 } : result);
        bookServices(instruments, bySvc, { ...result, keptIsKnown: !isEarly });
        return result;
      } catch (error) {
        instruments.rejected.inc({ ...labels, reason: refusalReason(error) }, batch.scan.count);
        instruments.inFlight.dec(batch.scan.count);
        throw error;
      }
    },
  };
}

function createLateBooks(instruments: Instruments, services: ServiceLabels): LateBooks {
  return {
    replayed: ({ format, transport = UNKNOWN }, spans) => {
      instruments.replayed.inc({ format, transport }, spans);
      instruments.inFlight.inc(spans);
    },
    settled: (batch, { accepted, refused, dropped }) => {
      const { format, transport = UNKNOWN } = batch;
      // Nobody waits for an answer any more: a refusal is a loss.
      const result = { accepted, refused: [], dropped: [...refused, ...dropped] };
      bookResult(instruments, { format, transport }, result);
      bookServices(instruments, services.countSpans(batch), { ...result, keptIsKnown: true });
    },
    dropped: ({ format, transport = UNKNOWN }, reason, spans) => {
      instruments.dropped.inc({ format, transport, reason }, spans);
      instruments.inFlight.dec(spans);
    },
  };
}

/** The transport of a batch whose way in was not written down. */
const UNKNOWN = 'unknown';

interface Labels {
  readonly format: SpanBatch['format'];
  readonly transport: Transport | typeof UNKNOWN;
}

type Instruments = ReturnType<typeof createInstruments>;

function createInstruments(metrics: Registry): {
  received: Counter<'svc' | 'format' | 'transport'>;
  replayed: Counter<'format' | 'transport'>;
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
    replayed: new Counter({
      name: 'jaeger_collector_spans_replayed_total',
      help: 'Spans that a former run acknowledged, read back from the spool: received + replayed = accepted + rejected + dropped + in flight.',
      labelNames: ['format', 'transport'],
      registers,
    }),
    accepted: new Counter({
      name: 'jaeger_collector_spans_accepted_total',
      help: 'Spans that were stored; an acknowledgement alone does not count. Of an agent: that are in its queue, whose books are jaeger_agent_reporter_spans_….',
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
      help: 'Spans by service, kept (ok) or lost (err); services of a batch share its losses. Spans that a rule filters are neither.',
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
      help: 'Spans received or replayed and not yet accepted, rejected or dropped; those that wait in memory or in the spool are among them.',
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

function bookResult(instruments: Instruments, labels: Labels, result: Accepted): void {
  let spans = result.accepted;
  instruments.accepted.inc({ ...labels }, result.accepted);
  for (const { reason, count } of result.refused) {
    instruments.rejected.inc({ ...labels, reason }, count);
    spans += count;
  }
  for (const { reason, count } of result.dropped) {
    instruments.dropped.inc({ ...labels, reason }, count);
    spans += count;
  }
  instruments.inFlight.dec(spans);
}

/**
 * Which service a lost or filtered span belonged to is not in the result: services bear their shares.
 * What a rule filters is neither saved nor lost, and in no series here.
 */
function bookServices(
  instruments: Instruments,
  bySvc: ReadonlyMap<string, number>,
  result: Accepted & { readonly keptIsKnown: boolean },
): void {
  const losses = [...result.refused, ...result.dropped];
  const filtered = losses.filter(({ reason }) => reason === 'filtered');
  const wanted = lessShares(bySvc, spansOf(filtered));
  const kept = lessShares(wanted, spansOf(losses) - spansOf(filtered));
  for (const [svc, count] of wanted) {
    const ok = kept.get(svc) ?? 0;
    if (count > ok) instruments.saved.inc({ svc, result: 'err' }, count - ok);
    if (ok > 0 && result.keptIsKnown) instruments.saved.inc({ svc, result: 'ok' }, ok);
  }
}

function spansOf(losses: readonly SpanLoss[]): number {
  return losses.reduce((sum, { count }) => sum + count, 0);
}

/**
 * The counts less `total` in all, shared out in proportion: of what is left to share each time, so
 * that the sum is exact, and so is a batch of one service.
 */
function lessShares(counts: ReadonlyMap<string, number>, total: number): Map<string, number> {
  let spans = 0;
  for (const count of counts.values()) spans += count;
  let left = total;
  const rest = new Map<string, number>();
  for (const [svc, count] of counts) {
    const share = spans === 0 ? 0 : Math.min(count, Math.round((left * count) / spans));
    left -= share;
    spans -= count;
    rest.set(svc, count - share);
  }
  return rest;
}

function refusalReason(error: unknown): LossReason {
  return error instanceof SinkOverloadedError ? 'queue_full' : 'storage_error';
}
