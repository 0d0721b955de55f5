import { text } from '../text/common-text.ts';
import { takeEarlyAnswer } from './early-answers.ts';

/** Why data could not be shown; the message tells people what to do. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** GETs a path relative to the base path. The result is what the server said, not yet looked at. */
export async function fetchJson(path: string, signal: AbortSignal): Promise<unknown> {
  return jsonOf(await answer(path, { signal }), signal);
}

/** POSTs without a body, or with one of JSON. */
export async function postForJson(
  path: string,
  signal: AbortSignal,
  json?: string,
): Promise<unknown> {
  const body = json !== undefined && {
    body: json,
    headers: { 'content-type': 'application/json' },
  };
  return jsonOf(await answer(path, { signal, method: 'POST', ...body }), signal);
}

/** The same, for who reads the answer as it comes. */
export async function fetchAnswer(path: string, signal: AbortSignal): Promise<Response> {
  return checked(await answer(path, { signal }));
}

async function jsonOf(response: Response, signal: AbortSignal): Promise<unknown> {
  await checked(response);
  try {
    return await response.json();
  } catch (error) {
    signal.throwIfAborted();
    throw new ApiError(response.status, text.failedShape, { cause: error });
  }
}

async function checked(response: Response): Promise<Response> {
  if (response.status === 401 || response.status === 403) {
    throw new ApiError(response.status, text.failedForbidden);
  }
  if (!response.ok) {
    const message = errorMessage(await response.text()) || response.statusText;
    throw new ApiError(response.status, text.failedStatus(response.status, message));
  }
  return response;
}

async function answer(
  path: string,
  request: RequestInit & { readonly signal: AbortSignal },
): Promise<Response> {
  try {
    const url = new URL(path, document.baseURI);
    const early =
      request.method === undefined ? takeEarlyAnswer(url.href, request.signal) : undefined;
    return await (early ?? fetch(url, request));
  } catch (error) {
    request.signal.throwIfAborted();
    throw new ApiError(0, text.failedNetwork, { cause: error });
  }
}

/** Both APIs carry a sentence: `{errors:[{msg}]}` and `{error:{message}}`. */
function errorMessage(body: string): string {
  const found = /"(?:msg|message)"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(body)?.[1];
  const parsed: unknown = found === undefined ? undefined : JSON.parse(found);
  return typeof parsed === 'string' ? parsed : body.trim().slice(0, 200);
}
