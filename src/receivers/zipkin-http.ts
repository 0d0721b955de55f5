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
import { scanSpans } from '../wire/otlp/scan-spans.ts';
import { ProtobufWriter } from '../wire/protobuf/writer.ts';
import type { SpanBatch } from '../wire/span-batch.ts';
import { zipkinProtoToOtlp } from '../wire/zipkin/proto-to-otlp.ts';
import { zipkinV1JsonToOtlp } from '../wire/zipkin/v1-json-to-otlp.ts';
import { zipkinThriftToOtlp } from '../wire/zipkin/v1-thrift-to-otlp.ts';
import { zipkinV2JsonToOtlp } from '../wire/zipkin/v2-json-to-otlp.ts';
import { applyCors } from './cors.ts';
import type { CorsPolicy } from './cors.ts';
import { freeingAfter, freeingOnError } from './freeing.ts';
import { refuseMethod, sendText } from './http-answer.ts';
import { UnsupportedMediaError, readBody } from './http-body.ts';
import { lendTo } from './lend-to.ts';
import { nothingKept } from './nothing-kept.ts';
import { refusalOf } from './refusal.ts';
import { createRefusalLog } from './refusal-log.ts';
import type { LogRefusal } from './refusal-log.ts';

/** What this receiver calls its address. */
export const ZIPKIN_HTTP = 'zipkin http';

export interface ZipkinHttpOptions {
  readonly hostPort: HostPort;
  readonly bodyBytesMax: number;
  readonly limits: HttpLimits;
  readonly tls?: ServerTls | undefined;
  readonly cors: CorsPolicy;
  /** Whether a connection may be used for the next request. */
  readonly keepAlive: boolean;
}

export interface ZipkinHttpDeps {
  readonly pipeline: Pipeline;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whose spans a request brings; absent: all are of one tenant. */
  readonly tenancy?: Tenancy;
  /** Where connections are counted that the server ends. */
  readonly metrics?: Registry;
}

type ToOtlp = (body: Uint8Array, scratch: ProtobufWriter) => Uint8Array;

const JSON_TYPE = 'application/json';
/** By path, then by content type. */
const CODECS: ReadonlyMap<string, ReadonlyMap<string, ToOtlp>> = new Map([
  [
    '/api/v2/spans',
    new Map([
      [JSON_TYPE, zipkinV2JsonToOtlp],
      ['application/x-protobuf', zipkinProtoToOtlp],
    ]),
  ],
  [
    '/api/v1/spans',
    new Map([
      [JSON_TYPE, zipkinV1JsonToOtlp],
      ['application/x-thrift', zipkinThriftToOtlp],
    ]),
  ],
]);
/** Memory that is kept from one request for the next. */
const SCRATCH_BYTES_MAX = 4 * 1024 * 1024;
/** JSON with escapes once more, and the OTLP bytes made of it, twice while they are put together. */
const MEMORY_FACTOR = 3;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
  readonly sink: Sink;
  readonly convert: (toOtlp: ToOtlp, body: Uint8Array) => Uint8Array;
  readonly options: ZipkinHttpOptions;
  readonly deps: ZipkinHttpDeps;
  readonly logRefusal: LogRefusal;
}

/**
 * Zipkin's collector port: POST /api/v2/spans takes JSON and protobuf, POST /api/v1/spans JSON and
 * thrift. Answers 202 with no body once the spans are kept, as far as they are any; Zipkin has no way
 * to refuse some of them. GET /health is what Zipkin's clients probe.
 */
export function startZipkinHttp(
  options: ZipkinHttpOptions,
  deps: ZipkinHttpDeps,
): Promise<Running> {
  const sink = deps.pipeline.sinkFor('http');
  const convert = createConvert();
  const logRefusal = createRefusalLog(ZIPKIN_HTTP, deps);
  return startHttpServer({
    name: ZIPKIN_HTTP,
    hostPort: options.hostPort,
    limits: options.limits,
    tls: options.tls,
    metrics: deps.metrics,
    onRequest: async (request, response, signal) => {
      if (!options.keepAlive) response.setHeader('connection', 'close');
      if (applyCors(options.cors, request, response)) return;
      await route({ request, response, signal, sink, convert, options, deps, logRefusal });
    },
  });
}

