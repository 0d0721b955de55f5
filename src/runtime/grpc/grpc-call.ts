import { constants } from 'node:http2';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import {
  ENCODINGS,
  acceptsGzip,
  compressedFrame,
  inflateMessage,
  isWorthCompressing,
  parseEncoding,
  plainFrame,
} from './message-coding.ts';
import type { MessageEncoding } from './message-coding.ts';
import { createMessageQueue } from './message-queue.ts';
import { createMessageReader } from './message-reader.ts';
import type { HeldBack, MessageReader, ReceivedMessage } from './message-reader.ts';
import { GRPC_STATUS, GrpcError } from './grpc-service.ts';
import { NO_BUDGET } from './no-budget.ts';
import type {
  BidiStreamingMethod,
  GrpcMethod,
  GrpcStatus,
  MessageBudget,
  ServerStreamingMethod,
  UnaryMethod,
} from './grpc-service.ts';
import { statusTrailers } from './grpc-status.ts';
import { parseGrpcTimeout } from './grpc-timeout.ts';
import { RefusedError } from './refused-error.ts';
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

/** A call as its connection sees it. */
export interface RunningCall {
  /** Whether its (first) message is still on its way. */
  isWaiting(): boolean;
  /** Refuses it, because its message did not come. */
  giveUp(): void;
}

type MessageBounds = Omit<ServedMethod, 'method'>;

/** Of a call that is refused before its method is known. */
const NO_MESSAGES: MessageBounds = { messageBytesMax: 0, budget: NO_BUDGET };

interface Call {
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

const CONTENT_TYPE = 'application/grpc';
const END: GrpcStatus = { code: GRPC_STATUS.ok, message: '' };
const OK_TRAILERS = statusTrailers(END);
const ANSWER_HEADERS = {
  ':status': 200,
  'content-type': CONTENT_TYPE,
  'grpc-accept-encoding': ENCODINGS.join(','),
};
const GZIP_ANSWER_HEADERS = { ...ANSWER_HEADERS, 'grpc-encoding': 'gzip' };
const WITH_TRAILERS = { waitForTrailers: true };
const HEADERS_ONLY = { endStream: true };
const RESET_AFTER_MS = 200;

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

function answerHttp(stream: ServerHttp2Stream, status: 405 | 415): void {
  if (stream.destroyed) return;
  stream.respond(
    status === 405 ? { ':status': status, allow: 'POST' } : { ':status': status },
    HEADERS_ONLY,
  );
  stream.resume();
  stopClient(stream);
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
    finish(call, statusOf(call, error));
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

async function answerUnary(call: Call, answer: Uint8Array): Promise<void> {
  const { stream, headers } = call;
  const compress = isWorthCompressing(answer) && acceptsGzip(headers['grpc-accept-encoding']);
  const framed = compress ? await compressedFrame(answer) : plainFrame(answer);
  if (call.answered || stream.destroyed) return;
  call.answered = true;
  clearTimeout(call.deadline);
  openAnswer(call, compress);
  stream.end(framed);
}

async function streamAnswers(call: Call, answers: () => AsyncIterable<Uint8Array>): Promise<void> {
  const { stream, headers } = call;
  const gzip = acceptsGzip(headers['grpc-accept-encoding']);
  try {
    for await (const answer of answers()) {
      const framed =
        gzip && isWorthCompressing(answer) ? await compressedFrame(answer) : plainFrame(answer);
      if (call.answered || stream.destroyed) return;
      if (!stream.headersSent) openAnswer(call, gzip);
      if (!stream.write(framed)) await drained(call);
    }
    finish(call, END);
  } catch (error) {
    if (error instanceof RefusedError) refuse(call, error);
    else finish(call, statusOf(call, error));
  }
}

function openAnswer(call: Call, gzip: boolean): void {
  const { stream } = call;
  stream.respond(gzip ? GZIP_ANSWER_HEADERS : ANSWER_HEADERS, WITH_TRAILERS);
  stream.once('wantTrailers', () => {
    stream.sendTrailers(call.trailers);
    if (!call.requestEnded) stopClient(stream);
  });
}

function drained({ stream, gone }: Call): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done);
      gone.signal.removeEventListener('abort', done);
      resolve();
    };
    stream.once('drain', done);
    gone.signal.addEventListener('abort', done, { once: true });
    if (gone.signal.aborted) done();
  });
}

/** Answers a call that its method does not see, and books it. */
function refuse(call: Call, error: unknown): void {
  if (call.answered) return;
  const status = statusOf(call, error);
  call.settings.onRefused(error instanceof RefusedError ? error.reason : reasonOf(status));
  finish(call, status);
}

/** Why a budget has no room: now, or never. */
function reasonOf({ code }: GrpcStatus): GrpcRefusal {
  return code === GRPC_STATUS.resourceExhausted ? 'too_large' : 'overloaded';
}

function statusOf({ settings }: Call, error: unknown): GrpcStatus {
  return error instanceof GrpcError ? error.status : settings.statusOf(error);
}

/** Says how the call ended: in trailers behind the answers, or in the one header block. */
function finish(call: Call, status: GrpcStatus): void {
  if (call.answered) return;
  call.answered = true;
  clearTimeout(call.deadline);
  const { stream } = call;
  if (stream.destroyed) return;
  if (!stream.headersSent) {
    stream.respond({ ...ANSWER_HEADERS, ...statusTrailers(status) }, HEADERS_ONLY);
    if (!call.requestEnded) stopClient(stream);
    return;
  }
  call.trailers = statusTrailers(status);
  // A client that does not read its answers would never come to the trailers.
  if (stream.writableNeedDrain) stream.close(constants.NGHTTP2_CANCEL);
  else stream.end();
}

/**
 * The answer is complete: a client that is still sending may stop (RFC 9113, 8.1). Most do so when
 * they read it, and until then what they send is thrown away; the others are told a little later,
 * because clients on Node miss an answer that a reset follows at once.
 */
function stopClient(stream: ServerHttp2Stream): void {
  const reset = setTimeout(() => {
    stream.close(constants.NGHTTP2_NO_ERROR);
  }, RESET_AFTER_MS);
  stream.once('close', () => {
    clearTimeout(reset);
  });
}
