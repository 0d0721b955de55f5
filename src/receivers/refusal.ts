import type { RequestRefusal } from '../pipeline/account.ts';
import { RequestTooLargeError } from '../pipeline/byte-budget.ts';
import { SinkOverloadedError } from '../pipeline/sink.ts';
import { errorText } from '../runtime/errors.ts';
import { TenancyError } from '../runtime/tenancy.ts';
import { RPC_CODES } from '../wire/protobuf/rpc-status.ts';
import type { RpcStatus } from '../wire/protobuf/rpc-status.ts';
import { WireError } from '../wire/wire-error.ts';
import { BodyTooLargeError, UnsupportedMediaError } from './http-body.ts';

/** How a request that failed as a whole is answered, over HTTP and over gRPC. */
export interface Refusal {
  readonly httpStatus: number;
  readonly status: RpcStatus;
  /** How it is counted when nobody has seen its spans. */
  readonly reason: RequestRefusal;
}

const RETRY_AFTER_MS = 1000;

/** Permanent for what will never be accepted; retryable with a delay for everything else. */
export function refusalOf(error: unknown): Refusal {
  const message = errorText(error);
  if (error instanceof WireError) {
    const status = { code: RPC_CODES.invalidArgument, message };
    return { httpStatus: 400, status, reason: 'malformed' };
  }
  if (error instanceof UnsupportedMediaError) {
    const status = { code: RPC_CODES.invalidArgument, message };
    return { httpStatus: 415, status, reason: 'unsupported' };
  }
  if (error instanceof BodyTooLargeError || error instanceof RequestTooLargeError) {
    const status = { code: RPC_CODES.resourceExhausted, message };
    return { httpStatus: 413, status, reason: 'too_large' };
  }
  if (error instanceof TenancyError) {
    const status = { code: RPC_CODES.permissionDenied, message };
    return { httpStatus: 401, status, reason: 'unknown_tenant' };
  }
  return putOff(error);
}

/** Whether a request was refused for what is neither its sender's doing nor an overload. */
export function isFailure(error: unknown): boolean {
  return refusalOf(error).httpStatus === 503 && !(error instanceof SinkOverloadedError);
}

/** What has failed, and where, is for the log: a sender is told what it can do. */
function putOff(error: unknown): Refusal {
  const [problem, retryAfterMs] =
    error instanceof SinkOverloadedError
      ? [error.message, error.retryAfterMs]
      : ['the spans cannot be kept now', RETRY_AFTER_MS];
  const message = `${problem}; send them again in ${Math.ceil(retryAfterMs / 1000)} s`;
  const status = { code: RPC_CODES.unavailable, message, retryAfterMs };
  return { httpStatus: 503, status, reason: 'overloaded' };
}
