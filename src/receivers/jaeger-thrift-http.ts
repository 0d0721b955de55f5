import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ByteLease } from '../pipeline/byte-budget.ts';
import type { Registry } from 'prom-client';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Sink } from '../pipeline/sink.ts';
import type { Clock } from '../runtime/clock.ts';
import { startHttpServer } from '../runtime/http-server.ts';
import type { HttpLimits } from '../runtime/http-server.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Running } from '../runtime/running.ts';
import type { HostPort } from '../runtime/setting.ts';
import { ONE_TENANT } from '../runtime/tenancy.ts';
import type { Tenancy } from '../runtime/tenancy.ts';
import type { ServerTls } from '../runtime/tls.ts';
import { SERVICE_MISSING, serviceOfQuery } from '../sampling/sampling-query.ts';
import { renderSamplingStrategy } from '../sampling/sampling-strategy.ts';
import type { SamplingProvider } from '../sampling/sampling-strategy.ts';
import { createThriftConverter } from '../wire/jaeger/thrift-to-otlp.ts';
import type { ThriftConverter } from '../wire/jaeger/thrift-to-otlp.ts';
import type { SpanBatch } from '../wire/span-batch.ts';
import { freeingAfter } from './freeing.ts';
import { refuseMethod, sendText } from './http-answer.ts';
import { readBody } from './http-body.ts';
import type { JaegerClientStats } from './jaeger-client-stats.ts';
import { lendTo } from './lend-to.ts';
import { nothingKept } from './nothing-kept.ts';
import { refusalOf } from './refusal.ts';
import { createRefusalLog } from './refusal-log.ts';
import type { LogRefusal } from './refusal-log.ts';
import { SAMPLING_UNKNOWN } from './sampling-unknown.ts';

/** What this receiver calls its address. */
export const THRIFT_HTTP = 'jaeger thrift http';

export interface JaegerThriftHttpOptions {
  readonly hostPort: HostPort;
  readonly bodyBytesMax: number;
  readonly limits: HttpLimits;
  readonly tls?: ServerTls | undefined;
}

export interface JaegerThriftHttpDeps {
  readonly pipeline: Pipeline;
  readonly clientStats: JaegerClientStats;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Without one, sampling questions are answered with 404. */
  readonly sampling?: SamplingProvider;
  /** Whose spans a request brings; absent: all are of one tenant. */
  readonly tenancy?: Tenancy;
  /** Where connections are counted that the server ends. */
  readonly metrics?: Registry;
}

const CONTENT_TYPES = new Set(['application/x-thrift', 'application/vnd.apache.thrift.binary']);
/** What clients of before content types were checked put into the address. */
const FORMAT_PARAMETER = 'jaeger.thrift';
/** A thrift body and the OTLP bytes made of it, which are larger. */
const MEMORY_FACTOR = 2;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
  readonly sink: Sink;
  readonly converter: ThriftConverter;
  readonly options: JaegerThriftHttpOptions;
  readonly deps: JaegerThriftHttpDeps;
  readonly logRefusal: LogRefusal;
}

/**
 * Jaeger's collector port for HTTP: POST /api/traces takes one thrift Batch in the binary protocol
 * and answers 202 once it is kept, as far as it is any; GET /api/sampling and /api/baggageRestrictions answer clients
 * that talk to no agent.
 */
export function startJaegerThriftHttp(
  options: JaegerThriftHttpOptions,
  deps: JaegerThriftHttpDeps,
): Promise<Running> {
  const sink = deps.pipeline.sinkFor('http');
  const converter = createThriftConverter('binary', deps.clientStats.record);
  const logRefusal = createRefusalLog(THRIFT_HTTP, deps);
  return startHttpServer({
    name: THRIFT_HTTP,
    hostPort: options.hostPort,
    limits: options.limits,
    tls: options.tls,
    metrics: deps.metrics,
    onRequest: (request, response, signal) =>
      route({ request, response, signal, sink, converter, options, deps, logRefusal }),
  });
}

