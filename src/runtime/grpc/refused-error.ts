import { GrpcError } from './grpc-service.ts';
import type { GrpcStatus } from './grpc-service.ts';

/** Why a call never came to its method. */
export type GrpcRefusal = 'malformed' | 'too_large' | 'overloaded' | 'unsupported' | 'timed_out';

/** A call that is refused before its method sees it. */
export class RefusedError extends GrpcError {
  readonly reason: GrpcRefusal;

  constructor(reason: GrpcRefusal, status: GrpcStatus, options?: ErrorOptions) {
    super(status, options);
    this.reason = reason;
  }
}
