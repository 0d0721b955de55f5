import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorText } from '../runtime/errors.ts';
import type { RoleDeps } from '../runtime/running.ts';
import type { Storage } from '../storage/storage.ts';
import type { Admission } from './admission.ts';
import { ApiError } from './api/endpoint.ts';
import type { AnswerBytes, Endpoint } from './api/endpoint.ts';
import { errorText as errorBody } from './api/json-text.ts';
import type { QueryConfig } from './config.ts';
import type { QueryMetrics } from './query-metrics.ts';
import { sendAnswer, TEXT } from './send-answer.ts';

export interface ApiCall {
  readonly endpoint: Endpoint;
  readonly name: string;
  readonly parameters: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborts when the client goes away. */
  readonly gone: AbortSignal;
}

interface ApiDeps extends Pick<RoleDeps, 'clock' | 'logger'> {
  readonly storage: Pick<Storage, 'reader' | 'dependencies' | 'archive'>;
  readonly admission: Admission;
  readonly queryMetrics: QueryMetrics;
}

/** Answers calls of the API within the limits of time, concurrency and size, and counts them. */
export function createApi(config: QueryConfig, deps: ApiDeps): (call: ApiCall) => Promise<void> {
  const { admission, queryMetrics } = deps;
  const answer = async (call: ApiCall): Promise<string | AnswerBytes> => {
    const leave = admission.enter();
    const deadline = AbortSignal.timeout(config.timeoutMs);
    const signal = AbortSignal.any([call.gone, deadline]);
    try {
      return await answerOnce(call, signal, config, deps);
    } catch (error) {
      if (!deadline.aborted || error instanceof ApiError) throw error;
      const message = `the request took longer than query.timeout (${config.timeoutMs} ms)`;
      throw new ApiError(504, message, { cause: error });
    } finally {
      leave();
    }
  };
  return async (call) => {
    const { endpoint, request, response } = call;
    const startMs = deps.clock.monotonic();
    const observe = (result: 'ok' | 'err'): void => {
      queryMetrics.observe(endpoint.operation, result, (deps.clock.monotonic() - startMs) / 1000);
    };
    try {
      const body = await answer(call);
      observe('ok');
      sendAnswer(request, response, { status: 200, type: 'application/json', body });
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
      sendAnswer(request, response, { status: known.status, type: TEXT, body });
    }
  };
}

function answerOnce(
  { endpoint, name, parameters, request }: ApiCall,
  signal: AbortSignal,
  config: QueryConfig,
  { clock, storage }: ApiDeps,
): Promise<string | AnswerBytes> {
  const body = (): Promise<string> => readBody(request, config.maxRequestSize, signal);
  const asked = { tenant: '', name, parameters, nowMs: clock.now(), signal, body };
  return withSignal(endpoint.answer(asked, { storage, limits: config }), signal);
}

/** The answer, or the signal's reason as soon as it aborts: a storage may not listen to it. */
function withSignal<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    answer.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}

/** @throws ApiError, or the signal's reason */
async function readBody(
  request: IncomingMessage,
  maxSize: number,
  signal: AbortSignal,
): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    signal.throwIfAborted();
    if (!Buffer.isBuffer(piece)) throw new TypeError('the body of a request is not bytes');
    size += piece.length;
    if (size > maxSize) {
      throw new ApiError(413, `the body is larger than query.max-request-size (${maxSize} bytes)`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
