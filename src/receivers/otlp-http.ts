import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Clock } from '../runtime/clock.ts';
import { startHttpServer } from '../runtime/http-server.ts';
import type { HttpLimits } from '../runtime/http-server.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Running } from '../runtime/running.ts';
import type { HostPort } from '../runtime/setting.ts';
import { ONE_TENANT } from '../runtime/tenancy.ts';
import type { Tenancy } from '../runtime/tenancy.ts';
import type { ServerTls } from '../runtime/tls.ts';
import { encodeExportResponse, exportResponseJson } from '../wire/otlp/export-response.ts';
import type { PartialSuccess } from '../wire/otlp/export-response.ts';
import { jsonToOtlpInSteps } from '../wire/otlp/json-to-otlp.ts';
import { RPC_CODES, encodeRpcStatus } from '../wire/protobuf/rpc-status.ts';
import type { RpcStatus } from '../wire/protobuf/rpc-status.ts';
import type { SpanBatch } from '../wire/span-batch.ts';
import { applyCors } from './cors.ts';
import type { CorsPolicy } from './cors.ts';
import { sendAnswer } from './early-answer.ts';
import { freeingOnceDone } from './freeing.ts';
import { UnsupportedMediaError, readBody } from './http-body.ts';
import type { ByteLease } from '../pipeline/byte-budget.ts';
import { createOtlpIntake } from './otlp-intake.ts';
import type { OtlpIntake } from './otlp-intake.ts';
import { refusalOf } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { createRefusalLog } from './refusal-log.ts';
import type { LogRefusal } from './refusal-log.ts';

export interface OtlpHttpOptions {
  readonly hostPort: HostPort;
  readonly bodyBytesMax: number;
  readonly limits: HttpLimits;
  readonly tls?: ServerTls | undefined;
  readonly cors: CorsPolicy;
}

export interface OtlpReceiverDeps {
  readonly pipeline: Pipeline;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whose spans a request brings; absent: all are of one tenant. */
  readonly tenancy?: Tenancy;
  /** Where connections are counted that the server ends. */
  readonly metrics?: Registry;
}

const OTLP_HTTP = 'otlp http';
const PATH = '/v1/traces';
const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
/** Memory of a JSON body beside it: its strings without escapes, and twice what is made of it. */
const JSON_MEMORY_FACTOR = 2;

/**
 * OTLP over HTTP: POST /v1/traces with protobuf or JSON. Answers 200 once the batch is kept.
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export function startOtlpHttp(options: OtlpHttpOptions, deps: OtlpReceiverDeps): Promise<Running> {
  const intake = createOtlpIntake(deps.pipeline, 'http', deps.clock);
  const { tenancy = ONE_TENANT } = deps;
  const logRefusal = createRefusalLog(OTLP_HTTP, deps);
  return startHttpServer({
    name: OTLP_HTTP,
    hostPort: options.hostPort,
    limits: options.limits,
    tls: options.tls,
    metrics: deps.metrics,
    onRequest: async (request, response, signal) => {
      if (applyCors(options.cors, request, response)) return;
      const misdirected = routeProblem(request);
      if (misdirected === undefined) {
        await exportTraces({ request, response, signal, intake, tenancy, options, logRefusal });
      } else {
        if (misdirected.httpStatus === 405) response.setHeader('allow', 'POST');
        sendRefusal(request, response, misdirected);
      }
    },
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
  readonly intake: OtlpIntake;
  readonly tenancy: Tenancy;
  readonly options: OtlpHttpOptions;
  readonly logRefusal: LogRefusal;
}

function routeProblem({ url = '/', method }: IncomingMessage): Refusal | undefined {
  const reason = 'unsupported';
  if (url.split('?', 1)[0] !== PATH) {
    const status = { code: RPC_CODES.notFound, message: `OTLP traces are taken at ${PATH}` };
    return { httpStatus: 404, status, reason };
  }
  if (method === 'POST') return undefined;
  const status = { code: RPC_CODES.unimplemented, message: `${PATH} takes POST only` };
  return { httpStatus: 405, status, reason };
}

async function exportTraces(exchange: Exchange): Promise<void> {
  const { request, response, signal, intake, logRefusal } = exchange;
  const lease = intake.budget.lease();
  try {
    const batch = await readBatch(exchange, lease);
    if (batch === undefined) return;
    sendSuccess(request, response, await intake.take(batch, signal));
  } catch (error) {
    if (!signal.aborted) logRefusal(error);
    sendRefusal(request, response, refusalOf(error));
  } finally {
    lease.release();
  }
}

/** undefined when the request was refused and answered. */
async function readBatch(exchange: Exchange, lease: ByteLease): Promise<SpanBatch | undefined> {
  const { request, response, intake, options, tenancy } = exchange;
  try {
    const tenant = tenancy.tenantOf(request.headers);
    const type = mediaType(request);
    if (type !== PROTOBUF && type !== JSON_TYPE) {
      throw new UnsupportedMediaError(
        `content-type ${JSON.stringify(type)} is not known; use ${PROTOBUF} or ${JSON_TYPE}`,
      );
    }
    const body = await readBody(request, { bytesMax: options.bodyBytesMax, lease });
    if (type === PROTOBUF) return intake.scan(body, tenant);
    const otlp = await freeingOnceDone(body, () => {
      lease.grow(body.length * JSON_MEMORY_FACTOR);
      return jsonToOtlpInSteps(body, () => lease.turn());
    });
    return intake.scan(otlp, tenant);
  } catch (error) {
    if (request.destroyed && !request.complete) return undefined;
    const refusal = refusalOf(error);
    intake.requestRefused(refusal.reason);
    sendRefusal(request, response, refusal);
    return undefined;
  }
}

function mediaType({ headers }: IncomingMessage): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function sendSuccess(
  request: IncomingMessage,
  response: ServerResponse,
  partial: PartialSuccess | undefined,
): void {
  const isJson = mediaType(request) === JSON_TYPE;
  response.setHeader('content-type', isJson ? JSON_TYPE : PROTOBUF);
  const body = isJson ? Buffer.from(exportResponseJson(partial)) : encodeExportResponse(partial);
  sendAnswer(request, response, 200, body);
}

/** A google.rpc.Status in the request's own content type. */
function sendRefusal(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const { httpStatus, status } = refusal;
  if (status.retryAfterMs !== undefined) {
    response.setHeader('retry-after', Math.ceil(status.retryAfterMs / 1000));
  }
  const isProtobuf = mediaType(request) === PROTOBUF;
  response.setHeader('content-type', isProtobuf ? PROTOBUF : JSON_TYPE);
  const body = isProtobuf ? encodeRpcStatus(status) : Buffer.from(statusJson(status));
  sendAnswer(request, response, httpStatus, body);
}

function statusJson({ code, message }: RpcStatus): string {
  return JSON.stringify({ code, message });
}
