import { GrpcCallError } from '../drivers/grpc-client.ts';
import { errorText } from '../runtime/errors.ts';
import { GRPC_STATUS, GrpcError } from '../runtime/grpc/grpc-service.ts';
import type { GrpcStatusCode } from '../runtime/grpc/grpc-service.ts';
import { StoreBusyError, StoreClosedError } from '../storage/embedded/storage-error.ts';
import { StorageClosedError } from '../storage/memory/memory-storage.ts';

const CODES: ReadonlyMap<number, GrpcStatusCode> = new Map(
  Object.values(GRPC_STATUS).map((code) => [code, code]),
);

/**
 * How a call ends whose question could not be answered. What the client can mend or wait for has a
 * status of its own; all else is INTERNAL, which no client sends again. A storage that is itself
 * served over gRPC keeps its status.
 */
export function readFailure(error: unknown): GrpcError {
  if (error instanceof GrpcError) return error;
  return new GrpcError({ code: codeOf(error), message: errorText(error) }, { cause: error });
}

function codeOf(error: unknown): GrpcStatusCode {
  if (!(error instanceof Error)) return GRPC_STATUS.internal;
  if (error instanceof GrpcCallError) return CODES.get(error.code) ?? GRPC_STATUS.unknown;
  const isAway = [StoreBusyError, StoreClosedError, StorageClosedError].some(
    (kind) => error instanceof kind,
  );
  if (isAway) return GRPC_STATUS.unavailable;
  switch (error.name) {
    case 'AbortError':
      return GRPC_STATUS.cancelled;
    case 'TimeoutError':
      return GRPC_STATUS.deadlineExceeded;
    default:
      return GRPC_STATUS.internal;
  }
}

/** A question that cannot be read, which is its sender's to mend. */
export function unreadable(error: unknown): GrpcError {
  return new GrpcError(
    { code: GRPC_STATUS.invalidArgument, message: errorText(error) },
    { cause: error },
  );
}
