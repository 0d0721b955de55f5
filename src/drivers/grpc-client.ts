import { Buffer } from 'node:buffer';
import { Client, Metadata, credentials, status } from '@grpc/grpc-js';
import type { CallOptions, ChannelCredentials, ServiceError } from '@grpc/grpc-js';

export interface GrpcClientOptions {
  /** A gRPC target: `dns:///host:port`, `ipv4:…`, `unix:…`. */
  readonly target: string;
  /** How long a call may take; for a stream, all of it. */
  readonly timeoutMs: number;
  /** Of a message that is received. */
  readonly messageBytesMax: number;
  readonly tls?: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  /** Name to expect in the server's certificate instead of the host. */
  readonly serverName?: string;
}

/** One server, called with messages as bytes. Connects when first called, and again when it must. */
export interface GrpcClient {
  /** @throws GrpcCallError, or the signal's reason when it aborts */
  unary(path: string, message: Uint8Array, call: CallContext): Promise<Uint8Array>;
  /** The answers as they come, no faster than they are taken; ending early cancels the call. */
  serverStream(path: string, message: Uint8Array, call: CallContext): AsyncIterable<Uint8Array>;
  close(): void;
}

export interface CallContext {
  readonly signal: AbortSignal;
  readonly headers?: ReadonlyMap<string, string>;
}

/** A call that did not end well. `code` is the gRPC status. */
export class GrpcCallError extends Error {
  override readonly name = 'GrpcCallError';
  readonly code: number;

  constructor(cause: ServiceError) {
    super(`${status[cause.code]}: ${cause.details}`, { cause });
    this.code = cause.code;
  }
}

const KEEPALIVE_MS = 30_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;
const RECONNECT_FIRST_MS = 200;
const RECONNECT_MAX_MS = 5000;
const RESOLVE_INTERVAL_MS = 5000;

/** Every address of the target is taken in turn. */
export function createGrpcClient(options: GrpcClientOptions): GrpcClient {
  const { serverName } = options;
  const client = new Client(options.target, credentialsOf(options), {
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    'grpc.enable_retries': 0,
    'grpc.max_receive_message_length': options.messageBytesMax,
    'grpc.initial_reconnect_backoff_ms': RECONNECT_FIRST_MS,
    'grpc.max_reconnect_backoff_ms': RECONNECT_MAX_MS,
    'grpc.dns_min_time_between_resolutions_ms': RESOLVE_INTERVAL_MS,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    ...(serverName === undefined
      ? {}
      : { 'grpc.ssl_target_name_override': serverName, 'grpc.default_authority': serverName }),
  });
  const callOptions = (): CallOptions => ({ deadline: Date.now() + options.timeoutMs });
  return {
    unary: (path, message, call) => unary({ client, path, message, call }, callOptions()),
    serverStream: (path, message, call) =>
      serverStream({ client, path, message, call }, callOptions()),
    close: () => {
      client.close();
    },
  };
}

interface RawCall {
  readonly client: Client;
  readonly path: string;
  readonly message: Uint8Array;
  readonly call: CallContext;
}

function unary({ client, path, message, call }: RawCall, options: CallOptions): Promise<Buffer> {
  const { signal } = call;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      running.cancel();
    };
    const running = client.makeUnaryRequest(
      path,
      asBuffer,
      (answer) => answer,
      message,
      metadataOf(call),
      options,
      (error, answer) => {
        signal.removeEventListener('abort', onAbort);
        if (error === null) resolve(answer ?? Buffer.alloc(0));
        else reject(failureOf(error, signal));
      },
    );
    if (signal.aborted) running.cancel();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

async function* serverStream(
  { client, path, message, call }: RawCall,
  options: CallOptions,
): AsyncGenerator<Uint8Array> {
  const { signal } = call;
  const stream = client.makeServerStreamRequest(
    path,
    asBuffer,
    (answer) => answer,
    message,
    metadataOf(call),
    options,
  );
  const onAbort = (): void => {
    stream.cancel();
  };
  if (signal.aborted) stream.cancel();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const answer of stream) {
      const bytes: unknown = answer;
      if (!Buffer.isBuffer(bytes)) throw new TypeError('a gRPC stream must give bytes');
      yield bytes;
    }
  } catch (error) {
    throw failureOf(error, signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.cancel();
  }
}

/** Why a call failed: the caller's own reason when the caller ended it. */
function failureOf(error: unknown, signal: AbortSignal): Error {
  const reason: unknown = signal.aborted ? signal.reason : undefined;
  if (reason instanceof Error) return reason;
  if (isServiceError(error)) return new GrpcCallError(error);
  return error instanceof Error ? error : new Error(String(error));
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error;
}

function metadataOf({ headers }: CallContext): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of headers ?? []) metadata.set(name, value);
  return metadata;
}

function credentialsOf({ tls }: GrpcClientOptions): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  return credentials.createSsl(tls.ca ?? null, tls.key ?? null, tls.cert ?? null);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
