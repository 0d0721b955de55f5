import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { Client, Metadata, credentials, status } from '@grpc/grpc-js';
import type { ChannelCredentials, ChannelOptions, ServiceError } from '@grpc/grpc-js';
import type { Clock } from '../runtime/clock.ts';
import { UsageError, errorText } from '../runtime/errors.ts';
import { formatHostPort } from '../runtime/setting.ts';
import { WireError } from '../wire/wire-error.ts';
import { createCollectorPool } from './collector-pool.ts';
import type { Collector, CollectorPool } from './collector-pool.ts';
import { parseTargets } from './collector-target.ts';
import type { CollectorTarget } from './collector-target.ts';
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
const KEEPALIVE_MS = 30_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;
const RECONNECT_FIRST_MS = 200;
const RECONNECT_MAX_MS = 5000;
/** Told to a collector that is only known by its address: TLS has no server names that are one. */
const NO_NAME = 'collector.invalid';

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
  const credentialsOf = await readCredentials(config.tls);
  const pool = createCollectorPool({
    ...deps,
    targets: parseTargets(config.hostPort),
    peersMax: config.peers,
    connect: (uri, target) =>
      new Client(uri, credentialsOf(target), channelOptions(target, config.tls.serverName)),
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

function channelOptions({ host, port }: CollectorTarget, serverName: string): ChannelOptions {
  return {
    'grpc.enable_retries': 0,
    'grpc.initial_reconnect_backoff_ms': RECONNECT_FIRST_MS,
    'grpc.max_reconnect_backoff_ms': RECONNECT_MAX_MS,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    'grpc.ssl_target_name_override': isIP(serverName || host) === 0 ? serverName || host : NO_NAME,
    'grpc.default_authority': serverName === '' ? formatHostPort({ host, port }) : serverName,
  };
}

type CredentialsOf = (target: CollectorTarget) => ChannelCredentials;

/** The name of the target is checked against the certificate, not an address found for it. */
async function readCredentials(tls: ReporterConfig['tls']): Promise<CredentialsOf> {
  const files = [
    ['ca', tls.ca],
    ['key', tls.key],
    ['cert', tls.cert],
  ] as const;
  if (!tls.enabled) {
    const set = files.find(([, path]) => path !== '');
    if (set === undefined) return () => credentials.createInsecure();
    throw new UsageError(
      `reporter.grpc.tls.${set[0]} is given without reporter.grpc.tls.enabled=true`,
    );
  }
  const [ca, key, cert] = await Promise.all(files.map(([name, path]) => readPem(name, path)));
  return ({ host }) =>
    credentials.createSsl(ca ?? null, key ?? null, cert ?? null, {
      rejectUnauthorized: !tls.skipHostVerify,
      checkServerIdentity: (_name, certificate) =>
        checkServerIdentity(tls.serverName || host, certificate),
    });
}

async function readPem(name: string, path: string): Promise<Buffer | null> {
  if (path === '') return null;
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`reporter.grpc.tls.${name}: ${path} cannot be read`, { cause: error });
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
