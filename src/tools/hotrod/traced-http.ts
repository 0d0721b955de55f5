import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { SpanKind, SpanStatusCode, context, propagation, trace } from '@opentelemetry/api';
import type { Span, Tracer } from '@opentelemetry/api';
import { request as httpRequest } from 'undici';
import { errorText } from '../../runtime/errors.ts';

/** An answer of a demo service. */
export interface Answer {
  readonly status: number;
  readonly type: 'application/json' | 'text/html' | 'text/javascript' | 'text/css' | 'text/plain';
  readonly body: string;
}

export type Route = (url: URL) => Promise<Answer> | Answer;

/** A request that cannot be answered as asked; becomes the status and text of the answer. */
export class DemoHttpError extends Error {
  override readonly name = 'DemoHttpError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function jsonAnswer(value: unknown): Answer {
  return { status: 200, type: 'application/json', body: JSON.stringify(value) };
}

/** A server whose requests to `traced` paths become server spans that continue the caller's trace. */
export function createTracedServer(
  tracer: Tracer,
  routes: ReadonlyMap<string, Route>,
  traced: ReadonlySet<string>,
): Server {
  return createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const route = routes.get(url.pathname);
    const answered =
      route === undefined
        ? Promise.resolve<Answer>({ status: 404, type: 'text/plain', body: 'not found\n' })
        : traced.has(url.pathname)
          ? inServerSpan(tracer, request, { url, route, response })
          : answerOf(route, url);
    void answered.then((answer) => {
      response.writeHead(answer.status, { 'content-type': `${answer.type}; charset=utf-8` });
      response.end(answer.body);
    });
  });
}

async function answerOf(route: Route, url: URL, span?: Span): Promise<Answer> {
  try {
    return await route(url);
  } catch (error) {
    const status = error instanceof DemoHttpError ? error.status : 500;
    span?.recordException(error instanceof Error ? error : errorText(error));
    return { status, type: 'text/plain', body: `${errorText(error)}\n` };
  }
}

function inServerSpan(
  tracer: Tracer,
  request: IncomingMessage,
  exchange: { readonly url: URL; readonly route: Route; readonly response: ServerResponse },
): Promise<Answer> {
  const { url, route, response } = exchange;
  const parent = propagation.extract(context.active(), request.headers);
  const attributes = {
    'http.request.method': request.method ?? 'GET',
    'url.path': url.pathname,
    'url.query': url.search.slice(1),
    'http.route': url.pathname,
  };
  const options = { kind: SpanKind.SERVER, attributes };
  const name = `${request.method ?? 'GET'} ${url.pathname}`;
  return tracer.startActiveSpan(name, options, parent, async (span) => {
    const { traceId, spanId } = span.spanContext();
    response.setHeader('traceresponse', `00-${traceId}-${spanId}-01`);
    const answer = await answerOf(route, url, span);
    span.setAttribute('http.response.status_code', answer.status);
    if (answer.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR, message: answer.body });
    span.end();
    return answer;
  });
}

/** GETs JSON from another demo service inside a client span. */
export async function getJson(tracer: Tracer, url: string): Promise<unknown> {
  const parsed = new URL(url);
  const attributes = {
    'http.request.method': 'GET',
    'url.full': url,
    'server.address': parsed.hostname,
    'server.port': Number(parsed.port),
  };
  const options = { kind: SpanKind.CLIENT, attributes };
  return tracer.startActiveSpan(`GET ${parsed.pathname}`, options, async (span) => {
    try {
      const headers: Record<string, string> = {};
      propagation.inject(trace.setSpan(context.active(), span), headers);
      const { statusCode, body } = await httpRequest(url, { headers, headersTimeout: 10_000 });
      span.setAttribute('http.response.status_code', statusCode);
      if (statusCode === 200) return await body.json();
      throw new DemoHttpError(statusCode, (await body.text()).trim());
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: errorText(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}
