/** What happened to spans since the process started. */
export interface SpanCounts {
  readonly received: number;
  readonly stored: number;
  readonly refused: number;
  readonly dropped: number;
}

const METRICS: Readonly<Record<keyof SpanCounts, string>> = {
  received: 'jaeger_collector_spans_received_total',
  stored: 'jaeger_collector_spans_saved_by_svc_total',
  refused: 'jaeger_collector_spans_rejected_total',
  dropped: 'jaeger_collector_spans_dropped_total',
};

/** The sum of a metric over all its labels, of a /metrics answer in the Prometheus text format. */
export function sumOfMetric(metrics: string, name: string): number {
  return metrics.split('\n').reduce((total, line) => {
    if (!line.startsWith(name) || !/^[{ ]/.test(line.slice(name.length))) return total;
    return total + Number(line.slice(line.lastIndexOf(' ') + 1));
  }, 0);
}

/** The span counters of a /metrics answer. */
export function readSpanCounts(metrics: string): SpanCounts {
  const sum = (name: string): number => sumOfMetric(metrics, name);
  return {
    received: sum(METRICS.received),
    stored: sum(METRICS.stored),
    refused: sum(METRICS.refused),
    dropped: sum(METRICS.dropped),
  };
}

/** One line of rates between two counts. */
export function formatSpanRates(before: SpanCounts, now: SpanCounts, seconds: number): string {
  const rate = (name: keyof SpanCounts): number =>
    Math.round((now[name] - before[name]) / Math.max(seconds, 0.001));
  return (
    `received ${rate('received')} spans/s · stored ${rate('stored')} · ` +
    `refused ${now.refused} · dropped ${now.dropped}`
  );
}
