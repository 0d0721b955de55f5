import { createPipeline, storageSink } from '../pipeline/pipeline.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { startOtlpGrpc } from '../receivers/otlp-grpc.ts';
import { startOtlpHttp } from '../receivers/otlp-http.ts';
import { UsageError } from '../runtime/errors.ts';
import { withHost } from '../runtime/listen.ts';
import { startInOrder } from '../runtime/running.ts';
import type { RoleDeps, Running } from '../runtime/running.ts';
import type { TraceWriter } from '../storage/storage.ts';
import type { CollectorConfig } from './config.ts';

export interface CollectorDeps extends RoleDeps {
  /** The storage spans go to; stays open when the collector stops. */
  readonly storage: { readonly writer: TraceWriter };
}

/**
 * Receivers → pipeline → storage. Stopping finishes the batches that were taken.
 * @throws UsageError for tags that are not key=value, ListenError for an address in use
 */
export function startCollector(config: CollectorConfig, deps: CollectorDeps): Promise<Running> {
  const pipeline = createPipeline({
    destination: storageSink(deps.storage.writer),
    metrics: deps.metrics,
    batchesMax: config.queueSize,
    bytesMax: config.maxBytesInFlight,
    serviceNamesMax: config.maxServiceNames,
    tags: parseTags(config.tags),
  });
  return startInOrder(config.otlp.enabled ? otlpReceivers(config.otlp, deps, pipeline) : []);
}

function otlpReceivers(
  { grpc, http }: CollectorConfig['otlp'],
  deps: CollectorDeps,
  pipeline: Pipeline,
): readonly (() => Promise<Running>)[] {
  const receiverDeps = { pipeline, clock: deps.clock, logger: deps.logger };
  return [
    () =>
      startOtlpGrpc(
        {
          hostPort: withHost(grpc.hostPort, deps.listenHost),
          messageBytesMax: grpc.maxMessageSize,
        },
        receiverDeps,
      ),
    () =>
      startOtlpHttp(
        {
          hostPort: withHost(http.hostPort, deps.listenHost),
          bodyBytesMax: http.maxBodySize,
          limits: {
            headersTimeoutMs: http.readHeaderTimeoutMs,
            requestTimeoutMs: http.readTimeoutMs,
            idleTimeoutMs: http.idleTimeoutMs,
            connectionsMax: http.maxConnections,
          },
          cors: {
            allowedOrigins: http.corsAllowedOrigins,
            allowedHeaders: http.corsAllowedHeaders,
          },
        },
        receiverDeps,
      ),
  ];
}

function parseTags(tags: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    tags.map((tag) => {
      const at = tag.indexOf('=');
      if (at < 1) throw new UsageError(`collector.tags: ${JSON.stringify(tag)} is not key=value`);
      return [tag.slice(0, at).trim(), tag.slice(at + 1).trim()];
    }),
  );
}
