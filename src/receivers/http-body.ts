import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import type { ByteLease } from '../pipeline/byte-budget.ts';
import { systemErrorCode } from '../runtime/errors.ts';
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

/** Enough to inflate a usual body in a few steps. */
const INFLATE_CHUNK_BYTES = 64 * 1024;
const ALLOCATED_AT_ONCE_MAX = 2 ** 20;

/**
 * Reads a request's body, inflating it as its content-encoding says, and waits until it is time to
 * work on it.
 * @throws BodyTooLargeError, UnsupportedMediaError, SinkOverloadedError when the budget has no room,
 * WireError when the compressed bytes are damaged, and a system error when the client goes away
 */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const { bytesMax, lease } = limits;
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > bytesMax) throw tooLarge(bytesMax);
  await lease.room(declared);
  const inflater = inflaterFor(request.headers['content-encoding'] ?? 'identity');
  if (inflater === undefined) {
    const body = await collect(request, declared, limits);
    await lease.turn();
    return body;
  }
  const onCut = (): void => {
    if (!request.complete) inflater.destroy(new Error('the client went away'));
  };
  request.once('close', onCut);
  try {
    const body = await collect(request.pipe(inflater), 0, limits);
    await lease.turn();
    return body;
  } catch (error) {
    if (isDamage(error)) throw new WireError('the compressed body is damaged', { cause: error });
    throw error;
  } finally {
    request.off('close', onCut);
    request.unpipe(inflater);
    inflater.destroy();
  }
}

function inflaterFor(encoding: string): (Readable & NodeJS.WritableStream) | undefined {
  const options = { chunkSize: INFLATE_CHUNK_BYTES };
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return createGunzip(options);
    case 'deflate':
      return createInflate(options);
    case 'zstd':
      return createZstdDecompress(options);
    default:
      throw new UnsupportedMediaError(
        `content-encoding ${JSON.stringify(encoding)} is not known; use gzip, deflate or zstd`,
      );
  }
}

/**
 * Leases what arrives when it arrives. A body of at most ALLOCATED_AT_ONCE_MAX declared bytes is
 * copied into a buffer of its size; others are put together at their end.
 */
async function collect(
  stream: Readable,
  declared: number,
  { bytesMax, lease }: BodyLimits,
): Promise<Buffer> {
  const expected = declared <= ALLOCATED_AT_ONCE_MAX ? declared : 0;
  const chunks: Buffer[] = [];
  let whole: Buffer | undefined;
  let size = 0;
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    const bytes: unknown = chunk;
    if (!Buffer.isBuffer(bytes)) throw new TypeError('a body stream must give bytes');
    if (size + bytes.length > bytesMax) throw tooLarge(bytesMax);
    lease.grow(bytes.length);
    if (expected === 0 || bytes.length === expected) {
      chunks.push(bytes);
    } else {
      whole ??= Buffer.allocUnsafeSlow(expected);
      bytes.copy(whole, size);
    }
    size += bytes.length;
  }
  const [only] = chunks;
  if (whole !== undefined) return whole.subarray(0, size);
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, size);
}

function tooLarge(bytesMax: number): BodyTooLargeError {
  return new BodyTooLargeError(`the body is larger than ${bytesMax} bytes; send smaller batches`);
}

function isDamage(error: unknown): boolean {
  return /^(Z_|ZSTD_|ERR_ZSTD|ERR_ZLIB)/.test(systemErrorCode(error) ?? '');
}
