import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { errorText, UsageError } from '../runtime/errors.ts';
import type { RoleDeps } from '../runtime/running.ts';
import { TenancyError } from '../runtime/tenancy.ts';
import type { Tenancy } from '../runtime/tenancy.ts';
import type { Admission } from './admission.ts';
import { ApiError } from './api/api-error.ts';
import { bodyTooLarge } from './api/limit-error.ts';
import type { QueryConfig } from './config.ts';
import type { QueryMetrics } from './query-metrics.ts';
import { sendAnswer, TEXT } from './send-answer.ts';

export interface ProxyCall {
  readonly signal: OtlpSignal;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborts when the client goes away. */
  readonly gone: AbortSignal;
}

export type OtlpSignal = 'traces' | 'metrics' | 'logs';

interface ProxyDeps extends Pick<RoleDeps, 'clock' | 'logger'> {
  readonly admission: Admission;
  readonly queryMetrics: QueryMetrics;
  readonly tenancy: Tenancy;
}

const OPERATION = 'post_otlp';
/** What a sender's request is about; cookies and addresses of senders stay here. */
const REQUEST_HEADERS = [
  ...['content-type', 'content-encoding', 'content-length', 'accept', 'accept-encoding'],
  ...['user-agent', 'traceparent', 'tracestate'],
];
const ANSWER_HEADERS = ['content-type', 'content-encoding', 'content-length', 'retry-after'];

/**
 * Hands what browsers post to `/api/otlp/v1/…` on to one OTLP/HTTP server, and its answer back, as both
 * arrive; undefined when no such server is set.
 * @throws UsageError for one that cannot be asked
 */
export function createOtlpProxy(
  config: QueryConfig,
  deps: ProxyDeps,
): ((call: ProxyCall) => Promise<void>) | undefined {
  if (config.otlpProxyTarget === '') return undefined;
  const target = parseTarget(config.otlpProxyTarget);
  const { admission, clock, logger, queryMetrics } = deps;
  return async (call) => {
    const startMs = clock.monotonic();
    let result: 'ok' | 'err' = 'err';
    try {
      const leave = admission.enter();
      try {
        await forward(call, target, { ...deps, config });
        result = 'ok';
      } finally {
        leave();
      }
    } catch (error) {
      queryMetrics.failed(error);
      if (call.gone.aborted) return;
      if (call.response.headersSent) {
        logger.error({ operation: OPERATION }, `an answer was cut off: ${errorText(error)}`);
        call.response.destroy();
        return;
      }
      sendFailure(call, error);
    } finally {
      queryMetrics.observe(OPERATION, result, (clock.monotonic() - startMs) / 1000);
    }
  };
}

/** The address without a slash at its end. @throws UsageError */
function parseTarget(text: string): URL {
  if (/^https?:\/\/[^/?#@]+[^?#@]*$/.test(text) && URL.canParse(text)) {
    const url = new URL(text);
    url.pathname = url.pathname.replace(/\/+$/, '');
    return url;
  }
  throw new UsageError(
    'query.otlp-proxy.target: want the address of an OTLP/HTTP server, such as http://127.0.0.1:4318',
  );
}

type ForwardDeps = ProxyDeps & { readonly config: QueryConfig };

/** @throws ApiError, TenancyError, or why one of both sides was lost */
async function forward(call: ProxyCall, target: URL, deps: ForwardDeps): Promise<void> {
  const { request, response } = call;
  const { config, tenancy } = deps;
  tenancy.tenantOf(request.headers);
  if (Number(request.headers['content-length'] ?? 0) > config.maxRequestSize) {
    throw bodyTooLarge(config.maxRequestSize);
  }
  const deadline = AbortSignal.timeout(config.timeoutMs);
  const upstream = ask(call, target, { config, signal: AbortSignal.any([call.gone, deadline]) });
  try {
    const answer = await answerOf(upstream, sendBody(request, upstream, config));
    response.statusCode = answer.statusCode ?? 502;
    copyHeaders(ANSWER_HEADERS, answer, (name, value) => response.setHeader(name, value));
    request.resume();
    await pipeline(answer, response);
  } catch (error) {
    if (error instanceof ApiError || response.headersSent) throw error;
    throw deadline.aborted
      ? new ApiError(504, `query.otlp-proxy.target took longer than ${config.timeoutMs} ms`, {
          cause: error,
        })
      : new ApiError(502, `query.otlp-proxy.target does not answer: ${errorText(error)}`, {
          cause: error,
        });
  } finally {
    upstream.destroy();
  }
}

interface AskOptions {
  readonly config: QueryConfig;
  readonly signal: AbortSignal;
}

function ask(
  { request, signal: kind }: ProxyCall,
  target: URL,
  options: AskOptions,
): ClientRequest {
  const { config, signal } = options;
  const names = [
    ...REQUEST_HEADERS,
    ...(config.tenancy.enabled ? [config.tenancy.header] : []),
    ...(config.bearerTokenPropagation ? ['authorization', 'x-forwarded-access-token'] : []),
  ];
  const headers: Record<string, string> = {};
  copyHeaders(names, request, (name, value) => {
    headers[name] = value;
  });
  const url = new URL(`${target.pathname.replace(/^\/$/, '')}/v1/${kind}`, target);
  const open = url.protocol === 'https:' ? requestHttps : requestHttp;
  // A connection that was kept may be closed by the other side just now, and a post is not repeated.
  return open(url, { method: 'POST', headers, signal, agent: false });
}

/** The answer may come before all of the body is sent. @throws what breaks off either */
function answerOf(upstream: ClientRequest, sent: Promise<void>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    upstream.on('response', resolve);
    upstream.on('error', reject);
    sent.catch(reject);
  });
}

async function sendBody(
  request: IncomingMessage,
  upstream: ClientRequest,
  config: QueryConfig,
): Promise<void> {
  let size = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(piece)) throw new TypeError('the body of a request is not bytes');
    if (upstream.destroyed) return;
    size += piece.length;
    if (size > config.maxRequestSize) throw bodyTooLarge(config.maxRequestSize);
    if (!upstream.write(piece)) await once(upstream, 'drain');
  }
  upstream.end();
}

function copyHeaders(
  names: readonly string[],
  { headers }: IncomingMessage,
  set: (name: string, value: string) => void,
): void {
  for (const name of names) {
    const value = headers[name.toLowerCase()];
    if (typeof value === 'string') set(name, value);
  }
}

function sendFailure({ request, response }: ProxyCall, error: unknown): void {
  const known =
    error instanceof ApiError
      ? error
      : new ApiError(error instanceof TenancyError ? 401 : 500, errorText(error), { cause: error });
  if (known.status === 503) response.setHeader('retry-after', '1');
  const { message, status } = known;
  sendAnswer(request, response, { status, type: TEXT, body: `${message}\n` });
}
