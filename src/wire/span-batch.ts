import type { SpanScan } from './span-scan.ts';

/**
 * How the spans arrived; becomes the `format` label of the accounting metrics. Files on disk hold
 * the index: new ones go to the end.
 */
export const WIRE_FORMATS = ['otlp', 'jaeger', 'zipkin'] as const;
export type WireFormat = (typeof WIRE_FORMATS)[number];

/** What carried them; the `transport` label. Files on disk hold the index: new ones go to the end. */
export const TRANSPORTS = ['http', 'grpc', 'udp', 'kafka'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/**
 * What travels between stages: the bytes of one OTLP TracesData message (which are also those of an
 * ExportTraceServiceRequest) and a scan of them. Neither is changed after the batch is made.
 */
export interface SpanBatch {
  /** '' when the deployment has no tenants. */
  readonly tenant: string;
  readonly otlp: Uint8Array;
  readonly scan: SpanScan;
  readonly receivedAtMs: number;
  readonly format: WireFormat;
  /** Known from where the batch is first counted. */
  readonly transport?: Transport;
}

/**
 * What became of a batch: accepted + refused + dropped = its spans, exactly.
 * Refused spans were never taken (the sender is told); dropped spans were given up on here.
 */
export interface Accepted {
  readonly accepted: number;
  readonly refused: readonly SpanLoss[];
  readonly dropped: readonly SpanLoss[];
}

export interface SpanLoss {
  readonly reason: LossReason;
  readonly count: number;
  /** A sentence for the sender: which span, and why. */
  readonly message: string;
}

export const LOSS_REASONS = [
  'invalid_trace_id',
  'invalid_span_id',
  'invalid_parent_span_id',
  'invalid_time',
  'queue_full',
  'too_large',
  'too_many_tenants',
  'filtered',
  'storage_error',
  'export_failed',
  'expired',
  'spool_damaged',
  'shutdown',
] as const;
/** A `reason` label value. */
export type LossReason = (typeof LOSS_REASONS)[number];
