import { constants } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { GRPC_STATUS, GrpcError } from './grpc-service.ts';
import type { GrpcStatus } from './grpc-service.ts';
import { statusTrailers } from './grpc-status.ts';
import {
  ENCODINGS,
  acceptsGzip,
  compressedFrame,
  isWorthCompressing,
  plainFrame,
} from './message-coding.ts';
import { RefusedError } from './refused-error.ts';
import type { GrpcRefusal } from './refused-error.ts';
import type { Call } from './served-call.ts';

/* The answer's side of a call: messages, and how it ends. */

export const CONTENT_TYPE = 'application/grpc';
const END: GrpcStatus = { code: GRPC_STATUS.ok, message: '' };
export const OK_TRAILERS = statusTrailers(END);
const ANSWER_HEADERS = {
  ':status': 200,
  'content-type': CONTENT_TYPE,
  'grpc-accept-encoding': ENCODINGS.join(','),
};
const GZIP_ANSWER_HEADERS = { ...ANSWER_HEADERS, 'grpc-encoding': 'gzip' };
const WITH_TRAILERS = { waitForTrailers: true };
const HEADERS_ONLY = { endStream: true };
const RESET_AFTER_MS = 200;

export async function answerUnary(call: Call, answer: Uint8Array): Promise<void> {
  const { stream, headers } = call;
  const compress = isWorthCompressing(answer) && acceptsGzip(headers['grpc-accept-encoding']);
  const framed = compress ? await compressedFrame(answer) : plainFrame(answer);
  if (call.answered || stream.destroyed) return;
  call.answered = true;
  clearTimeout(call.deadline);
  openAnswer(call, compress);
  stream.end(framed);
}

export async function streamAnswers(
  call: Call,
  answers: () => AsyncIterable<Uint8Array>,
): Promise<void> {
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
    else fail(call, error);
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
export function refuse(call: Call, error: unknown): void {
  if (call.answered) return;
  const status = statusOf(call, error);
  call.settings.onRefused(error instanceof RefusedError ? error.reason : reasonOf(status));
  finish(call, status);
}

/** Ends a call that its method has not brought to a good end. */
export function fail(call: Call, error: unknown): void {
  if (!call.answered) finish(call, statusOf(call, error));
}

function statusOf({ settings }: Call, error: unknown): GrpcStatus {
  return error instanceof GrpcError ? error.status : settings.statusOf(error);
}

/** Why a budget has no room: now, or never. */
function reasonOf({ code }: GrpcStatus): GrpcRefusal {
  return code === GRPC_STATUS.resourceExhausted ? 'too_large' : 'overloaded';
}

/** Says how the call ended: in trailers behind the answers, or in the one header block. */
export function finish(call: Call, status: GrpcStatus): void {
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

/** Answers what is no gRPC at all. */
export function answerHttp(stream: ServerHttp2Stream, status: 405 | 415): void {
  if (stream.destroyed) return;
  stream.respond(
    status === 405 ? { ':status': status, allow: 'POST' } : { ':status': status },
    HEADERS_ONLY,
  );
  stream.resume();
  stopClient(stream);
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
