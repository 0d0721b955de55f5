import type { GrpcCall, ServerStreamingMethod, UnaryMethod } from '../runtime/grpc/grpc-service.ts';
import { PatternError } from '../storage/text-pattern.ts';
import { TENANT_HEADER } from '../wire/jaeger-storage/method-paths.ts';
import { WireError } from '../wire/wire-error.ts';
import { readFailure, unreadable } from './read-status.ts';

/** One answer to one question. */
export function unary<Q>(
  path: string,
  decode: (message: Uint8Array) => Q,
  answer: (question: Q, call: GrpcCall) => Promise<Uint8Array>,
): UnaryMethod {
  return {
    kind: 'unary',
    path,
    handle: async (message, call) => {
      const question = questionOf(message, decode);
      try {
        return await answer(question, call);
      } catch (error) {
        throw readFailure(error);
      }
    },
  };
}

/** Answers to one question. */
export function streaming<Q>(
  path: string,
  decode: (message: Uint8Array) => Q,
  answers: (question: Q, call: GrpcCall) => AsyncIterable<Uint8Array>,
): ServerStreamingMethod {
  return {
    kind: 'server-streaming',
    path,
    handle: async function* (message, call) {
      const question = questionOf(message, decode);
      try {
        yield* answers(question, call);
      } catch (error) {
        throw readFailure(error);
      }
    },
  };
}

function questionOf<Q>(message: Uint8Array, decode: (message: Uint8Array) => Q): Q {
  try {
    return decode(message);
  } catch (error) {
    const isTheirs = error instanceof WireError || error instanceof PatternError;
    throw isTheirs ? unreadable(error) : error;
  }
}

/** Whose data a call is about. */
export function tenantOf({ headers }: GrpcCall): string {
  const given = headers[TENANT_HEADER];
  return typeof given === 'string' ? given : '';
}