async function route(exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const [path = '/'] = (request.url ?? '/').split('?', 1);
  switch (path) {
    case '/api/traces':
      if (request.method === 'POST') await takeBatch(exchange);
      else refuseMethod(request, response, 'POST');
      return;
    case '/api/sampling':
      if (request.method === 'GET') await answerSampling(exchange);
      else refuseMethod(request, response, 'GET');
      return;
    case '/api/baggageRestrictions':
      if (request.method === 'GET') answerBaggage(request, response);
      else refuseMethod(request, response, 'GET');
      return;
    default:
      sendText(request, response, 404, '404 page not found');
  }
}

async function takeBatch(exchange: Exchange): Promise<void> {
  const { request, response, signal, sink, deps } = exchange;
  const lease = deps.pipeline.budget.lease();
  try {
    const batch = await readBatch(exchange, lease);
    if (batch === undefined) return;
    const problem =
      batch.scan.count > 0 ? nothingKept(await lendTo(sink, batch, signal)) : undefined;
    if (problem === undefined) response.writeHead(202, { 'content-length': 0 }).end();
    else sendText(request, response, 400, `Cannot submit Jaeger batch: ${problem}`);
  } catch (error) {
    sendRefusal(request, response, error);
    if (!signal.aborted) exchange.logRefusal(error);
  } finally {
    lease.release();
  }
}

/** undefined when the request was refused and answered. */
async function readBatch(exchange: Exchange, lease: ByteLease): Promise<SpanBatch | undefined> {
  const { request, response, options, converter, deps } = exchange;
  const { pipeline } = deps;
  const problem = contentTypeProblem(request);
  if (problem !== undefined) {
    pipeline.requestRefused('http', 'unsupported');
    sendText(request, response, 400, problem);
    return undefined;
  }
  try {
    const tenant = (deps.tenancy ?? ONE_TENANT).tenantOf(request.headers);
    const body = await readBody(request, { bytesMax: options.bodyBytesMax, lease });
    const { otlp, scan } = freeingAfter(body, () => {
      lease.grow(body.length * MEMORY_FACTOR);
      converter.addBatch(body);
      return converter.finishScanned();
    });
    return { tenant, otlp, scan, receivedAtMs: deps.clock.now(), format: 'jaeger' };
  } catch (error) {
    if (request.destroyed && !request.complete) return undefined;
    pipeline.requestRefused('http', refusalOf(error).reason);
    sendRefusal(request, response, error);
    return undefined;
  }
}

/** The words Jaeger answers with, for those who search for them. */
function contentTypeProblem({ url = '/', headers }: IncomingMessage): string | undefined {
  const query = new URLSearchParams(url.split('?', 2)[1] ?? '');
  if (query.get('format') === FORMAT_PARAMETER) return undefined;
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === '') return 'Cannot parse content type: mime: no media type';
  return CONTENT_TYPES.has(type) ? undefined : `Unsupported content type: ${type}`;
}

function sendRefusal(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const { httpStatus, status } = refusalOf(error);
  if (status.retryAfterMs !== undefined) {
    response.setHeader('retry-after', Math.ceil(status.retryAfterMs / 1000));
  }
  const what = httpStatus === 400 ? 'Unable to process request body' : 'Cannot submit Jaeger batch';
  sendText(request, response, httpStatus, `${what}: ${status.message}`);
}

async function answerSampling({
  request,
  response,
  deps: { sampling },
  logRefusal,
}: Exchange): Promise<void> {
  if (sampling === undefined) {
    sendText(request, response, 404, 'sampling strategies are not served here');
    return;
  }
  const service = serviceOfQuery(request.url ?? '/');
  if (service === undefined) {
    sendText(request, response, 400, SERVICE_MISSING);
    return;
  }
  try {
    sendJson(response, renderSamplingStrategy(await sampling.strategyOf(service)));
  } catch (error) {
    logRefusal(error);
    sendText(request, response, 500, `collector error: ${SAMPLING_UNKNOWN}`);
  }
}

/** No restrictions: what Jaeger answers since its collectors know none. */
function answerBaggage(request: IncomingMessage, response: ServerResponse): void {
  const service = serviceOfQuery(request.url ?? '/');
  if (service === undefined) sendText(request, response, 400, SERVICE_MISSING);
  else sendJson(response, '[]');
}

function sendJson(response: ServerResponse, json: string): void {
  const body = Buffer.from(json);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}
