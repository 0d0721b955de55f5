import { describe, expect, it } from 'vitest';
import { formatSpanRates, readSpanCounts } from '../../src/local/span-counts.ts';

const METRICS = `# HELP jaeger_collector_spans_received_total Spans.
# TYPE jaeger_collector_spans_received_total counter
jaeger_collector_spans_received_total{format="otlp",transport="http"} 30
jaeger_collector_spans_received_total{format="jaeger",transport="udp"} 12
jaeger_collector_spans_saved_by_svc_total{svc="cart",result="ok"} 40
jaeger_collector_spans_rejected_total{reason="invalid_trace_id"} 2
jaeger_collector_spans_dropped_total 0
`;

describe('readSpanCounts', () => {
  it('sums a counter over its labels', () => {
    expect(readSpanCounts(METRICS)).toEqual({ received: 42, stored: 40, refused: 2, dropped: 0 });
  });
});

describe('formatSpanRates', () => {
  it('shows rates of what flows and totals of what was lost', () => {
    const before = { received: 10, stored: 10, refused: 1, dropped: 0 };
    const now = { received: 438, stored: 438, refused: 3, dropped: 0 };
    expect(formatSpanRates(before, now, 2)).toBe(
      'received 214 spans/s · stored 214 · refused 3 · dropped 0',
    );
  });
});
