import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { MessageEncoding } from './message-coding.ts';
import type { GrpcMethod, GrpcStatus, MessageBudget } from './grpc-service.ts';
import type { GrpcRefusal } from './refused-error.ts';

/** What the calls of one server have in common. */
export interface CallSettings {
  readonly methods: ReadonlyMap<string, ServedMethod>;
  readonly statusOf: (error: unknown) => GrpcStatus;
  readonly onRefused: (reason: GrpcRefusal) => void;
}

/** A method with what its messages may take. */
export interface ServedMethod {
  readonly method: GrpcMethod;
  readonly messageBytesMax: number;
  readonly budget: MessageBudget;
}

export type MessageBounds = Omit<ServedMethod, 'method'>;

/** One call: the request's side and the answer's side of it know each other by this alone. */
export interface Call {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  readonly settings: CallSettings;
  readonly bounds: MessageBounds;
  readonly gone: AbortController;
  readonly encoding: MessageEncoding;
  deadline: NodeJS.Timeout | undefined;
  /** Whether the client has said that it sends no more. */
  requestEnded: boolean;
  /** Whether the next message waits for its memory. */
  isHeld: boolean;
  /** Whether the last word of the answer has been said. */
  answered: boolean;
  trailers: OutgoingHttpHeaders;
}
