/** What is asked about the spans of some services. */
export interface MetricsQuestion {
  readonly kind: 'latencies' | 'calls' | 'errors';
  /** 0 to 1, of latencies. */
  readonly quantile: number;
  /** At least one. */
  readonly services: readonly string[];
  /** As in `SpanKind`. */
  readonly spanKinds: readonly string[];
  readonly groupByOperation: boolean;
  readonly endMs: number;
  readonly lookbackMs: number;
  readonly stepMs: number;
  readonly ratePerMs: number;
}

export interface MetricSeries {
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  readonly points: readonly MetricPoint[];
}

export interface MetricPoint {
  readonly timeMs: number;
  readonly value: number;
}

/** A store of metrics computed from spans. */
export interface MetricsReader {
  /** `token`: the client's own, '' without one. @throws MetricsError */
  read(
    question: MetricsQuestion,
    token: string,
    signal: AbortSignal,
  ): Promise<readonly MetricSeries[]>;
  /** Shortest step that makes sense. */
  readonly minStepMs: number;
  close(): Promise<void>;
}

/** Why the store has no answer. */
export class MetricsError extends Error {
  override readonly name = 'MetricsError';
}
