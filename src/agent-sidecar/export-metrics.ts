import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** Why spans that were taken never reached a collector. */
export type ExportLoss = 'export_failed' | 'expired' | 'rejected' | 'shutdown';

export interface QueueSize {
  readonly batches: number;
  readonly bytes: number;
  readonly spans: number;
}

/** At any moment, and exactly: spans queued in = submitted + dropped + waiting. */
export interface ExportMetrics {
  queued(spans: number): void;
  submitted(spans: number): void;
  dropped(reason: ExportLoss, spans: number): void;
  /** An attempt to send reached a collector, or failed. */
  attempted(isReached: boolean): void;
}

/** Names are those of jaeger-agent's reporter where it has them. */
export function createExportMetrics(metrics: Registry, size: () => QueueSize): ExportMetrics {
  const registers = [metrics];
  const labels = { protocol: 'grpc' };
  const labelNames = ['protocol'];
  const counter = (name: string, help: string): Counter =>
    new Counter({ name: `jaeger_agent_reporter_${name}`, help, labelNames, registers });
  const queued = counter('spans_queued_total', 'Spans taken to be sent to a collector.');
  const spans = counter('spans_submitted_total', 'Spans a collector has taken.');
  const batches = counter('batches_submitted_total', 'Requests a collector has answered well.');
  const failures = counter('batches_failures_total', 'Attempts to send that failed.');
  const dropped = new Counter({
    name: 'jaeger_agent_reporter_spans_failures_total',
    help: 'Spans that were taken and given up on, by reason.',
    labelNames: ['protocol', 'reason'],
    registers,
  });
  const connected = new Gauge({
    name: 'jaeger_agent_connection_status_collector_connected',
    help: '1 when the last attempt to send reached a collector.',
    registers,
  });
  const gauge = (what: keyof QueueSize, help: string): void => {
    new Gauge({
      name: `jaeger_agent_reporter_queue_${what}`,
      help,
      registers,
      collect() {
        this.set(size()[what]);
      },
    });
  };
  gauge('batches', 'Batches that wait for a collector or are on their way.');
  gauge('bytes', 'Bytes of these batches.');
  gauge('spans', 'Spans of these batches.');
  return {
    queued: (count) => {
      queued.inc(labels, count);
    },
    submitted: (count) => {
      spans.inc(labels, count);
      batches.inc(labels);
    },
    dropped: (reason, count) => {
      dropped.inc({ ...labels, reason }, count);
    },
    attempted: (isReached) => {
      connected.set(isReached ? 1 : 0);
      if (!isReached) failures.inc(labels);
    },
  };
}
