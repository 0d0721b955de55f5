import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import {
  CONTENT_TYPE,
  OK_TRAILERS,
  answerHttp,
  answerUnary,
  fail,
  finish,
  refuse,
  streamAnswers,
} from './answer-call.ts';
import { GRPC_STATUS } from './grpc-service.ts';
import type { BidiStreamingMethod, ServerStreamingMethod, UnaryMethod } from './grpc-service.ts';
import { parseGrpcTimeout } from './grpc-timeout.ts';
import { ENCODINGS, inflateMessage, parseEncoding } from './message-coding.ts';
import type { MessageEncoding } from './message-coding.ts';
import { createMessageQueue } from './message-queue.ts';
import { createMessageReader } from './message-reader.ts';
import type { HeldBack, MessageReader, ReceivedMessage } from './message-reader.ts';
import { NO_BUDGET } from './no-budget.ts';
import { RefusedError } from './refused-error.ts';
import type { Call, CallSettings, MessageBounds } from './served-call.ts';

/* The request's side of a call: what the client asks for, and its messages. */

/** A call as its connection sees it. */
export interface RunningCall {
  /** Whether its (first) message is still on its way. */
  isWaiting(): boolean;
  /** Refuses it, because its message did not come. */
  giveUp(): void;
}

/** Of a call that is refused before its method is known. */
const NO_MESSAGES: MessageBounds = { messageBytesMax: 0, budget: NO_BUDGET };

/** Serves one stream of a connection; undefined when it was answered already. */
export function serveCall(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  settings: CallSettings,
): RunningCall | undefined {
  stream.on('error', onStreamError);
  const httpStatus = httpProblem(headers);
  if (httpStatus !== undefined) {
    settings.onRefused('unsupported');
    answerHttp(stream, httpStatus);
    return undefined;
  }
  const encoding = parseEncoding(headers['grpc-encoding']);
  const served = settings.methods.get(headers[':path'] ?? '');
  const call: Call = {
    stream,
    headers,
    settings,
    bounds: served ?? NO_MESSAGES,
    gone: new AbortController(),
    encoding: encoding ?? 'identity',
    deadline: undefined,
    requestEnded: false,
    isHeld: false,
    answered: false,
    trailers: OK_TRAILERS,
  };
  try {
    if (served === undefined) throw unknownMethod(headers);
    if (encoding === undefined) throw unknownEncoding(headers);
    startDeadline(call);
    const { method } = served;
    return method.kind === 'bidi-streaming' ? serveBidi(call, method) : serveOne(call, method);
  } catch (error) {
    stream.resume();
    refuse(call, error);
    return undefined;
  }
}

/** A stream that a client resets ends with an error; what is left to do happens at `close`. */
function onStreamError(): undefined {
  return undefined;
}

/** The HTTP status for a request that is no gRPC. */
function httpProblem(headers: IncomingHttpHeaders): 405 | 415 | undefined {
  if (headers[':method'] !== 'POST') return 405;
  const type = headers['content-type'] ?? '';
  return type === CONTENT_TYPE || /^application\/grpc(\+|;|$)/i.test(type) ? undefined : 415;
}

function unknownMethod(headers: IncomingHttpHeaders): RefusedError {
  const message = `${headers[':path'] ?? ''} is not known here`;
  return new RefusedError('unsupported', { code: GRPC_STATUS.unimplemented, message });
}

function unknownEncoding(headers: IncomingHttpHeaders): RefusedError {
  const name = JSON.stringify(headers['grpc-encoding']);
  const message = `grpc-encoding ${name} is not known; use ${ENCODINGS.join(', ')}`;
  return new RefusedError('unsupported', { code: GRPC_STATUS.unimplemented, message });
}

/** @throws RefusedError when there is a `grpc-timeout` that is none */
function startDeadline(call: Call): void {
  const header = call.headers['grpc-timeout'];
  if (header === undefined) return;
  const timeoutMs = typeof header === 'string' ? parseGrpcTimeout(header) : undefined;
  if (timeoutMs === undefined) {
    const message = `grpc-timeout ${JSON.stringify(header)} is no timeout`;
    throw new RefusedError('malformed', { code: GRPC_STATUS.internal, message });
  }
  call.deadline = setTimeout(onDeadline, timeoutMs, call);
}

function onDeadline(call: Call): void {
  call.gone.abort();
  finish(call, { code: GRPC_STATUS.deadlineExceeded, message: 'the deadline has passed' });
}

