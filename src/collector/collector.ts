import { loadRules } from '../pipeline/load-rules.ts';
import { openAcknowledge } from '../pipeline/open-acknowledge.ts';
import { parseTags } from '../pipeline/parse-tags.ts';
import { createPipeline, storageSink } from '../pipeline/pipeline.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { createJaegerClientStats } from '../receivers/jaeger-client-stats.ts';
import type { JaegerClientStats } from '../receivers/jaeger-client-stats.ts';
import { processEnvironment } from '../runtime/env.ts';
import { startInOrder } from '../runtime/running.ts';
import type { Running } from '../runtime/running.ts';
import type { TraceWriter } from '../storage/storage.ts';
import type { CollectorConfig } from './config.ts';
import { jaegerReceivers, otlpReceivers, zipkinReceivers } from './receivers.ts';
import type { ReceiverDeps } from './receivers.ts';

export interface CollectorDeps extends Omit<ReceiverDeps, 'pipeline' | 'clientStats'> {
  /** The storage spans go to; stays open when the collector stops. */
  readonly storage: { readonly writer: TraceWriter };
}

export interface Collector extends Running {
  /** A way in for receivers that somebody else starts in the same process. */
  readonly pipeline: Pipeline;
  /** For the same. */
  readonly clientStats: JaegerClientStats;
}

/**
 * Receivers → pipeline → storage. Stopping finishes the batches that were taken.
 * @throws UsageError for tags that are not key=value and for rules that are not allowed, ListenError for an address in use
 */
export async function startCollector(
  config: CollectorConfig,
  deps: CollectorDeps,
): Promise<Collector> {
  const tags = parseTags('collector.tags', config.tags, processEnvironment());
  const rules = await loadRules(config.rules);
  const pipeline = createPipeline({
    acknowledge: await openAcknowledge(
      { ...config.acknowledge, queueSize: config.queueSize },
      deps,
    ),
    destination: storageSink(deps.storage.writer),
    metrics: deps.metrics,
    batchesMax: config.queueSize,
    bytesMax: config.maxBytesInFlight,
    serviceNamesMax: config.maxServiceNames,
    tags,
    rules,
    measureSpans: config.rules.enableSpanSizeMetrics,
  });
  const clientStats = createJaegerClientStats(deps.metrics, deps.clock);
  const receiverDeps = { ...deps, pipeline, clientStats };
  const running = await startInOrder([
    () => Promise.resolve({ addresses: [], stop: () => pipeline.stop() }),
    ...jaegerReceivers(config, receiverDeps),
    ...otlpReceivers(config, receiverDeps),
    ...zipkinReceivers(config, receiverDeps),
  ]);
  return { ...running, pipeline, clientStats };
}
