import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Duplex } from 'node:stream';
import type { Registry } from 'prom-client';
import { connectionEndCounter } from './connection-ends.ts';
import type { ConnectionEnd } from './connection-ends.ts';
import { systemErrorCode } from './errors.ts';
import { listen } from './listen.ts';
import type { Running } from './running.ts';
import type { HostPort } from './setting.ts';
import type { ServerTls } from './tls.ts';

export interface HttpServerOptions {
  /** What the address is called in errors and in `Running.addresses`. */
  readonly name: string;
  readonly hostPort: HostPort;
  readonly limits: HttpLimits;
  /** Plain HTTP when absent. */
  readonly tls?: ServerTls | undefined;
  /** Where the connections are counted that it ends. */
  readonly metrics?: Registry | undefined;
  /** Answers one request. `signal` aborts when the client goes away. A rejection ends the socket. */
  readonly onRequest: (
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ) => Promise<void>;
}

/** What a client may take before it is cut off. */
export interface HttpLimits {
  readonly headersTimeoutMs: number;
  /** Until the whole request has arrived. */
  readonly requestTimeoutMs: number;
  /** Between requests on one connection. */
  readonly idleTimeoutMs: number;
  readonly connectionsMax: number;
}

/**
 * How long a stopping server still takes requests, which it answers with `connection: close`: who
 * keeps a connection busy hears of the stop so, and loses no request that was just on its way.
 */
const LINGER_MS = 100;

/** How often limits on time are looked after, at least. */
const CHECK_INTERVAL_MS = 1000;

/** How long a stopping server waits for requests under way before it cuts them off. */
const DRAIN_MS = 10_000;

/**
 * Requests under way at once on one connection. Node works on all that a client sends before it has
 * read an answer, and few clients send a second one.
 */
const PIPELINED_MAX = 100;

/**
 * Stopping sends clients away with their next answer, then refuses new connections, lets requests
 * under way finish and closes their sockets.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<Running> {
  const { name, hostPort, onRequest } = options;
  const underWay = new Set<ServerResponse>();
  let stopping: Promise<void> | undefined;
  const onEnded = connectionEndCounter(options.metrics, name);
  const pipelines = createPipelines(onEnded);
  const take: RequestListener = (request, response) => {
    // A request that was destroyed has no socket any more when its response closes.
    const { socket } = request;
    if (!pipelines.begin(socket)) return;
    const gone = new AbortController();
    underWay.add(response);
    if (stopping !== undefined) response.setHeader('connection', 'close');
    response.once('close', () => {
      underWay.delete(response);
      pipelines.end(socket);
      if (!response.writableFinished) gone.abort();
      // An answer whose headers were out before the stop has left its connection open.
      if (stopping !== undefined)
        setImmediate(() => {
          server.closeIdleConnections();
        });
    });
    onRequest(request, response, gone.signal).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  };
  const server = createLimitedServer(options, take);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    continueOnceRead(request, response);
    take(request, response);
  });
  countEnds(server, underWay, onEnded);
  const port = await listen(server, hostPort, name);
  const stop = async (): Promise<void> => {
    for (const response of underWay) {
      if (!response.headersSent) response.setHeader('connection', 'close');
    }
    if (await hasConnections(server)) await sleep(LINGER_MS);
    const closed = new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
    server.closeIdleConnections();
    const cutOff = setTimeout(() => {
      server.closeAllConnections();
    }, DRAIN_MS);
    await closed;
    clearTimeout(cutOff);
  };
  return {
    addresses: [{ name, transport: 'tcp', host: hostPort.host, port }],
    stop: () => (stopping ??= stop()),
  };
}

async function hasConnections(server: Server): Promise<boolean> {
  return (await promisify(server.getConnections.bind(server))()) > 0;
}

function createLimitedServer(
  { limits, tls }: HttpServerOptions,
  onRequest: RequestListener,
): Server {
  const timeouts = {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.idleTimeoutMs,
    connectionsCheckingInterval: Math.min(limits.headersTimeoutMs / 4, CHECK_INTERVAL_MS),
  };
  const server =
    tls === undefined
      ? createServer(timeouts, onRequest)
      : followed(createTlsServer({ ...timeouts, ...tls.options }, onRequest), tls);
  server.maxConnections = limits.connectionsMax;
  return server;
}

/**
 * A client that asks whether to send its body (`Expect: 100-continue`) is told to when somebody reads
 * it, so that a refusal finds it still waiting.
 */
function continueOnceRead(request: IncomingMessage, response: ServerResponse): void {
  const onListener = (event: string | symbol): void => {
    if (event !== 'data' && event !== 'readable') return;
    request.off('newListener', onListener);
    if (!response.headersSent) response.writeContinue();
  };
  request.on('newListener', onListener);
}

interface Pipelines {
  /** False for a request that nobody will hear an answer to. */
  begin(socket: Socket): boolean;
  end(socket: Socket): void;
}

/** Ends connections with too many requests under way. */
function createPipelines(onEnded: (reason: ConnectionEnd) => void): Pipelines {
  const underWay = new WeakMap<Socket, number>();
  return {
    begin: (socket) => {
      // More may have come in the same packet.
      if (socket.destroyed) return false;
      const count = (underWay.get(socket) ?? 0) + 1;
      underWay.set(socket, count);
      if (count <= PIPELINED_MAX) return true;
      onEnded('abuse');
      socket.destroy();
      return false;
    },
    end: (socket) => {
      underWay.set(socket, (underWay.get(socket) ?? 1) - 1);
    },
  };
}

/** Answers what is no request, or does not arrive in time, as a server does by itself. */
function countEnds(
  server: Server,
  underWay: ReadonlySet<ServerResponse>,
  onEnded: (reason: ConnectionEnd) => void,
): void {
  server.on('drop', () => {
    onEnded('too_many');
  });
  server.on('clientError', (error: Error, socket: Duplex) => {
    const code = systemErrorCode(error);
    // A client that goes away in the middle of a request has ended the connection itself.
    const status = code === 'ECONNRESET' || code === 'EPIPE' ? undefined : statusOfError(code);
    if (status !== undefined) onEnded(status.startsWith('408') ? 'slow' : 'malformed');
    const isAnswered = [...underWay].some((one) => one.socket === socket && one.headersSent);
    if (status !== undefined && socket.writable && !isAnswered) {
      socket.write(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
    }
    socket.destroy();
  });
}

function statusOfError(code = ''): string {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return '408 Request Timeout';
    case 'HPE_HEADER_OVERFLOW':
      return '431 Request Header Fields Too Large';
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return '413 Payload Too Large';
    default:
      return '400 Bad Request';
  }
}

function followed(server: TlsServer, tls: ServerTls): TlsServer {
  tls.follow(server);
  return server;
}
