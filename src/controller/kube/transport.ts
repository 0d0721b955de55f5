import { Readable } from 'node:stream';
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Clock } from '../../runtime/clock.ts';
import { errorText, systemErrorCode } from '../../runtime/errors.ts';
import { VERSION } from '../../runtime/version.ts';
import type { ConnectionSource } from './connection.ts';
import { KubeApiError, KubeTransportError, WriteRefusedError } from './kube-api.ts';
import { parseJson, statusError } from './kube-json.ts';
import type { KubeMetrics } from './kube-metrics.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** Requests to the API server, without knowing what they mean. */
export interface Transport {
  /** The JSON of a successful answer. Retries what the server says it did not do (429). */
  json(request: KubeRequest): Promise<unknown>;
  /** The bytes of a successful answer as they come; the first and any two at most `idleMs` apart. */
  stream(request: KubeRequest, idleMs: number): Promise<AsyncIterable<Buffer>>;
}

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  readonly signal: AbortSignal;
  readonly accept?: string;
  readonly body?: unknown;
  readonly contentType?: string;
}

/** Throws WriteRefusedError when this process may not write (any more). */
export type WriteGuard = () => void;

export interface TransportOptions {
  readonly source: ConnectionSource;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly metrics: KubeMetrics;
  readonly requestTimeoutMs: number;
  readonly responseBytesMax: number;
  readonly guard?: WriteGuard;
}

/** How often one request is sent again because the server answered 429 or 401. */
const RETRIES_MAX = 3;
/** Without a Retry-After, the server still wants us to wait. */
const PAUSE_DEFAULT_MS = 1000;
/** A longer Retry-After is left to the caller's own backoff. */
const PAUSE_MAX_MS = 30_000;

type Answer = Dispatcher.ResponseData;
/** How long a connection may say nothing, in ms. */
type SilenceLimits = Required<Pick<Dispatcher.RequestOptions, 'headersTimeout' | 'bodyTimeout'>>;

export function createTransport(options: TransportOptions): Transport {
  const { source, clock, requestTimeoutMs, responseBytesMax } = options;
  return {
    json: async (request) => {
      const limit = AbortSignal.timeout(requestTimeoutMs);
      const signal = AbortSignal.any([request.signal, limit]);
      return named(request, async () => {
        const silence = { headersTimeout: requestTimeoutMs, bodyTimeout: requestTimeoutMs };
        const answer = await sendPatiently(options, { ...request, signal }, silence);
        return parseJson(await readText(answer, responseBytesMax));
      });
    },
    stream: (request, idleMs) =>
      named(request, async () => {
        // The connection may be one that has been dead since before.
        const headersTimeout = Math.min(idleMs, requestTimeoutMs);
        const silence = { headersTimeout, bodyTimeout: idleMs };
        return (await sendPatiently(options, request, silence)).body;
      }),
  };

  async function sendPatiently(
    { limiter, metrics }: TransportOptions,
    request: KubeRequest,
    silence: SilenceLimits,
  ): Promise<Answer> {
    for (let attempt = 0; ; attempt++) {
      const asked = clock.monotonic();
      await limiter.acquire(request.signal);
      metrics.limited((clock.monotonic() - asked) / 1000);
      const answer = await sendOnce(request, silence);
      if (answer.statusCode < 400) return answer;
      const error = await answerError(answer);
      if (answer.statusCode === 401) source.distrust();
      const pauseMs = error.retryAfterMs ?? PAUSE_DEFAULT_MS;
      if (answer.statusCode === 429) limiter.pause(Math.min(pauseMs, PAUSE_MAX_MS));
      const again =
        (answer.statusCode === 429 && pauseMs <= PAUSE_MAX_MS) ||
        (answer.statusCode === 401 && attempt === 0);
      if (!again || attempt >= RETRIES_MAX) throw error;
    }
  }

  async function sendOnce(request: KubeRequest, silence: SilenceLimits): Promise<Answer> {
    const { dispatcher, headers } = await source.current();
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    const url = new URL(source.server + request.path);
    const started = clock.monotonic();
    const count = (code: string): void => {
      options.metrics.request(request.method, code, (clock.monotonic() - started) / 1000);
    };
    try {
      const answer = await dispatcher.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: request.method,
        headers: { ...headers, ...contentHeaders(request, body) },
        ...(body === undefined ? {} : { body: guardedBody(body, options.guard) }),
        signal: request.signal,
        ...silence,
      });
      count(String(answer.statusCode));
      return answer;
    } catch (error) {
      count('<error>');
      throw error;
    }
  }
}

/**
 * The body is read by the socket that is about to send it, after any wait for a connection: the
 * guard runs at the last moment there is. When it throws, the server sees a request cut short.
 */
function guardedBody(body: Buffer, guard: WriteGuard | undefined): Readable {
  const read = function* (): Generator<Buffer> {
    guard?.();
    yield body;
  };
  return Readable.from(read(), { objectMode: false });
}

function contentHeaders(request: KubeRequest, body: Buffer | undefined): Record<string, string> {
  return {
    accept: request.accept ?? 'application/json',
    'user-agent': `jaeger-instance-operator/${VERSION}`,
    ...(body === undefined
      ? {}
      : {
          'content-type': request.contentType ?? 'application/json',
          'content-length': String(body.byteLength),
        }),
  };
}

async function readText(answer: Answer, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > bytesMax) throw new KubeTransportError(`the answer exceeds ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Statuses are small; what does not fit here is no Status. */
const STATUS_BYTES_MAX = 1_048_576;

async function answerError(answer: Answer): Promise<KubeApiError> {
  const text = await readText(answer, STATUS_BYTES_MAX);
  const retryAfter = headerText(answer.headers, 'retry-after');
  const json = text.startsWith('{') ? parseJson(text) : undefined;
  const shown = json ?? (text === '' ? undefined : { message: text.slice(0, 500).trim() });
  return statusError(shown, answer.statusCode, retryAfter);
}

function headerText(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Runs a request; whatever is not the server's own answer becomes a KubeTransportError. */
async function named<T>(request: KubeRequest, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw transportError(error, `${request.method} ${request.path}`, request.signal);
  }
}

/** The caller's own abort and this layer's errors stay as they are. */
export function transportError(error: unknown, what: string, signal: AbortSignal): unknown {
  if (signal.aborted && error === signal.reason) return error;
  if (error instanceof KubeApiError) {
    const { status, reason, retryAfterMs, said } = error;
    return new KubeApiError(`${what}: ${error.message}`, { status, reason, retryAfterMs, said });
  }
  if (error instanceof KubeTransportError || error instanceof WriteRefusedError) return error;
  const code = systemErrorCode(error);
  return new KubeTransportError(`${what}: ${code ?? errorText(error)}`, { cause: error });
}
