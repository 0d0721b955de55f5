import { ApiError } from './api-error.ts';

/** A request that costs more than a setting allows; `limit` is the setting's name. */
export class LimitError extends ApiError {
  readonly limit: string;

  constructor(status: number, limit: string, message: string, options?: ErrorOptions) {
    super(status, message, options);
    this.limit = limit;
  }
}

export function bodyTooLarge(maxRequestSize: number): LimitError {
  const limit = 'query.max-request-size';
  return new LimitError(413, limit, `the body is larger than ${limit} (${maxRequestSize} bytes)`);
}

export function tookTooLong(timeoutMs: number, cause: unknown): LimitError {
  const limit = 'query.timeout';
  const message = `the request took longer than ${limit} (${timeoutMs} ms)`;
  return new LimitError(504, limit, message, { cause });
}

/** A number of traces above the setting's. */
export function tooManyTraces(message: string): LimitError {
  const limit = 'query.max-traces';
  return new LimitError(400, limit, `${message} (${limit})`);
}
