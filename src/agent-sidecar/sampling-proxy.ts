import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import { errorText } from '../runtime/errors.ts';
import { startHttpServer } from '../runtime/http-server.ts';
import type { Running } from '../runtime/running.ts';
import type { HostPort } from '../runtime/setting.ts';
import { SERVICE_MISSING, serviceOfQuery } from '../sampling/sampling-query.ts';

export interface SamplingProxyOptions {
  readonly hostPort: HostPort;
  /** Where the strategies are known. */
  readonly endpoint: string;
  readonly cachedServices: number;
}

const FETCH_TIMEOUT_MS = 2000;
const ANSWER_BYTES_MAX = 1024 * 1024;
const LIMITS = {
  headersTimeoutMs: 5000,
  requestTimeoutMs: 10_000,
  idleTimeoutMs: 60_000,
  connectionsMax: 1000,
};

/**
 * The HTTP port of jaeger-agent: `/sampling` answers what a collector says, `/` the same with the
 * type as a number for clients of before Jaeger 0.9, `/baggageRestrictions` that there are none.
 * While no collector answers, clients get the strategy they got last.
 */
export function startSamplingProxy(
  options: SamplingProxyOptions,
  metrics: Registry,
): Promise<Running> {
  const strategies = createStrategyCache(options);
  const counters = createCounters(metrics);
  return startHttpServer({
    name: 'sampling http',
    hostPort: options.hostPort,
    limits: LIMITS,
    onRequest: async (request, response) => {
      const kind = kindOf(request);
      const service = serviceOfQuery(request.url ?? '/');
      if (kind === undefined) {
        send(response, 404, 'text/plain; charset=utf-8', '404 page not found\n');
      } else if (service === undefined) {
        counters.errors.inc({ source: 'client' });
        send(response, 400, 'text/plain; charset=utf-8', `${SERVICE_MISSING}\n`);
      } else {
        await answer(response, kind, () => strategies(service), counters);
      }
    },
  });
}

type Kind = 'sampling' | 'sampling-legacy' | 'baggage';

function kindOf({ url = '/', method }: IncomingMessage): Kind | undefined {
  if (method !== 'GET') return undefined;
  const kinds: Readonly<Partial<Record<string, Kind>>> = {
    '/sampling': 'sampling',
    '/': 'sampling-legacy',
    '/baggageRestrictions': 'baggage',
  };
  const [path = ''] = url.split('?', 1);
  return Object.hasOwn(kinds, path) ? kinds[path] : undefined;
}

async function answer(
  response: ServerResponse,
  kind: Kind,
  strategy: () => Promise<string>,
  counters: Counters,
): Promise<void> {
  try {
    const json = kind === 'baggage' ? '[]' : await strategy();
    counters.requests.inc({ type: kind });
    send(
      response,
      200,
      'application/json',
      kind === 'sampling-legacy' ? withNumericType(json) : json,
    );
  } catch (error) {
    counters.errors.inc({ source: 'collector' });
    const text = `collector error: ${errorText(error)}\n`;
    send(response, 500, 'text/plain; charset=utf-8', text);
  }
}

function withNumericType(json: string): string {
  return json
    .replace('"strategyType":"PROBABILISTIC"', '"strategyType":0')
    .replace('"strategyType":"RATE_LIMITING"', '"strategyType":1');
}

interface Counters {
  readonly requests: Counter;
  readonly errors: Counter;
}

function createCounters(metrics: Registry): Counters {
  return {
    requests: new Counter({
      name: 'jaeger_agent_http_server_requests_total',
      help: 'Questions of clients that were answered, by what they ask.',
      labelNames: ['type'],
      registers: [metrics],
    }),
    errors: new Counter({
      name: 'jaeger_agent_http_server_errors_total',
      help: 'Questions of clients that could not be answered, by whose fault that is.',
      labelNames: ['source'],
      registers: [metrics],
    }),
  };
}

/** Asks the collector each time; the answers of the services that asked last are kept. */
function createStrategyCache({
  endpoint,
  cachedServices,
}: SamplingProxyOptions): (service: string) => Promise<string> {
  const cache = new Map<string, string>();
  return async (service) => {
    try {
      const text = await fetchStrategy(endpoint, service);
      cache.delete(service);
      cache.set(service, text);
      const oldest = cache.keys().next();
      if (cache.size > cachedServices && oldest.done !== true) cache.delete(oldest.value);
      return text;
    } catch (error) {
      const known = cache.get(service);
      if (known === undefined) throw error;
      return known;
    }
  };
}

async function fetchStrategy(endpoint: string, service: string): Promise<string> {
  const url = `${endpoint}?${new URLSearchParams({ service }).toString()}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > ANSWER_BYTES_MAX)
      throw new Error(`an answer of more than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  if (!response.ok) throw new Error(`${endpoint} answered ${response.status}`);
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(status, { 'content-type': type, 'content-length': body.length });
  response.end(body);
}