/** A method that takes one message. */
function serveOne(call: Call, method: UnaryMethod | ServerStreamingMethod): RunningCall {
  const { stream, bounds } = call;
  let message: ReceivedMessage | undefined;
  const reader = createMessageReader({
    bytesMax: bounds.messageBytesMax,
    messagesMax: 1,
    budget: bounds.budget,
    onMessage: (whole) => {
      message = whole;
    },
  });
  readInto(reader, call, () => {
    if (message === undefined) refuse(call, incomplete(reader));
    else void answerOne(call, method, message);
  });
  stream.once('close', () => {
    if (!call.requestEnded) message?.lease.release();
  });
  return {
    isWaiting: () => !call.requestEnded,
    giveUp: () => {
      giveUp(call);
    },
  };
}

/** The method may answer while it hears; each message's memory is free when the next is drawn. */
function serveBidi(call: Call, method: BidiStreamingMethod): RunningCall {
  const { stream, bounds, encoding } = call;
  const flow = {
    pause: () => {
      stream.pause();
    },
    resume: () => {
      if (!call.isHeld) stream.resume();
    },
  };
  const queue = createMessageQueue(flow, (message) =>
    plainBytes(message, encoding, bounds.messageBytesMax),
  );
  const reader = createMessageReader({
    bytesMax: bounds.messageBytesMax,
    messagesMax: Number.POSITIVE_INFINITY,
    budget: bounds.budget,
    onMessage: queue.push,
  });
  readInto(reader, call, () => {
    if (reader.isInside()) refuse(call, incomplete(reader));
    queue.end();
  });
  stream.once('close', queue.end);
  const { headers, gone } = call;
  const answers = (): AsyncIterable<Uint8Array> =>
    method.handle(queue.messages, { headers, signal: gone.signal });
  void streamAnswers(call, answers).finally(queue.drop);
  return {
    isWaiting: () => !call.requestEnded && queue.count() === 0,
    giveUp: () => {
      giveUp(call);
    },
  };
}

/** @param onRead hears once that the client sends no more and all of it has been pushed */
function readInto(reader: MessageReader, call: Call, onRead: () => void): void {
  const { stream } = call;
  const take = (chunk: Buffer): void => {
    if (call.answered) return;
    try {
      const held = reader.push(chunk);
      if (held !== undefined) holdBack(held);
    } catch (error) {
      refuse(call, error);
    }
  };
  const endIfRead = (): void => {
    if (call.requestEnded && !call.isHeld && !call.answered) onRead();
  };
  const holdBack = ({ room, rest }: HeldBack): void => {
    call.isHeld = true;
    stream.pause();
    const goOn = (): void => {
      call.isHeld = false;
      stream.resume();
    };
    room.then(
      () => {
        goOn();
        take(rest);
        endIfRead();
      },
      (error: unknown) => {
        goOn();
        refuse(call, error);
      },
    );
  };
  stream.on('data', take);
  // It comes behind the last chunk even while the stream is paused, and after a reset as well.
  stream.once('end', () => {
    if (call.answered || stream.aborted) return;
    call.requestEnded = true;
    endIfRead();
  });
  stream.once('close', () => {
    clearTimeout(call.deadline);
    reader.release();
    if (call.answered) return;
    call.answered = true;
    call.gone.abort();
  });
}

function incomplete(reader: MessageReader): RefusedError {
  return reader.isInside()
    ? new RefusedError('malformed', {
        code: GRPC_STATUS.internal,
        message: 'the request ends inside of a message',
      })
    : new RefusedError('malformed', {
        code: GRPC_STATUS.unimplemented,
        message: 'the method takes one message, the client sent none',
      });
}

function giveUp(call: Call): void {
  const message = 'the message took too long to arrive';
  refuse(call, new RefusedError('timed_out', { code: GRPC_STATUS.deadlineExceeded, message }));
}

async function answerOne(
  call: Call,
  method: UnaryMethod | ServerStreamingMethod,
  message: ReceivedMessage,
): Promise<void> {
  const { bounds, headers, gone } = call;
  try {
    await message.lease.turn();
    if (call.answered) return;
    let bytes: Uint8Array = message.bytes;
    if (message.compressed) {
      try {
        bytes = await inflateMessage(message, call.encoding, bounds.messageBytesMax);
      } catch (error) {
        refuse(call, error);
        return;
      }
    }
    const about = { headers, signal: gone.signal };
    if (method.kind === 'unary') await answerUnary(call, await method.handle(bytes, about));
    else await streamAnswers(call, () => method.handle(bytes, about));
  } catch (error) {
    fail(call, error);
  } finally {
    message.lease.release();
  }
}

/** A message as its sender meant it; its memory counts until `release`. */
async function plainBytes(
  message: ReceivedMessage,
  encoding: MessageEncoding,
  bytesMax: number,
): Promise<Uint8Array> {
  return message.compressed ? inflateMessage(message, encoding, bytesMax) : message.bytes;
}
