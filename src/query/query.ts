import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorText } from '../runtime/errors.ts';
import { startHttpServer } from '../runtime/http-server.ts';
import { withHost } from '../runtime/listen.ts';
import type { RoleDeps, Running } from '../runtime/running.ts';
import type { Storage } from '../storage/storage.ts';
import { ApiError } from './api/endpoint.ts';
import type { Endpoint } from './api/endpoint.ts';
import { ENDPOINTS } from './api/endpoints.ts';
import { errorText as errorBody } from './api/json-text.ts';
import type { QueryConfig } from './config.ts';
import { createQueryMetrics } from './query-metrics.ts';
import { parseBasePath, parseHeaders, routeRequest } from './route-request.ts';
import { loadUiFiles } from './ui-files.ts';

export interface QueryDeps extends RoleDeps {
  /** Stays open when the query service stops. */
  readonly storage: Pick<Storage, 'reader' | 'dependencies'>;
}

const LIMITS = {
  headersTimeoutMs: 5000,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 60_000,
  connectionsMax: 10_000,
};
/** Scripts, styles and data come from here alone; React sets styles through the DOM. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; base-uri 'self'; object-src 'none'; frame-ancestors 'self'",
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
};
const TEXT = 'text/plain; charset=utf-8';

/**
 * The HTTP APIs and the UI over a storage.
 * @throws UsageError for a config that cannot be used, ListenError for an address in use
 */
export async function startQuery(config: QueryConfig, deps: QueryDeps): Promise<Running> {
  const basePath = parseBasePath(config.basePath);
  const headers = { ...SECURITY_HEADERS, ...parseHeaders(config.additionalHeaders) };
  const ui = await loadUiFiles({
    folder: config.staticFiles,
    configFile: config.uiConfig,
    basePath,
  });
  if (ui.size === 0) deps.logger.warn('no UI is built in: serving the APIs only');
  const answerApi = createApi(config, deps);
  return startHttpServer({
    name: 'ui',
    hostPort: withHost(config.hostPort, deps.listenHost),
    limits: LIMITS,
    onRequest: async (request, response, gone) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      const route = routeRequest(request.method ?? '', request.url ?? '/', {
        basePath,
        ui,
        ENDPOINTS,
      });
      switch (route.kind) {
        case 'api':
          await answerApi({ ...route, request, response, gone });
          return;
        case 'file': {
          const immutable = /^static\/.+-[\w-]{8}\./.test(route.path);
          const cache = immutable ? 'public, max-age=31536000, immutable' : 'no-cache';
          response.setHeader('cache-control', cache);
          send(request, response, { status: 200, type: route.file.type, body: route.file.body });
          return;
        }
        case 'redirect':
          response.setHeader('location', route.location);
          send(request, response, { status: 307, type: TEXT, body: '' });
          return;
        case 'not-found':
          send(request, response, { status: 404, type: TEXT, body: '404 page not found\n' });
      }
    },
  });
}

interface ApiCall {
  readonly endpoint: Endpoint;
  readonly name: string;
  readonly parameters: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly gone: AbortSignal;
}

function createApi(config: QueryConfig, deps: QueryDeps): (call: ApiCall) => Promise<void> {
  const metrics = createQueryMetrics(deps.metrics);
  let underWay = 0;
  const answer = async (call: ApiCall): Promise<string> => {
    if (underWay >= config.maxConcurrent) {
      throw new ApiError(503, 'too many requests at once (query.max-concurrent-requests)');
    }
    const deadline = AbortSignal.timeout(config.timeoutMs);
    const signal = AbortSignal.any([call.gone, deadline]);
    underWay += 1;
    try {
      const { name, parameters } = call;
      const nowMs = deps.clock.now();
      const asked = { tenant: '', name, parameters, nowMs, signal };
      return await call.endpoint.answer(asked, { storage: deps.storage, limits: config });
    } catch (error) {
      if (!deadline.aborted) throw error;
      const message = `the request took longer than query.timeout (${config.timeoutMs} ms)`;
      throw new ApiError(504, message, { cause: error });
    } finally {
      underWay -= 1;
    }
  };
  return async (call) => {
    const { endpoint, request, response } = call;
    const startMs = deps.clock.monotonic();
    const observe = (result: 'ok' | 'err'): void => {
      metrics.observe(endpoint.operation, result, (deps.clock.monotonic() - startMs) / 1000);
    };
    try {
      const body = await answer(call);
      observe('ok');
      send(request, response, { status: 200, type: 'application/json', body });
    } catch (error) {
      observe('err');
      if (call.gone.aborted) return;
      const known =
        error instanceof ApiError ? error : new ApiError(500, errorText(error), { cause: error });
      if (known.status === 500) {
        deps.logger.error({ operation: endpoint.operation }, errorText(error));
      }
      if (known.status === 503) response.setHeader('retry-after', '1');
      const body = errorBody(endpoint.family, known);
      send(request, response, { status: known.status, type: TEXT, body });
    }
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  response.statusCode = answer.status;
  response.setHeader('content-type', answer.type);
  response.setHeader('content-length', Buffer.byteLength(answer.body));
  // What is left of a body nobody reads.
  request.resume();
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}
