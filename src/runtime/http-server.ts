import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server as TlsServer } from 'node:https';
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

/** How long a stopping server waits for requests under way before it cuts them off. */
const DRAIN_MS = 10_000;

/** Stopping refuses new connections, lets requests under way finish, then closes their sockets. */
export async function startHttpServer(options: HttpServerOptions): Promise<Running> {
  const { name, hostPort, onRequest } = options;
  const underWay = new Set<ServerResponse>();
  let stopping: Promise<void> | undefined;
  const server = createLimitedServer(options, (request, response) => {
    const gone = new AbortController();
    underWay.add(response);
    if (stopping !== undefined) response.setHeader('connection', 'close');
    response.once('close', () => {
      underWay.delete(response);
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
  });
  const port = await listen(server, hostPort, name);
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
    for (const response of underWay) {
      if (!response.headersSent) response.setHeader('connection', 'close');
    }
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

function createLimitedServer(
  { limits, tls }: HttpServerOptions,
  onRequest: RequestListener,
): Server {
  const timeouts = {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.idleTimeoutMs,
    connectionsCheckingInterval: Math.min(limits.headersTimeoutMs, 5000),
  };
  const server =
    tls === undefined
      ? createServer(timeouts, onRequest)
      : followed(createTlsServer({ ...timeouts, ...tls.options }, onRequest), tls);
  server.maxConnections = limits.connectionsMax;
  return server;
}

function followed(server: TlsServer, tls: ServerTls): TlsServer {
  tls.follow(server);
  return server;
}
