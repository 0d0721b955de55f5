import { Buffer } from 'node:buffer';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { Client, Metadata, credentials, status } from '@grpc/grpc-js';
import type { CallOptions, ChannelCredentials, ServiceError } from '@grpc/grpc-js';
import type { ClientTls } from '../runtime/client-tls.ts';
import { parseHostPort } from '../runtime/setting.ts';
import { createConnectLimit } from './grpc-connect-limit.ts';
import { createFailureTexts, failureText } from './grpc-failure-text.ts';

export interface GrpcClientOptions {
  /** A gRPC target: `dns:///host:port`, `ipv4:…`, `unix:…`. */
  readonly target: string;
  /** How long a call may take; for a stream, all of it. */
  readonly timeoutMs: number;
  /** Of a message that is received. */
  readonly messageBytesMax: number;
  /** Whom the server is called, `host:port`, when that is not the target. */
  readonly authority?: string;
  /** Absent: no TLS. */
  readonly tls?: ClientTls | undefined;
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
  private readonly metadata: Metadata;

  constructor(cause: ServiceError, text = failureText(cause.details)) {
    // What it is made of says the same in more words, and is no cause of its own.
    super(`${status[cause.code]}: ${text}`);
    this.code = cause.code;
    this.metadata = cause.metadata;
  }

  /** The first value of a trailer whose name ends in `-bin`. */
  binaryTrailer(name: string): Uint8Array | undefined {
    const [value] = this.metadata.get(name);
    return typeof value === 'string' ? undefined : value;
  }
}

const KEEPALIVE_MS = 30_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;
const RECONNECT_FIRST_MS = 200;
const RECONNECT_MAX_MS = 5000;
const RESOLVE_INTERVAL_MS = 5000;

/** Told to a server that is only known by its address: TLS has no server names that are one. */
const NO_NAME = 'server.invalid';

/**
 * Every address of the target is taken in turn. When other TLS files are in use, new calls go over
 * new connections; those under way end where they began.
 */
export function createGrpcClient(options: GrpcClientOptions): GrpcClient {
  const { tls, timeoutMs } = options;
  const textOf = createFailureTexts(options.target);
  let client = connect(options);
  const retired = new Map<Client, NodeJS.Timeout>();
  const unfollow = tls?.follow(() => {
    const before = client;
    client = connect(options);
    // By then every call on it has ended, or its deadline has ended it.
    const timer = setTimeout(() => {
      retired.delete(before);
      before.close();
    }, timeoutMs).unref();
    retired.set(before, timer);
  });
  const limit = createConnectLimit((stuck) => {
    if (stuck !== client) return;
    client = connect(options);
    stuck.close();
  });
  const callOptions = (): CallOptions => ({ deadline: Date.now() + timeoutMs });
  const watched = (): Client => {
    limit.watch(client);
    return client;
  };
  return {
    unary: (path, message, call) =>
      unary({ client: watched(), path, message, call, textOf }, callOptions()),
    serverStream: (path, message, call) =>
      serverStream({ client: watched(), path, message, call, textOf }, callOptions()),
    close: () => {
      unfollow?.();
      limit.stop();
      for (const [before, timer] of retired) {
        clearTimeout(timer);
        before.close();
      }
      client.close();
    },
  };
}

function connect(options: GrpcClientOptions): Client {
  const { target, tls } = options;
  const hostPort = options.authority ?? authorityOf(target);
  const host = parseHostPort(hostPort)?.host ?? hostPort;
  const name = tls === undefined || tls.serverName === '' ? host : tls.serverName;
  return new Client(target, credentialsOf(tls, name), {
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    'grpc.enable_retries': 0,
    // A new client makes new connections, and does not wait for one that another is waiting for.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_receive_message_length': options.messageBytesMax,
    'grpc.initial_reconnect_backoff_ms': RECONNECT_FIRST_MS,
    'grpc.max_reconnect_backoff_ms': RECONNECT_MAX_MS,
    'grpc.dns_min_time_between_resolutions_ms': RESOLVE_INTERVAL_MS,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    'grpc.ssl_target_name_override': isIP(name) === 0 ? name : NO_NAME,
    'grpc.default_authority': name === host ? hostPort : name,
  });
}

interface RawCall {
  readonly client: Client;
  readonly path: string;
  readonly message: Uint8Array;
  readonly call: CallContext;
  /** What the details of a failure say. */
  readonly textOf: (details: string) => string;
}

function unary(
  { client, path, message, call, textOf }: RawCall,
  options: CallOptions,
): Promise<Buffer> {
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
        else reject(failureOf(error, signal, textOf));
      },
    );
    if (signal.aborted) running.cancel();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

async function* serverStream(
  { client, path, message, call, textOf }: RawCall,
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
    throw failureOf(error, signal, textOf);
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.cancel();
  }
}

/** Why a call failed: the caller's own reason when the caller ended it. */
function failureOf(error: unknown, signal: AbortSignal, textOf: RawCall['textOf']): Error {
  const reason: unknown = signal.aborted ? signal.reason : undefined;
  if (reason instanceof Error) return reason;
  if (isServiceError(error)) return new GrpcCallError(error, textOf(error.details));
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

function authorityOf(target: string): string {
  if (target.startsWith('unix:')) return 'localhost';
  const [first = target] = target.replace(/^[a-z0-9]+:(?:\/\/[^/]*\/)?/, '').split(',');
  return first;
}

/** `name` is checked against the certificate, not an address that was found for it. */
function credentialsOf(tls: ClientTls | undefined, name: string): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  const { ca, keyPair } = tls.files;
  return credentials.createSsl(ca ?? null, keyPair?.key ?? null, keyPair?.cert ?? null, {
    rejectUnauthorized: !tls.skipHostVerify,
    checkServerIdentity: (_name, certificate) => checkServerIdentity(name, certificate),
  });
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
