import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { Client, Metadata, credentials, status } from '@grpc/grpc-js';
import type { ChannelCredentials, ChannelOptions, ServiceError } from '@grpc/grpc-js';
import { UsageError } from '../runtime/errors.ts';
import { WireError } from '../wire/wire-error.ts';
import type { ReporterConfig } from './config.ts';
import { decodeRejectedSpans, decodeRetryDelay } from './otlp-answer.ts';

/** One attempt to send did not work. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
  readonly retriable: boolean;
  /** How long the collector wants us to wait; undefined when it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(cause: ServiceError, retriable: boolean, retryAfterMs: number | undefined) {
    super(`${status[cause.code]}: ${cause.details}`, { cause });
    this.retriable = retriable;
    this.retryAfterMs = retryAfterMs;
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
/** New collectors behind a name are found within this time. */
const RESOLVE_INTERVAL_MS = 5000;

/** https://opentelemetry.io/docs/specs/otlp/#failures */
const RETRIABLE: ReadonlySet<status> = new Set([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.OUT_OF_RANGE,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);

/**
 * A client of the collectors of `reporter.grpc.host-port`, taken in turn; each name is resolved to
 * all its addresses, which are taken in turn too.
 * @throws UsageError when there is no address or a TLS file cannot be read
 */
export async function createOtlpExporter(config: ReporterConfig): Promise<OtlpExporter> {
  const targets = parseTargets(config.hostPort);
  const channelCredentials = await readCredentials(config.tls);
  const options = channelOptions(config);
  const clients = targets.map((target) => new Client(target, channelCredentials, options));
  let turn = 0;
  return {
    export: async (otlp, signal) => {
      const client = clients[turn++ % clients.length];
      if (client === undefined) throw new Error('no collector');
      return decodeAnswer(await call(client, otlp, config.requestTimeoutMs, signal));
    },
    close: () => {
      for (const client of clients) client.close();
    },
  };
}

/** gRPC targets of a comma list of `host:port`, with `dns:///` or without. */
export function parseTargets(list: string): readonly string[] {
  const targets = list
    .split(',')
    .map((target) => target.trim())
    .filter((target) => target !== '')
    .map((target) => (/^(dns|ipv4|ipv6|unix):/.test(target) ? target : `dns:///${target}`));
  const bad = targets.find((target) => !target.startsWith('unix:') && !/:\d+$/.test(target));
  if (targets.length === 0 || bad !== undefined) {
    const given = bad === undefined ? 'no collector is named' : `${bad} has no port`;
    throw new UsageError(`reporter.grpc.host-port: ${given}; give host:port or dns:///host:port`);
  }
  return targets;
}

function channelOptions(config: ReporterConfig): ChannelOptions {
  const { serverName } = config.tls;
  return {
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    'grpc.enable_retries': 0,
    'grpc.initial_reconnect_backoff_ms': RECONNECT_FIRST_MS,
    'grpc.max_reconnect_backoff_ms': RECONNECT_MAX_MS,
    'grpc.dns_min_time_between_resolutions_ms': RESOLVE_INTERVAL_MS,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    ...(serverName === ''
      ? {}
      : { 'grpc.ssl_target_name_override': serverName, 'grpc.default_authority': serverName }),
  };
}

async function readCredentials(tls: ReporterConfig['tls']): Promise<ChannelCredentials> {
  const files = [
    ['ca', tls.ca],
    ['key', tls.key],
    ['cert', tls.cert],
  ] as const;
  if (!tls.enabled) {
    const set = files.find(([, path]) => path !== '');
    if (set === undefined) return credentials.createInsecure();
    throw new UsageError(
      `reporter.grpc.tls.${set[0]} is given without reporter.grpc.tls.enabled=true`,
    );
  }
  const [ca, key, cert] = await Promise.all(files.map(([name, path]) => readPem(name, path)));
  return credentials.createSsl(ca ?? null, key ?? null, cert ?? null);
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
  return new ExportError(error, retriable, retryAfterMs);
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
