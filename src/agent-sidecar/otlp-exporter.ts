import { Buffer } from 'node:buffer';
import { Client, Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import type { Clock } from '../runtime/clock.ts';
import { errorText } from '../runtime/errors.ts';
import { WireError } from '../wire/wire-error.ts';
import { openCollectorChannels } from './collector-channel.ts';
import { createCollectorPool } from './collector-pool.ts';
import type { Collector, CollectorPool } from './collector-pool.ts';
import { parseTargets } from './collector-target.ts';
import type { ReporterConfig } from './config.ts';
import { decodeRejectedSpans, decodeRetryDelay } from './otlp-answer.ts';
import type { ResolveHost } from './resolve-host.ts';

/** One attempt to send did not work. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
  readonly retriable: boolean;
  /** How long the collector wants us to wait; undefined when it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    outcome: { readonly retriable: boolean; readonly retryAfterMs: number | undefined },
    options: ErrorOptions,
  ) {
    super(message, options);
    this.retriable = outcome.retriable;
    this.retryAfterMs = outcome.retryAfterMs;
  }
}

export interface OtlpExporter {
  /**
   * Sends OTLP TracesData bytes as they are; resolves to how many spans the collector did not take.
   * @throws ExportError
   */
  export(otlp: Uint8Array, signal: AbortSignal): Promise<number>;
  close(): void;
}

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const STATUS_DETAILS = 'grpc-status-details-bin';
const CHANNEL_OPTIONS = {
  'grpc.enable_retries': 0,
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 5000,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
};

/** https://opentelemetry.io/docs/specs/otlp/#failures */
const RETRIABLE: ReadonlySet<status> = new Set([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.OUT_OF_RANGE,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);

export interface OtlpExporterDeps {
  readonly clock: Clock;
  readonly resolve: ResolveHost;
}

/**
 * A client of the collectors of `reporter.grpc.host-port`, each address taken in turn.
 * @throws UsageError when there is no address or a TLS file cannot be read
 */
export async function createOtlpExporter(
  config: ReporterConfig,
  deps: OtlpExporterDeps,
): Promise<OtlpExporter> {
  const channels = await openCollectorChannels(config.tls);
  const pool = createCollectorPool({
    ...deps,
    targets: parseTargets(config.hostPort),
    peersMax: config.peers,
    connect: (uri, target) =>
      new Client(uri, channels.credentialsOf(target), {
        ...CHANNEL_OPTIONS,
        ...channels.optionsOf(target),
      }),
  });
  return {
    export: async (otlp, signal) => {
      const collector = await nextCollector(pool);
      try {
        const answer = await call(collector.client, otlp, config.requestTimeoutMs, signal);
        pool.reached(collector);
        return decodeAnswer(answer);
      } catch (error) {
        if (!(error instanceof ExportError)) throw error;
        if (error.retriable && !signal.aborted) pool.failed(collector, error.retryAfterMs);
        else pool.reached(collector);
        throw error;
      }
    },
    close: () => {
      pool.close();
    },
  };
}

async function nextCollector(pool: CollectorPool<Client>): Promise<Collector<Client>> {
  try {
    return await pool.next();
  } catch (error) {
    throw new ExportError(
      errorText(error),
      { retriable: true, retryAfterMs: undefined },
      { cause: error },
    );
  }
}

function call(
  client: Client,
  otlp: Uint8Array,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      running.cancel();
    };
    const running = client.makeUnaryRequest(
      EXPORT,
      asBuffer,
      (answer) => answer,
      otlp,
      new Metadata(),
      { deadline: Date.now() + timeoutMs },
      (error, answer) => {
        signal.removeEventListener('abort', onAbort);
        if (error === null) resolve(answer ?? Buffer.alloc(0));
        else reject(exportError(error));
      },
    );
    if (signal.aborted) running.cancel();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function exportError(error: ServiceError): ExportError {
  const retryAfterMs = retryDelay(error);
  // A collector that is out of resources says so for good unless it names a time.
  const retriable =
    RETRIABLE.has(error.code) ||
    (error.code === status.RESOURCE_EXHAUSTED && retryAfterMs !== undefined);
  const message = `${status[error.code]}: ${error.details}`;
  return new ExportError(message, { retriable, retryAfterMs }, { cause: error });
}

function retryDelay({ metadata }: ServiceError): number | undefined {
  const [details] = metadata.get(STATUS_DETAILS);
  if (!Buffer.isBuffer(details)) return undefined;
  return readableOr(undefined, () => decodeRetryDelay(details));
}

/** An answer that cannot be read still says that the batch was taken. */
function decodeAnswer(answer: Buffer): number {
  return readableOr(0, () => decodeRejectedSpans(answer));
}

function readableOr<T>(fallback: T, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof WireError) return fallback;
    throw error;
  }
}
