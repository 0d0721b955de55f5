import { createSecureServer, createServer } from 'node:http2';
import type {
  Http2SecureServer,
  Http2Server,
  ServerHttp2Session,
  SecureServerOptions,
} from 'node:http2';
import { Server as NetServer } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Registry } from 'prom-client';
import { connectionEndCounter } from '../connection-ends.ts';
import { listen } from '../listen.ts';
import type { Logger } from '../logger.ts';
import type { Running } from '../running.ts';
import type { HostPort } from '../setting.ts';
import type { ServerTls } from '../tls.ts';
import { serveCall } from './grpc-call.ts';
import { UNSEEN_RESETS, createGrpcConnection } from './grpc-connection.ts';
import type { GrpcConnection } from './grpc-connection.ts';
import { DEFAULT_GRPC_LIMITS } from './grpc-limits.ts';
import type { GrpcLimits } from './grpc-limits.ts';
import type { GrpcMethod, GrpcStatus, MessageBudget } from './grpc-service.ts';
import { NO_BUDGET } from './no-budget.ts';
import { healthMethods } from './health-service.ts';
import { reflectionMethods } from './reflection-service.ts';
import type { ProtoFile } from './reflection-service.ts';
import type { GrpcRefusal } from './refused-error.ts';
import type { ServedMethod } from './served-call.ts';

export interface GrpcServerOptions {
  /** What the address is called in errors and in `Running.addresses`. */
  readonly name: string;
  readonly hostPort: HostPort;
  readonly methods: readonly GrpcMethod[];
  /** Of a message as sent and of the inflated one. */
  readonly messageBytesMax: number;
  /** Memory for messages until their calls are answered. Absent: only each message is limited. */
  readonly budget?: MessageBudget;
  /** The status for what a method rejects with, or the budget throws, when it is no GrpcError. */
  readonly statusOf: (error: unknown) => GrpcStatus;
  readonly tls?: ServerTls | undefined;
  readonly limits?: Partial<GrpcLimits>;
  /** Asked by grpc.health.v1; absent: always. While it stops a server says that it does not serve. */
  readonly isHealthy?: () => boolean;
  /** Names besides those of services here that clients ask the health of. */
  readonly healthNames?: readonly string[];
  /** Descriptors for reflection; without any there is no reflection. */
  readonly protoFiles?: readonly ProtoFile[];
  readonly onRefused?: (reason: GrpcRefusal) => void;
  /** Where the connections are counted that it ends. */
  readonly metrics?: Registry | undefined;
  /** Where a line is written for each connection that was ended for abuse. */
  readonly logger?: Pick<Logger, 'warn'> | undefined;
}

/**
 * What a client may send on one call before the server has taken it in, more than a round trip's
 * worth. Of a call that waits for its memory so much is kept outside of the budget.
 */
const STREAM_WINDOW_BYTES = 256 * 1024;
const CONNECTION_WINDOW_BYTES = 16 * 2 ** 20;
/** Of health and reflection. */
const SMALL_MESSAGE_BYTES_MAX = 64 * 1024;
const HEADER_LIST_BYTES_MAX = 16 * 1024;
/** Node's accounting of a session: its streams and what waits to be written. */
const SESSION_MEMORY_MIB = 10;
/** Frames that break the protocol, and streams beyond the limit, before a connection is ended. */
const BAD_FRAMES_MAX = 50;
const UNKNOWN_PROTOCOL_TIMEOUT_MS = 10_000;
/** How often limits on time are looked after, at most. */
const CHECK_INTERVAL_MS = 1000;
const CHECK_INTERVAL_MIN_MS = 20;
/** How long a stopping server waits for calls under way before it cuts them off. */
const DRAIN_MS = 10_000;

/**
 * A gRPC server on HTTP/2, with health and reflection beside its methods. Stopping refuses new
 * connections, sends the clients away, and lets running calls finish.
 * @throws ListenError
 */
