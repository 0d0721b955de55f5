import { constants } from 'node:http2';
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { ConnectionEnd } from '../connection-ends.ts';
import { systemErrorCode } from '../errors.ts';
import type { RunningCall } from './grpc-call.ts';
import type { GrpcLimits } from './grpc-limits.ts';

export interface ConnectionOptions {
  readonly limits: GrpcLimits;
  /** Milliseconds that only grow. */
  readonly now: () => number;
  readonly serve: (
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
  ) => RunningCall | undefined;
  /** Hears once why it was ended, and what the client did. */
  readonly onEnded: (reason: ConnectionEnd, why: string) => void;
}

/** One client's connection, held to the limits. */
export interface GrpcConnection {
  /** Looks at what has been lasting too long; to be called again and again. */
  check(): void;
  /** Tells the client to go elsewhere; calls under way and those it sent meanwhile are served. */
  closeGently(): Promise<void>;
  destroy(): void;
}

/** A client that does not even greet. */
const GREETING_TIMEOUT_MS = 10_000;
/** A client that is told to go is waited for at least and at most so long. */
const NOTICE_MS_MIN = 50;
const NOTICE_MS_MAX = 1000;
/** As if every stream would still be served; https://www.rfc-editor.org/rfc/rfc9113#section-6.8 */
const LAST_STREAM_ID = 2 ** 31 - 1;
/**
 * Pings and settings between two calls. Clients that measure their bandwidth ping once a round trip
 * while they hear an answer.
 */
const CONTROL_FRAMES_MAX = 2000;
/**
 * Streams that were refused below this code, for header lists over the limit. A client also leaves
 * out the streams it has cancelled before it sent them.
 */
const HIDDEN_STREAMS_MAX = 1000;
/** Calls that a client may cancel: many at once, when it stops, but not for long. */
const RESETS_AT_ONCE_MAX = 1000;
const RESETS_PER_SECOND_MAX = 33;
/**
 * The same for HTTP/2 itself, which ends a connection without a word about why: so much more that it
 * has been ended here by then.
 */
export const UNSEEN_RESETS = {
  streamResetBurst: 2 * RESETS_AT_ONCE_MAX,
  streamResetRate: 2 * RESETS_PER_SECOND_MAX,
};
/** nghttp2's codes for what no client does by mistake; https://nghttp2.org/documentation/enums.html */
const ABUSE_ERRORS: ReadonlySet<number> = new Set([-902, -904, -905]);
/** Spreads the ends of connections that began together. */
const AGE_SPREAD = 0.1;

export function createGrpcConnection(
  session: ServerHttp2Session,
  options: ConnectionOptions,
): GrpcConnection {
  const { limits, now } = options;
  const openedAt = now();
  const state: ConnectionState = {
    session,
    options,
    calls: new Map(),
    openedAt,
    ageMaxMs: limits.connectionAgeMaxMs * (1 + AGE_SPREAD * (2 * Math.random() - 1)),
    openStreams: 0,
    streamsSeen: 0,
    idleSince: openedAt,
    pingedAt: openedAt,
    pingOpen: false,
    greeted: false,
    controlFrames: 0,
    resets: 0,
    resetAt: openedAt,
    isCounted: false,
    closingSince: undefined,
    cutSocket: session.socket.destroySoon.bind(session.socket),
  };
  session.on('ping', () => {
    countControlFrame(state);
  });
  session.on('remoteSettings', () => {
    state.greeted = true;
    countControlFrame(state);
  });
  session.on('error', (error: NodeJS.ErrnoException) => {
    countError(state, error);
  });
  session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    takeStream(state, stream, headers);
  });
  return {
    closeGently: () => closeGently(state),
    destroy: () => {
      session.destroy();
    },
    check: () => {
      if (session.destroyed) state.cutSocket();
      else check(state, now());
    },
  };
}

interface ConnectionState {
  readonly session: ServerHttp2Session;
  readonly options: ConnectionOptions;
  /** Those whose message may still be on its way, the oldest first. */
  readonly calls: Map<ServerHttp2Stream, { readonly call: RunningCall; readonly since: number }>;
  readonly openedAt: number;
  readonly ageMaxMs: number;
  openStreams: number;
  streamsSeen: number;
  idleSince: number;
  pingedAt: number;
  pingOpen: boolean;
  greeted: boolean;
  controlFrames: number;
  /** Calls that were cancelled lately, at `resetAt` the last of them. */
  resets: number;
  resetAt: number;
  /** Whether its end is in the books. */
  isCounted: boolean;
  closingSince: number | undefined;
  /** Of the socket itself: a session that has ended waits for its client to hang up. */
  readonly cutSocket: () => void;
}

function end(state: ConnectionState, reason: ConnectionEnd, why: string): void {
  const { session } = state;
  if (session.destroyed) return;
  countEnd(state, reason, why);
  const code =
    reason === 'abuse' ? constants.NGHTTP2_ENHANCE_YOUR_CALM : constants.NGHTTP2_NO_ERROR;
  // Without an error Node says that there was none.
  session.destroy(new Error(why), code);
}

