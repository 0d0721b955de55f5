import { pino } from 'pino';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import type { Pipeline } from '../../src/pipeline/pipeline.ts';
import type { Sink } from '../../src/pipeline/sink.ts';
import { startOtlpGrpc } from '../../src/receivers/otlp-grpc.ts';
import { startOtlpHttp } from '../../src/receivers/otlp-http.ts';
import type { OtlpHttpOptions } from '../../src/receivers/otlp-http.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { Running } from '../../src/runtime/running.ts';
import type { Span } from '../../src/model/span.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';

export interface StartedReceiver extends AsyncDisposable {
  readonly port: number;
  /** What arrived at the end of the pipeline. */
  readonly spans: readonly Span[];
  readonly metrics: Registry;
  readonly running: Running;
}

export interface ReceiverOptions {
  /** In place of a sink that keeps everything. */
  readonly sink?: Sink;
  readonly bytesMax?: number;
  readonly bodyBytesMax?: number;
  readonly http?: Partial<OtlpHttpOptions>;
  readonly logger?: Logger;
}

const SILENT = pino({ level: 'silent' });
const LOOPBACK = { host: '127.0.0.1', port: 0 };
const BODY_BYTES_MAX = 64 * 2 ** 20;

export function startHttpReceiver(options: ReceiverOptions = {}): Promise<StartedReceiver> {
  return startReceiver(options, (pipeline, metrics) =>
    startOtlpHttp(
      {
        hostPort: LOOPBACK,
        bodyBytesMax: options.bodyBytesMax ?? BODY_BYTES_MAX,
        limits: {
          headersTimeoutMs: 5000,
          requestTimeoutMs: 10_000,
          idleTimeoutMs: 5000,
          connectionsMax: 100,
        },
        cors: { allowedOrigins: [], allowedHeaders: [] },
        ...options.http,
      },
      { pipeline, metrics, clock: systemClock, logger: options.logger ?? SILENT },
    ),
  );
}

export function startGrpcReceiver(options: ReceiverOptions = {}): Promise<StartedReceiver> {
  return startReceiver(options, (pipeline, metrics) =>
    startOtlpGrpc(
      { hostPort: LOOPBACK, messageBytesMax: options.bodyBytesMax ?? BODY_BYTES_MAX },
      { pipeline, metrics, clock: systemClock, logger: options.logger ?? SILENT },
    ),
  );
}

async function startReceiver(
  options: ReceiverOptions,
  start: (pipeline: Pipeline, metrics: Registry) => Promise<Running>,
): Promise<StartedReceiver> {
  const spans: Span[] = [];
  const metrics = new Registry();
  const pipeline = createPipeline({
    destination:
      options.sink ??
      ((batch) => {
        spans.push(...decodeSpans(batch.otlp));
        return Promise.resolve({ accepted: batch.scan.count, refused: [], dropped: [] });
      }),
    metrics,
    batchesMax: 100,
    bytesMax: options.bytesMax ?? 256 * 2 ** 20,
    serviceNamesMax: 100,
    tags: new Map(),
  });
  const running = await start(pipeline, metrics);
  return {
    port: running.addresses[0]?.port ?? 0,
    spans,
    metrics,
    running,
    [Symbol.asyncDispose]: () => running.stop(),
  };
}
