import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import type { Pipeline } from '../../src/pipeline/pipeline.ts';
import type { Sink } from '../../src/pipeline/sink.ts';
import type { Span } from '../../src/model/span.ts';
import { createJaegerClientStats } from '../../src/receivers/jaeger-client-stats.ts';
import type { JaegerClientStats } from '../../src/receivers/jaeger-client-stats.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';

/** A pipeline whose spans end in the test. */
export interface Intake {
  readonly pipeline: Pipeline;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly clientStats: JaegerClientStats;
  readonly spans: readonly Span[];
  /** Resolves when so many spans have arrived. */
  arrived(count: number): Promise<void>;
}

export function createIntake(before: () => Promise<void> = () => Promise.resolve()): Intake {
  const metrics = new Registry();
  const spans: Span[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const destination: Sink = async (batch) => {
    await before();
    spans.push(...decodeSpans(batch.otlp));
    for (const { count, resolve } of waiting) if (spans.length >= count) resolve();
    return { accepted: batch.scan.count, refused: [], dropped: [] };
  };
  return {
    pipeline: createPipeline({
      destination,
      metrics,
      batchesMax: 100,
      bytesMax: 64 * 1024 * 1024,
      serviceNamesMax: 10,
      tags: new Map(),
    }),
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    metrics,
    clientStats: createJaegerClientStats(metrics, systemClock),
    spans,
    arrived: (count) =>
      new Promise((resolve) => {
        if (spans.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
  };
}

/** Adds up the samples of a metric whose labels match. */
export async function metricValue(
  metrics: Registry,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const metric = await metrics.getSingleMetric(name)?.get();
  return (metric?.values ?? [])
    .filter((sample) =>
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}
