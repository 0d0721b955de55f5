import { request } from 'node:http';
import { Registry } from 'prom-client';
import { querySettings } from '../../src/query/config.ts';
import { startQuery } from '../../src/query/query.ts';
import type { QueryDeps } from '../../src/query/query.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { createHealth } from '../../src/runtime/health.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { resolveConfig } from '../../src/runtime/resolve-config.ts';

export interface TestQuery {
  readonly url: string;
  /** Of the gRPC APIs. */
  readonly grpcPort: number;
  readonly metrics: Registry;
  /** GET, or POST of a body. */
  ask(path: string, body?: string): Promise<TestAnswer>;
  /** The status of a GET that calls the service by this name. */
  statusAs(host: string): Promise<number>;
  stop(): Promise<void>;
}

export interface TestAnswer {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

const FREE_PORTS = { 'query.http-server.host-port': ':0', 'query.grpc-server.host-port': ':0' };

/** A query service on free ports of the loopback interface, with these flags. */
export async function startTestQuery(
  storage: QueryDeps['storage'],
  flags: Readonly<Record<string, string>> = {},
  deps: Partial<QueryDeps> = {},
): Promise<TestQuery> {
  const all = new Map(Object.entries({ ...FREE_PORTS, ...flags }));
  const config = resolveConfig(querySettings, { flags: all, env: {}, file: null, fileName: '' });
  const metrics = new Registry();
  const running = await startQuery(config, {
    logger: createLogger({ level: 'silent', format: 'json' }, 'query'),
    metrics,
    health: createHealth(() => 0),
    clock: systemClock,
    listenHost: '127.0.0.1',
    storage,
    ...deps,
  });
  const port = running.addresses.find(({ name }) => name === 'ui')?.port ?? 0;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    grpcPort: running.addresses.find(({ name }) => name === 'query grpc')?.port ?? 0,
    metrics,
    ask: async (path, body) => {
      const response = await fetch(url + path, body === undefined ? {} : { method: 'POST', body });
      const type = response.headers.get('content-type');
      return { status: response.status, type, body: await response.text() };
    },
    statusAs: (host) =>
      new Promise((resolve, reject) => {
        const asked = request({
          host: '127.0.0.1',
          port,
          path: '/api/services',
          headers: { host },
        });
        asked.once('response', (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        asked.once('error', reject);
        asked.end();
      }),
    stop: () => running.stop(),
  };
}