export async function startGrpcServer(options: GrpcServerOptions): Promise<Running> {
  const { name, hostPort, tls } = options;
  const limits = { ...DEFAULT_GRPC_LIMITS, ...options.limits };
  const stopping = new AbortController();
  const connections = new Map<ServerHttp2Session, GrpcConnection>();
  const settings = {
    methods: methodTable(options, stopping.signal),
    statusOf: options.statusOf,
    onRefused: (reason: GrpcRefusal) => options.onRefused?.(reason),
  };
  const countEnd = connectionEndCounter(options.metrics, name);
  const server = createHttp2Server(limits, tls);
  server.maxConnections = limits.connectionsMax;
  server.on('drop', () => {
    countEnd('too_many');
  });
  server.on('session', (session: ServerHttp2Session) => {
    if (stopping.signal.aborted) {
      session.destroy();
      return;
    }
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    session.once('close', () => connections.delete(session));
    const { remoteAddress } = session.socket;
    const connection = createGrpcConnection(session, {
      limits,
      now: () => performance.now(),
      serve: (stream, headers) => serveCall(stream, headers, settings),
      onEnded: (reason, why) => {
        countEnd(reason);
        if (reason === 'abuse') {
          options.logger?.warn({ server: name, client: remoteAddress, why }, 'a client is cut off');
        }
      },
    });
    connections.set(session, connection);
  });
  const port = await listen(server, hostPort, name);
  if (server instanceof TlsServer) tls?.follow(server);
  const checks = setInterval(() => {
    for (const connection of connections.values()) connection.check();
  }, checkIntervalMs(limits)).unref();
  const stop = async (): Promise<void> => {
    stopping.abort();
    const closed = stopListening(server);
    const cutOff = setTimeout(() => {
      for (const connection of connections.values()) connection.destroy();
    }, DRAIN_MS);
    await Promise.all([...connections.values()].map((connection) => connection.closeGently()));
    await closed;
    clearTimeout(cutOff);
    clearInterval(checks);
  };
  let stopped: Promise<void> | undefined;
  return {
    addresses: [{ name, transport: 'tcp', host: hostPort.host, port }],
    stop: () => (stopped ??= stop()),
  };
}

function methodTable(
  options: GrpcServerOptions,
  stopping: AbortSignal,
): ReadonlyMap<string, ServedMethod> {
  const { healthNames = [], methods, protoFiles = [], isHealthy = () => true } = options;
  const services = [...methods.map(({ path }) => path.split('/')[1] ?? ''), ...healthNames];
  const beside = [
    ...healthMethods({ services, isHealthy, stopping }),
    ...(protoFiles.length === 0 ? [] : reflectionMethods(protoFiles, stopping)),
  ];
  const { messageBytesMax, budget = NO_BUDGET } = options;
  // Probes do not wait in line with requests.
  const free = { messageBytesMax: SMALL_MESSAGE_BYTES_MAX, budget: NO_BUDGET };
  return new Map([
    ...beside.map((method) => [method.path, { ...free, method }] as const),
    ...methods.map((method) => [method.path, { messageBytesMax, budget, method }] as const),
  ]);
}

function createHttp2Server(
  limits: GrpcLimits,
  tls: ServerTls | undefined,
): Http2Server | Http2SecureServer {
  const options: SecureServerOptions = {
    settings: {
      initialWindowSize: STREAM_WINDOW_BYTES,
      maxConcurrentStreams: limits.streamsPerConnectionMax,
      maxHeaderListSize: HEADER_LIST_BYTES_MAX,
      enablePush: false,
    },
    maxSessionMemory: SESSION_MEMORY_MIB,
    maxSessionInvalidFrames: BAD_FRAMES_MAX,
    maxSessionRejectedStreams: BAD_FRAMES_MAX,
    ...UNSEEN_RESETS,
    unknownProtocolTimeout: UNKNOWN_PROTOCOL_TIMEOUT_MS,
  };
  return tls === undefined
    ? createServer(options)
    : createSecureServer({ ...options, ...tls.options, ALPNProtocols: ['h2'] });
}

/** Resolves when the last connection has ended. */
function stopListening(server: Http2Server | Http2SecureServer): Promise<void> {
  return new Promise((resolve) => {
    // An HTTP/2 server's own `close` closes its sessions too, before their clients could know.
    NetServer.prototype.close.call(server, () => {
      resolve();
    });
  });
}

/** Often enough for the shortest limit. */
function checkIntervalMs(limits: GrpcLimits): number {
  const times = [
    limits.messageTimeoutMs,
    limits.connectionIdleMaxMs,
    limits.connectionAgeMaxMs,
    limits.connectionAgeGraceMs,
    limits.keepAliveMs,
    limits.keepAliveTimeoutMs,
  ].filter((ms) => ms > 0);
  const shortest = Math.min(...times) / 4;
  return Math.max(CHECK_INTERVAL_MIN_MS, Math.min(CHECK_INTERVAL_MS, shortest));
}
