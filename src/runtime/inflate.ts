import { Buffer } from 'node:buffer';
import type { Transform } from 'node:stream';
import {
  constants,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';
import { systemErrorCode } from './errors.ts';
import { freeBytes } from './free-bytes.ts';

/** Compressions that are undone here. */
export const CODINGS = ['gzip', 'deflate', 'zstd'] as const;
export type Coding = (typeof CODINGS)[number];

/** Why compressed bytes were not inflated, or not to their end. */
export class InflateError extends Error {
  override readonly name = 'InflateError';
  readonly reason: 'damaged' | 'too_large';

  constructor(reason: 'damaged' | 'too_large', message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.reason = reason;
  }
}

export interface InflateLimits {
  readonly bytesMax: number;
  /** Books memory before it is taken; what it throws ends the inflating and is passed on. */
  readonly onMemory: (bytes: number) => void;
}

/** Inflated in one piece on the event loop, in about a millisecond; beyond, threads do it. */
const AT_ONCE_BYTES_MAX = 2 ** 20;
const AT_ONCE_COMPRESSED_MAX = 2 ** 17;
const CHUNK_BYTES = 256 * 1024;
/** Spans have random ids, so that even equal ones shrink to no less than a thirtieth. */
const RATIO_MAX = 250;
/** What may come out whatever went in. */
const BYTES_FREE = 4 * 2 ** 20;
/** Windows of 32 MiB are the largest that encoders make unless told to (`zstd --long`). */
const ZSTD_WINDOW_LOG_MAX = 25;
const GZIP_TRAILER_BYTES = 4;
const GZIP_MAGIC = 0x8b1f;
const ZSTD_MAGIC = 0xfd2fb528;

/**
 * Inflates `compressed`, which is at most as much as was allowed of it. Memory is bounded by
 * `bytesMax`, and by RATIO_MAX times the bytes that have gone in: a bomb is refused after its first
 * BYTES_FREE, or by the size it declares.
 * @throws InflateError
 */
export async function inflate(
  compressed: Uint8Array,
  coding: Coding,
  limits: InflateLimits,
): Promise<Buffer> {
  const size = declaredSize(compressed, coding);
  if (size !== undefined && coding === 'zstd') checkSize(size, compressed.length, limits.bytesMax);
  const isBad = size !== undefined && isTooLarge(size, compressed.length, limits.bytesMax);
  const shape = { coding, declared: isBad ? undefined : size };
  try {
    if (isBad) await inflateInSteps(compressed, { ...shape, output: countOnly() }, limits);
    const whole = inflateAtOnce(compressed, shape, limits);
    if (whole !== undefined) return whole;
    const output = createOutput(shape.declared ?? 0);
    return await inflateInSteps(compressed, { ...shape, output }, limits);
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw new InflateError('damaged', 'the compressed bytes are damaged', error);
  }
}

interface Shape {
  readonly coding: Coding;
  /** What the bytes say they inflate to, which may be a lie. */
  readonly declared: number | undefined;
}

/** undefined when it is too long for one piece, or longer than it says. */
function inflateAtOnce(
  compressed: Uint8Array,
  { coding, declared = AT_ONCE_BYTES_MAX }: Shape,
  { bytesMax, onMemory }: InflateLimits,
): Buffer | undefined {
  if (declared > AT_ONCE_BYTES_MAX || compressed.length > AT_ONCE_COMPRESSED_MAX) return undefined;
  // Nothing of it is kept when it does not fit: the steps start anew, with their own bounds.
  const maxOutputLength = Math.max(1, Math.min(declared, bytesMax));
  const chunkSize = Math.max(constants.Z_MIN_CHUNK, Math.min(maxOutputLength + 1, CHUNK_BYTES));
  try {
    const whole = syncInflaterFor(compressed, coding)(compressed, { chunkSize, maxOutputLength });
    onMemory(whole.length);
    return whole;
  } catch (error) {
    if (systemErrorCode(error) === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw error;
  }
}

type InflateSync = (
  bytes: Uint8Array,
  options: { readonly chunkSize: number; readonly maxOutputLength: number },
) => Buffer;

function syncInflaterFor(compressed: Uint8Array, coding: Coding): InflateSync {
  switch (coding) {
    case 'gzip':
      return gunzipSync;
    case 'deflate':
      return isZlib(compressed) ? inflateSync : inflateRawSync;
    case 'zstd':
      return (bytes, options) => zstdDecompressSync(bytes, { ...options, params: ZSTD_PARAMS });
  }
}

const ZSTD_PARAMS = { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX };

function inflaterFor(
  compressed: Uint8Array,
  coding: Coding,
): Transform & { readonly bytesWritten: number } {
  const chunkSize = CHUNK_BYTES;
  switch (coding) {
    case 'gzip':
      return createGunzip({ chunkSize });
    case 'deflate':
      return isZlib(compressed) ? createInflate({ chunkSize }) : createInflateRaw({ chunkSize });
    case 'zstd':
      return createZstdDecompress({ chunkSize, params: ZSTD_PARAMS });
  }
}

async function inflateInSteps(
  compressed: Uint8Array,
  { coding, declared = 0, output }: Shape & { readonly output: Output },
  { bytesMax, onMemory }: InflateLimits,
): Promise<Buffer> {
  onMemory(declared);
  let booked = declared;
  const inflater = inflaterFor(compressed, coding);
  try {
    inflater.end(compressed);
    for await (const chunk of inflater) {
      const piece: unknown = chunk;
      if (!Buffer.isBuffer(piece)) throw new TypeError('an inflater must give bytes');
      const size = output.size() + piece.length;
      checkSize(size, inflater.bytesWritten, bytesMax);
      if (output.keeps && size > booked) {
        onMemory(size - booked);
        booked = size;
      }
      output.add(piece);
    }
  } finally {
    inflater.destroy();
  }
  return output.finish();
}

interface Output {
  readonly keeps: boolean;
  size(): number;
  add(piece: Buffer): void;
  finish(): Buffer;
}

/** Copies into one buffer as long as there is no more than declared; its pages cost when touched. */
function createOutput(declared: number): Output {
  const whole = Buffer.allocUnsafeSlow(declared);
  const rest: Buffer[] = [];
  let size = 0;
  return {
    keeps: true,
    size: () => size,
    add: (piece) => {
      const end = size + piece.length;
      if (end <= declared) {
        piece.copy(whole, size);
        freeBytes(piece);
      } else rest.push(piece);
      size = end;
    },
    finish: () => {
      const [only] = rest;
      if (only === undefined) return whole.subarray(0, size);
      if (only.length === size) return only;
      const copied = size - rest.reduce((sum, { length }) => sum + length, 0);
      return Buffer.concat([whole.subarray(0, copied), ...rest], size);
    },
  };
}

/**
 * For gzip that says in its last bytes that it is too large, which are anything when it was cut short:
 * finds out what is wrong while nothing of it has to be kept.
 */
function countOnly(): Output {
  let size = 0;
  return {
    keeps: false,
    size: () => size,
    add: (piece) => {
      size += piece.length;
      freeBytes(piece);
    },
    finish: () => Buffer.alloc(0),
  };
}

function isTooLarge(inflated: number, compressed: number, bytesMax: number): boolean {
  return inflated > bytesMax || (inflated > BYTES_FREE && inflated > RATIO_MAX * compressed);
}

function checkSize(inflated: number, compressed: number, bytesMax: number): void {
  if (!isTooLarge(inflated, compressed, bytesMax)) return;
  const most = inflated > bytesMax ? `${bytesMax} bytes` : `${RATIO_MAX} times its size`;
  throw new InflateError('too_large', `inflates to more than ${most}`);
}

/**
 * What the sender says the bytes inflate to, which may be a lie: the trailer of gzip (of its last
 * member), the frame header of zstd. RFC 1952, RFC 8878.
 */
function declaredSize(compressed: Uint8Array, coding: Coding): number | undefined {
  const bytes = Buffer.from(compressed.buffer, compressed.byteOffset, compressed.length);
  if (coding === 'gzip') {
    const at = bytes.length - GZIP_TRAILER_BYTES;
    const isGzip = at >= 0 && bytes.readUInt16LE(0) === GZIP_MAGIC;
    return isGzip ? bytes.readUInt32LE(at) : undefined;
  }
  return coding === 'zstd' ? zstdContentSize(bytes) : undefined;
}

function zstdContentSize(bytes: Buffer): number | undefined {
  if (bytes.length < 5 || bytes.readUInt32LE(0) !== ZSTD_MAGIC) return undefined;
  const descriptor = bytes.readUInt8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >>> 6;
  if (sizeFlag === 0 && !isSingleSegment) return undefined;
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const at = 5 + (isSingleSegment ? 0 : 1) + dictionaryIdBytes;
  if (at + 2 ** sizeFlag > bytes.length) return undefined;
  switch (sizeFlag) {
    case 0:
      return bytes.readUInt8(at);
    case 1:
      return bytes.readUInt16LE(at) + 256;
    case 2:
      return bytes.readUInt32LE(at);
    default:
      return Number(bytes.readBigUInt64LE(at));
  }
}

/** HTTP's deflate is the zlib format; some clients send the bare stream. RFC 9110, 8.4.1.2. */
function isZlib(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

function isDamage(error: unknown): boolean {
  return /^(Z_|ZSTD_|ERR_ZSTD|ERR_ZLIB|ERR_TRAILING)/.test(systemErrorCode(error) ?? '');
}
