import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { ByteLease } from '../pipeline/byte-budget.ts';
import { freeBytes } from '../runtime/free-bytes.ts';
import { CODINGS, InflateError, inflate } from '../runtime/inflate.ts';
import type { Coding } from '../runtime/inflate.ts';
import { WireError } from '../wire/wire-error.ts';

/** A body or message over the limit, before or after inflating it. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** A content type or encoding that is not understood here. */
export class UnsupportedMediaError extends Error {
  override readonly name = 'UnsupportedMediaError';
}

export interface BodyLimits {
  /** Of the body as sent and of the inflated one. */
  readonly bytesMax: number;
  /** Grows by what is read, before it is kept. */
  readonly lease: ByteLease;
}

/**
 * A body that says its size gets this much room at once, or so many times what has arrived of it:
 * nobody gets more by claiming it, and an ordinary one is copied once.
 */
const ROOM_FIRST_BYTES = 2 ** 20;
const ROOM_FACTOR = 16;
/** Of a body that does not say its size; at most half of its room is spare. */
const ROOM_FACTOR_UNDECLARED = 2;

/**
 * Reads a request's body, inflating it as its content-encoding says, and waits until it is time to
 * work on it.
 * @throws BodyTooLargeError, UnsupportedMediaError, SinkOverloadedError when the budget has no room,
 * WireError when the compressed bytes are damaged, and a system error when the client goes away
 */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const { bytesMax, lease } = limits;
  const coding = codingOf(request.headers['content-encoding']);
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > bytesMax) throw tooLarge(bytesMax);
  await lease.room(declared);
  const sent = await collect(request, declared, limits);
  await lease.turn();
  return coding === undefined ? sent : inflateBody(sent, coding, limits);
}

async function inflateBody(
  sent: Buffer,
  coding: Coding,
  { bytesMax, lease }: BodyLimits,
): Promise<Buffer> {
  const onMemory = (bytes: number): void => {
    lease.grow(bytes);
  };
  try {
    const body = await inflate(sent, coding, { bytesMax, onMemory });
    freeBytes(sent);
    return body;
  } catch (error) {
    if (!(error instanceof InflateError)) throw error;
    if (error.reason === 'damaged') {
      throw new WireError('the compressed body is damaged', { cause: error.cause });
    }
    throw new BodyTooLargeError(`the body ${error.message}; send smaller batches`);
  }
}

/** undefined for a body that is sent as it is. */
function codingOf(header = ''): Coding | undefined {
  const name = header.trim().toLowerCase();
  if (name === '' || name === 'identity') return undefined;
  const coding = CODINGS.find((known) => known === name.replace(/^x-(?=gzip$)/, ''));
  if (coding !== undefined) return coding;
  const why = name.includes(',') ? 'is more than one' : 'is not known';
  throw new UnsupportedMediaError(
    `content-encoding ${JSON.stringify(header)} ${why}; use one of ${CODINGS.join(', ')}`,
  );
}

/** Leases what arrives when it arrives. Listens rather than iterates: an iterator costs a promise a chunk. */
function collect(
  request: IncomingMessage,
  declared: number,
  { bytesMax, lease }: BodyLimits,
): Promise<Buffer> {
  let body: Buffer = EMPTY;
  let size = 0;
  const keep = (chunk: Buffer): void => {
    const end = size + chunk.length;
    if (end > bytesMax) throw tooLarge(bytesMax);
    lease.grow(chunk.length);
    if (chunk.length === declared) {
      body = chunk;
    } else {
      if (end > body.length) body = grown(body, size, roomFor(end, declared));
      chunk.copy(body, size);
      freeBytes(chunk);
    }
    size = end;
  };
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    };
    const fail = (error: Error): void => {
      settle();
      freeBytes(body);
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      try {
        keep(chunk);
      } catch (error) {
        request.pause();
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const onEnd = (): void => {
      settle();
      resolve(body.subarray(0, size));
    };
    const onGone = (cause?: Error): void => {
      fail(new Error('the client went away in the middle of a body', { cause }));
    };
    if (request.destroyed) onGone(request.errored ?? undefined);
    else request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

const EMPTY = Buffer.alloc(0);

/** Bytes that make the room for a body of which `size` have arrived. */
function roomFor(size: number, declared: number): number {
  if (declared === 0) return size * ROOM_FACTOR_UNDECLARED;
  return Math.min(declared, Math.max(ROOM_FIRST_BYTES, size * ROOM_FACTOR));
}

function grown(body: Buffer, size: number, room: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(room);
  body.copy(larger, 0, 0, size);
  freeBytes(body);
  return larger;
}

function tooLarge(bytesMax: number): BodyTooLargeError {
  return new BodyTooLargeError(`the body is larger than ${bytesMax} bytes; send smaller batches`);
}
