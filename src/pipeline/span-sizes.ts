import { Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Sink } from './sink.ts';

/** A stage that measures spans, in bytes of OTLP; no stage at all when it is not enabled. */
export function measuringSpans(next: Sink, isEnabled: boolean, metrics: Registry): Sink {
  if (!isEnabled) return next;
  const sizes = new Histogram({
    name: 'jaeger_collector_span_size_bytes',
    help: 'Bytes of each span as OTLP, without its resource and scope.',
    buckets: [128, 256, 512, 1024, 2048, 4096, 16_384, 65_536, 1_048_576],
    registers: [metrics],
  });
  return (batch, signal) => {
    const { spanStarts, spanEnds } = batch.scan;
    spanStarts.forEach((start, row) => {
      sizes.observe((spanEnds[row] ?? start) - start);
    });
    return next(batch, signal);
  };
}
