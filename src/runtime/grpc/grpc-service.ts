import type { IncomingHttpHeaders } from 'node:http2';

/** One method of a gRPC server. Messages are bytes: this project has codecs of its own. */
export type GrpcMethod = UnaryMethod | ServerStreamingMethod | BidiStreamingMethod;

export interface UnaryMethod {
  readonly kind: 'unary';
  /** `/package.Service/Method`. */
  readonly path: string;
  /**
   * The one answer. Rejects with `GrpcError`, or with what the server's `statusOf` understands. The
   * message is the method's own from here on.
   */
  readonly handle: (message: Uint8Array, call: GrpcCall) => Promise<Uint8Array>;
}

export interface ServerStreamingMethod {
  readonly kind: 'server-streaming';
  readonly path: string;
  /** The answers, drawn no faster than the client reads them. Throws as a unary method rejects. */
  readonly handle: (message: Uint8Array, call: GrpcCall) => AsyncIterable<Uint8Array>;
}

export interface BidiStreamingMethod {
  readonly kind: 'bidi-streaming';
  readonly path: string;
  /** The messages arrive no faster than they are drawn; otherwise as a server-streaming method. */
  readonly handle: (
    messages: AsyncIterable<Uint8Array>,
    call: GrpcCall,
  ) => AsyncIterable<Uint8Array>;
}

export interface GrpcCall {
  /** Request headers: metadata of the client, names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Aborts when the client cancels, its deadline passes or its connection ends. */
  readonly signal: AbortSignal;
}

/** https://grpc.io/docs/guides/status-codes/ */
export const GRPC_STATUS = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;
export type GrpcStatusCode = (typeof GRPC_STATUS)[keyof typeof GRPC_STATUS];

/** How a call ends that does not end well. */
export interface GrpcStatus {
  readonly code: GrpcStatusCode;
  readonly message: string;
  /** A google.rpc.Status message, sent as `grpc-status-details-bin`. */
  readonly details?: Uint8Array;
}

/** A method's refusal, with the status its client gets. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly status: GrpcStatus;

  constructor(status: GrpcStatus, options?: ErrorOptions) {
    super(status.message, options);
    this.status = status;
  }
}

/** Memory that a server takes for messages; structurally that of the pipeline's byte budget. */
export interface MessageBudget {
  lease(): MessageLease;
}

export interface MessageLease {
  /**
   * Waits in line until there is room for a message of that size, and holds it for a moment;
   * undefined when there is room now. Rejects or throws when there will be none.
   */
  room(bytes: number): Promise<void> | undefined;
  /** @throws when so many bytes have no room */
  grow(bytes: number): void;
  /** Waits until it is time to work on the message. */
  turn(): Promise<void>;
  release(): void;
}