/**
 * Has all conversions write to the same memory, which spares the system handing out and clearing it
 * for each: they do not wait for anything, and what they return are bytes of their own.
 */
function createConvert(): Exchange['convert'] {
  let scratch = new ProtobufWriter();
  return (toOtlp, body) => {
    try {
      return toOtlp(body, scratch);
    } finally {
      if (scratch.capacity > SCRATCH_BYTES_MAX) {
        scratch.free();
        scratch = new ProtobufWriter();
      }
    }
  };
}

async function route(exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const [path = '/'] = (request.url ?? '/').split('?', 1);
  const codecs = CODECS.get(path);
  if (codecs !== undefined) {
    if (request.method === 'POST') await takeSpans(exchange, codecs);
    else refuseMethod(request, response, 'POST');
  } else if (path === '/health') {
    if (request.method === 'GET' || request.method === 'HEAD') answerHealth(response);
    else refuseMethod(request, response, 'GET');
  } else {
    sendText(request, response, 404, `Zipkin spans are taken at ${[...CODECS.keys()].join(', ')}`);
  }
}

async function takeSpans(exchange: Exchange, codecs: ReadonlyMap<string, ToOtlp>): Promise<void> {
  const { request, response, signal, sink, deps, logRefusal } = exchange;
  const lease = deps.pipeline.budget.lease();
  try {
    const batch = await readBatch(exchange, codecs, lease);
    if (batch === undefined) return;
    const problem =
      batch.scan.count > 0 ? nothingKept(await lendTo(sink, batch, signal)) : undefined;
    if (problem === undefined) response.writeHead(202, { 'content-length': 0 }).end();
    else sendText(request, response, 400, problem);
  } catch (error) {
    sendRefusal(request, response, error);
    if (!signal.aborted) logRefusal(error);
  } finally {
    lease.release();
  }
}

/** undefined when the request was refused and answered. */
async function readBatch(
  { request, response, convert, options, deps }: Exchange,
  codecs: ReadonlyMap<string, ToOtlp>,
  lease: ByteLease,
): Promise<SpanBatch | undefined> {
  try {
    const tenant = (deps.tenancy ?? ONE_TENANT).tenantOf(request.headers);
    const toOtlp = codecFor(request, codecs);
    const body = await readBody(request, { bytesMax: options.bodyBytesMax, lease });
    const otlp = freeingAfter(body, () => {
      lease.grow(body.length * MEMORY_FACTOR);
      return convert(toOtlp, body);
    });
    const scan = freeingOnError(otlp, () => scanSpans(otlp));
    return { tenant, otlp, scan, receivedAtMs: deps.clock.now(), format: 'zipkin' };
  } catch (error) {
    if (request.destroyed && !request.complete) return undefined;
    deps.pipeline.requestRefused('http', refusalOf(error).reason);
    sendRefusal(request, response, error);
    return undefined;
  }
}

/** A body without a content type is JSON, as it is for Zipkin. */
function codecFor({ headers }: IncomingMessage, codecs: ReadonlyMap<string, ToOtlp>): ToOtlp {
  const given = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const codec = codecs.get(given === '' ? JSON_TYPE : given);
  if (codec !== undefined) return codec;
  throw new UnsupportedMediaError(
    `content-type ${JSON.stringify(given)} is not known; use ${[...codecs.keys()].join(' or ')}`,
  );
}

function answerHealth(response: ServerResponse): void {
  const body = Buffer.from('{"status":"UP"}');
  response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': body.length }).end(body);
}

function sendRefusal(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const { httpStatus, status } = refusalOf(error);
  if (status.retryAfterMs !== undefined) {
    response.setHeader('retry-after', Math.ceil(status.retryAfterMs / 1000));
  }
  sendText(request, response, httpStatus, status.message);
}
