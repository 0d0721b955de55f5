import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import type { HealthRegistry } from './health.ts';
import { listen } from './listen.ts';
import type { Address, Running } from './running.ts';
import type { HostPort } from './setting.ts';
import { VERSION } from './version.ts';

export interface AdminServerOptions {
  /** Each gets the same routes: Jaeger v1's admin port and v2's health port, say. */
  readonly listenOn: readonly { readonly name: string; readonly hostPort: HostPort }[];
  readonly health: HealthRegistry;
  readonly metrics: Registry;
}

type Answer = (response: ServerResponse) => Promise<void> | void;

/**
 * Health and metrics for people and probes: `/` as Jaeger v1's admin port answers, `/status` as
 * v2's healthcheck extension does, `/metrics` for Prometheus, `/version`.
 */
export async function startAdminServer(options: AdminServerOptions): Promise<Running> {
  const routes = adminRoutes(options);
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const answer = routes.get(path);
    if (answer === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) {
      send(response, answer === undefined ? 404 : 405, 'text/plain', '');
      return;
    }
    Promise.resolve(answer(response)).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  };
  const servers = options.listenOn.map(({ name, hostPort }) => ({
    name,
    hostPort,
    server: createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, onRequest),
  }));
  const addresses: Address[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(
      servers.map(({ server }) => {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        return closed;
      }),
    );
  };
  try {
    for (const { name, hostPort, server } of servers) {
      const port = await listen(server, hostPort, name);
      addresses.push({ name, transport: 'tcp', host: hostPort.host, port });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { addresses, stop };
}

function adminRoutes({ health, metrics }: AdminServerOptions): ReadonlyMap<string, Answer> {
  return new Map<string, Answer>([
    [
      '/',
      (response) => {
        const { healthy, startTime } = health.snapshot();
        const uptime = `${((Date.now() - Date.parse(startTime)) / 1000).toFixed(3)}s`;
        const status = healthy ? 'Server available' : 'Server not available';
        sendJson(response, healthy ? 200 : 503, { status, upSince: startTime, uptime });
      },
    ],
    [
      '/status',
      (response) => {
        const { healthy, status, startTime, components } = health.snapshot();
        const code = healthy ? 200 : status === 'StatusPermanentError' ? 500 : 503;
        sendJson(response, code, { start_time: startTime, healthy, status, components });
      },
    ],
    [
      '/metrics',
      async (response) => {
        send(response, 200, metrics.contentType, await metrics.metrics());
      },
    ],
    [
      '/version',
      (response) => {
        sendJson(response, 200, { gitVersion: `v${VERSION}` });
      },
    ],
  ]);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, 'application/json', `${JSON.stringify(body)}\n`);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}
