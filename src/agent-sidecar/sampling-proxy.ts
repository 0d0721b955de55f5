import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import type { SamplingStrategy } from '../model/sampling-strategy.ts';
import { errorText } from '../runtime/errors.ts';
import { startHttpServer } from '../runtime/http-server.ts';
import type { Running } from '../runtime/running.ts';
import type { HostPort } from '../runtime/setting.ts';
import { SERVICE_MISSING, serviceOfQuery } from '../sampling/sampling-query.ts';
import { renderSamplingStrategy } from '../sampling/sampling-strategy.ts';
import type { SamplingProvider } from '../sampling/sampling-strategy.ts';

export interface SamplingProxyOptions {
  readonly hostPort: HostPort;
}

export interface SamplingProxyDeps {
  readonly sampling: SamplingProvider;
  readonly metrics: Registry;
}

const LIMITS = {
  headersTimeoutMs: 5000,
  requestTimeoutMs: 10_000,
  idleTimeoutMs: 60_000,
  connectionsMax: 1000,
};

/**
 * The HTTP port of jaeger-agent: `/sampling` answers what a collector says, `/` the same with the
 * type as a number for clients of before Jaeger 0.9, `/baggageRestrictions` that there are none.
 */
export function startSamplingProxy(
  options: SamplingProxyOptions,
  { sampling, metrics }: SamplingProxyDeps,
): Promise<Running> {
  const counters = createCounters(metrics);
  return startHttpServer({
    name: 'sampling http',
    hostPort: options.hostPort,
    limits: LIMITS,
    metrics,
    onRequest: async (request, response) => {
      const kind = kindOf(request);
      const service = serviceOfQuery(request.url ?? '/');
      if (kind === undefined) {
        send(response, 404, 'text/plain; charset=utf-8', '404 page not found\n');
      } else if (service === undefined) {
        counters.errors.inc({ source: 'client' });
        send(response, 400, 'text/plain; charset=utf-8', `${SERVICE_MISSING}\n`);
      } else {
        await answer(response, kind, () => sampling.strategyOf(service), counters);
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
  strategy: () => Promise<SamplingStrategy>,
  counters: Counters,
): Promise<void> {
  try {
    const typeAs = kind === 'sampling-legacy' ? 'number' : 'name';
    const json = kind === 'baggage' ? '[]' : renderSamplingStrategy(await strategy(), typeAs);
    counters.requests.inc({ type: kind });
    send(response, 200, 'application/json', json);
  } catch (error) {
    counters.errors.inc({ source: 'collector' });
    const text = `collector error: ${errorText(error)}\n`;
    send(response, 500, 'text/plain; charset=utf-8', text);
  }
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

function send(response: ServerResponse, status: number, type: string, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(status, { 'content-type': type, 'content-length': body.length });
  response.end(body);
}
