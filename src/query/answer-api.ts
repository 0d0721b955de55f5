import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorText } from '../runtime/errors.ts';
import type { RoleDeps } from '../runtime/running.ts';
import { TenancyError } from '../runtime/tenancy.ts';
import type { Tenancy } from '../runtime/tenancy.ts';
import type { AskedStorage, Storage } from '../storage/storage.ts';
import type { Admission } from './admission.ts';
import { bearerToken } from './bearer-token.ts';
import { ApiError } from './api/api-error.ts';
import type { Endpoint } from './api/endpoint.ts';
import { errorText as errorBody, isAsked } from './api/json-text.ts';
import { bodyTooLarge, tookTooLong } from './api/limit-error.ts';
import { createSharedSpanFields } from './api/shared-span-fields.ts';
import type { StoredSpanFields } from './api/stored-span-fields.ts';
import type { QueryConfig } from './config.ts';
import type { QueryMetrics } from './query-metrics.ts';
import type { MetricsReader } from './metrics/metrics-reader.ts';
import { sendAnswer, TEXT } from './send-answer.ts';
import { storageFor } from './storage-for.ts';
import { AnswerSender } from './stream-answer.ts';

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
  readonly storage: AskedStorage & Pick<Storage, 'withToken'>;
  readonly admission: Admission;
  readonly queryMetrics: QueryMetrics;
  readonly metricsStore: MetricsReader | undefined;
  readonly tenancy: Tenancy;
}

/** Answers calls of the API within the limits of time, concurrency and size, and counts them. */
export function createApi(config: QueryConfig, deps: ApiDeps): (call: ApiCall) => Promise<void> {
  const { admission, queryMetrics } = deps;
  const spanFields = createSharedSpanFields();
  const answer = async (call: ApiCall, sender: AnswerSender): Promise<void> => {
    const leave = admission.enter();
    const deadline = AbortSignal.timeout(config.timeoutMs);
    const signal = AbortSignal.any([call.gone, deadline]);
    try {
      await answerOnce(call, sender, { ...deps, config, signal, spanFields });
    } catch (error) {
      if (!deadline.aborted || error instanceof ApiError) throw error;
      throw tookTooLong(config.timeoutMs, error);
    } finally {
      leave();
    }
  };
  return async (call) => {
    const { endpoint, request, response } = call;
    const startMs = deps.clock.monotonic();
    const observe = (result: 'ok' | 'err'): void => {
      const seconds = (deps.clock.monotonic() - startMs) / 1000;
      queryMetrics.observe(endpoint.operation, result, seconds);
    };
    const sender = new AnswerSender(request, response);
    try {
      await answer(call, sender);
      observe('ok');
    } catch (error) {
      observe('err');
      queryMetrics.failed(error);
      const isCut = sender.isUnderWay;
      sender.giveUp();
      if (call.gone.aborted) return;
      if (error instanceof TenancyError) {
        const body = error.message;
        sendAnswer(request, response, { status: 401, type: TEXT, body });
        return;
      }
      const known =
        error instanceof ApiError ? error : new ApiError(500, errorText(error), { cause: error });
      if (known.status === 500 || isCut) {
        const what = isCut ? 'an answer was cut off: ' : '';
        deps.logger.error({ operation: endpoint.operation }, `${what}${known.message}`);
      }
      if (!isCut) sendError(call, known);
    }
  };
}

function sendError({ endpoint, request, response }: ApiCall, error: ApiError): void {
  if (error.status === 503) response.setHeader('retry-after', '1');
  const body = errorBody(endpoint.family, error);
  sendAnswer(request, response, { status: error.status, type: TEXT, body });
}

interface AnswerDeps extends ApiDeps {
  readonly config: QueryConfig;
  readonly signal: AbortSignal;
  readonly spanFields: () => StoredSpanFields;
}

async function answerOnce(
  { endpoint, name, parameters, request }: ApiCall,
  sender: AnswerSender,
  { clock, config, metricsStore, signal, spanFields, storage, tenancy }: AnswerDeps,
): Promise<void> {
  const token = config.bearerTokenPropagation ? bearerToken(request.headers) : '';
  const asked = {
    tenant: tenancy.tenantOf(request.headers),
    token,
    ...{ name, parameters, nowMs: clock.now(), signal },
    accept: request.headers.accept ?? '',
    body: () => readBody(request, config.maxRequestSize, signal),
    isUnderWay: () => sender.isUnderWay,
    begin: () => {
      sender.begin();
    },
  };
  if (endpoint.fileName !== undefined && isAsked(parameters, 'download')) {
    sender.fileName = endpoint.fileName;
  }
  if (endpoint.type !== undefined) sender.type = endpoint.type(asked);
  const answer = endpoint.answer(asked, {
    storage: storageFor(storage, token),
    ...{ metricsStore, spanFields },
    limits: config,
  });
  if (answer instanceof Promise) {
    await sender.add(await withSignal(answer, signal), signal);
  } else {
    const pieces = answer[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await withSignal(pieces.next(), signal);
        if (next.done === true) break;
        await sender.add(next.value, signal);
      }
    } finally {
      // Not awaited: a storage that does not listen would hold up the answer that it is late.
      void Promise.resolve(pieces.return?.()).catch(() => undefined);
    }
  }
  await sender.end(signal);
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
      throw bodyTooLarge(maxSize);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
