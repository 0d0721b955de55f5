import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { ByteLease } from '../pipeline/byte-budget.ts';
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

/** A body is read into one buffer of its declared size if that is no more; nobody gets more by claiming it. */
const ALLOCATED_AT_ONCE_MAX = 2 ** 20;

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
    return await inflate(sent, coding, { bytesMax, onMemory });
  } catch (error) {
    if (!(error instanceof InflateError)) throw error;
    if (error.reason === 'damaged') {
      throw new WireError('the compressed body is damaged', { cause: error });
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

/**
 * Leases what arrives when it arrives. Listens rather than iterates: an iterator costs a promise a
 * chunk, and a request of 100 kB comes in several.
 */
function collect(
  request: IncomingMessage,
  declared: number,
  { bytesMax, lease }: BodyLimits,
): Promise<Buffer> {
  const expected = declared <= ALLOCATED_AT_ONCE_MAX ? declared : 0;
  const chunks: Buffer[] = [];
  let whole: Buffer | undefined;
  let size = 0;
  const keep = (bytes: Buffer): void => {
    if (size + bytes.length > bytesMax) throw tooLarge(bytesMax);
    lease.grow(bytes.length);
    if (expected === 0 || bytes.length === expected) {
      chunks.push(bytes);
    } else {
      whole ??= Buffer.allocUnsafeSlow(expected);
      bytes.copy(whole, size);
    }
    size += bytes.length;
  };
  const finish = (): Buffer => {
    if (whole !== undefined) return whole.subarray(0, size);
    const [only] = chunks;
    return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, size);
  };
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    };
    const onData = (bytes: Buffer): void => {
      try {
        keep(bytes);
      } catch (error) {
        settle();
        request.pause();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const onEnd = (): void => {
      settle();
      resolve(finish());
    };
    const onGone = (cause?: Error): void => {
      settle();
      reject(new Error('the client went away in the middle of a body', { cause }));
    };
    if (request.destroyed) onGone(request.errored ?? undefined);
    else request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

function tooLarge(bytesMax: number): BodyTooLargeError {
  return new BodyTooLargeError(`the body is larger than ${bytesMax} bytes; send smaller batches`);
}