function countEnd(state: ConnectionState, reason: ConnectionEnd, why: string): void {
  if (state.isCounted) return;
  state.isCounted = true;
  state.options.onEnded(reason, why);
}

/** Of a connection that HTTP/2 itself has ended; one that breaks was ended by its client. */
function countError(state: ConnectionState, error: NodeJS.ErrnoException): void {
  if (systemErrorCode(error)?.startsWith('ERR_HTTP2_') !== true) return;
  countEnd(state, ABUSE_ERRORS.has(error.errno ?? 0) ? 'abuse' : 'malformed', error.message);
}

function countControlFrame(state: ConnectionState): void {
  state.controlFrames += 1;
  if (state.controlFrames > CONTROL_FRAMES_MAX) end(state, 'abuse', 'too many pings and settings');
}

function countReset(state: ConnectionState): void {
  const time = state.options.now();
  const forgotten = ((time - state.resetAt) / 1000) * RESETS_PER_SECOND_MAX;
  state.resets = Math.max(0, state.resets - forgotten) + 1;
  state.resetAt = time;
  if (state.resets > RESETS_AT_ONCE_MAX) end(state, 'abuse', 'too many cancelled calls');
}

function takeStream(
  state: ConnectionState,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): void {
  const { now, serve } = state.options;
  state.openStreams += 1;
  state.streamsSeen += 1;
  state.controlFrames = 0;
  stream.once('close', () => {
    state.openStreams -= 1;
    state.idleSince = now();
    state.calls.delete(stream);
    if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) countReset(state);
  });
  const call = serve(stream, headers);
  if (call !== undefined) state.calls.set(stream, { call, since: now() });
}

async function closeGently(state: ConnectionState): Promise<void> {
  const { session, options } = state;
  if (state.closingSince !== undefined || session.destroyed) return;
  state.closingSince = options.now();
  await noticeOfEnd(session);
  session.close();
}

function check(state: ConnectionState, time: number): void {
  const { session, options, openedAt, closingSince } = state;
  const { connectionIdleMaxMs, connectionAgeGraceMs } = options.limits;
  checkCalls(state, time);
  if (hiddenStreams(state) > HIDDEN_STREAMS_MAX) {
    end(state, 'abuse', 'too many calls with too large headers');
    return;
  }
  if (closingSince !== undefined) {
    if (isOver(time - closingSince, connectionAgeGraceMs)) session.destroy();
    return;
  }
  const idleMs = state.openStreams > 0 ? 0 : time - state.idleSince;
  if (!state.greeted && time - openedAt >= GREETING_TIMEOUT_MS) {
    end(state, 'silent', 'no greeting');
  } else if (isOver(idleMs, connectionIdleMaxMs) || isOver(time - openedAt, state.ageMaxMs)) {
    void closeGently(state);
  } else {
    checkKeepAlive(state, time);
  }
}

/** A client's streams have the odd numbers from 1 on. */
function hiddenStreams({ session, streamsSeen }: ConnectionState): number {
  return ((session.state.lastProcStreamID ?? 0) + 1) / 2 - streamsSeen;
}

function checkCalls({ calls, options }: ConnectionState, time: number): void {
  for (const [stream, { call, since }] of calls) {
    if (time - since < options.limits.messageTimeoutMs) return;
    calls.delete(stream);
    if (call.isWaiting()) call.giveUp();
  }
}

function checkKeepAlive(state: ConnectionState, time: number): void {
  const { keepAliveMs, keepAliveTimeoutMs } = state.options.limits;
  const quietMs = time - state.pingedAt;
  if (state.pingOpen && quietMs >= keepAliveTimeoutMs) {
    end(state, 'silent', 'no answer to a ping');
  } else if (!state.pingOpen && isOver(quietMs, keepAliveMs)) {
    state.pingedAt = time;
    state.pingOpen = state.session.ping(() => {
      state.pingOpen = false;
    });
  }
}

/** Whether a limit is reached that 0 turns off. */
function isOver(value: number, limit: number): boolean {
  return limit > 0 && value >= limit;
}

/**
 * Says that the connection ends while still taking calls, and waits until the client must have heard
 * it: a call that it sends meanwhile would be lost otherwise. Clients on Node without a call under
 * way do not answer pings any more then, so how long they take is measured before.
 */
async function noticeOfEnd(session: ServerHttp2Session): Promise<void> {
  const roundTripMs = await pingTime(session, NOTICE_MS_MAX);
  if (session.destroyed) return;
  session.goaway(constants.NGHTTP2_NO_ERROR, LAST_STREAM_ID);
  await pingTime(session, Math.min(Math.max(3 * roundTripMs, NOTICE_MS_MIN), NOTICE_MS_MAX));
}

/** Resolves to how long the client took to answer, `timeoutMs` at most. */
function pingTime(session: ServerHttp2Session, timeoutMs: number): Promise<number> {
  return new Promise((resolve) => {
    const start = performance.now();
    const done = (): void => {
      clearTimeout(timer);
      session.off('close', done);
      resolve(Math.min(performance.now() - start, timeoutMs));
    };
    const timer = setTimeout(done, timeoutMs);
    session.once('close', done);
    if (session.destroyed || !session.ping(done)) done();
  });
}
