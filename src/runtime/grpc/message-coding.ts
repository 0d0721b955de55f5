import { Buffer } from 'node:buffer';
import { promisify } from 'node:util';
import {
  constants,
  createGunzip,
  createInflate,
  createZstdDecompress,
  gunzipSync,
  gzip,
} from 'node:zlib';
import type { Transform } from 'node:stream';
import { systemErrorCode } from '../errors.ts';
import { GRPC_STATUS } from './grpc-service.ts';
import type { MessageLease } from './grpc-service.ts';
import { PREFIX_BYTES, tooLarge } from './message-reader.ts';
import type { ReceivedMessage } from './message-reader.ts';
import { RefusedError } from './refused-error.ts';

export const ENCODINGS = ['identity', 'gzip', 'deflate', 'zstd'] as const;
export type MessageEncoding = (typeof ENCODINGS)[number];

/** undefined for an encoding that is not understood here. */
export function parseEncoding(header: unknown): MessageEncoding | undefined {
  if (header === undefined) return 'identity';
  return ENCODINGS.find((encoding) => encoding === header);
}

/** Whether the client's `grpc-accept-encoding` has gzip. */
export function acceptsGzip(header: unknown): boolean {
  return typeof header === 'string' && /(^|,)\s*gzip\s*(,|$)/.test(header);
}

/** Inflated in one piece, which blocks for about a millisecond at most. */
const AT_ONCE_BYTES_MAX = 2 ** 20;
const INFLATE_CHUNK_BYTES = 64 * 1024;
/** The last four bytes of gzip: the length of what was compressed. */
const GZIP_LENGTH_BYTES = 4;

/**
 * The message as it was before the client compressed it; what it takes more is leased.
 * @throws RefusedError for damaged bytes and a message over the limit, and what the budget throws
 */
export async function inflateMessage(
  { bytes, lease }: ReceivedMessage,
  encoding: MessageEncoding,
  bytesMax: number,
): Promise<Buffer> {
  if (encoding === 'identity') {
    const message = 'a compressed message came without grpc-encoding';
    throw new RefusedError('malformed', { code: GRPC_STATUS.internal, message });
  }
  try {
    const whole = encoding === 'gzip' ? gunzipAtOnce(bytes, lease, bytesMax) : undefined;
    return whole ?? (await inflateInSteps(bytes, inflaterFor(encoding), { lease, bytesMax }));
  } catch (error) {
    if (!/^(Z_|ZSTD_|ERR_ZSTD|ERR_ZLIB)/.test(systemErrorCode(error) ?? '')) throw error;
    const message = 'the compressed message is damaged';
    throw new RefusedError('malformed', { code: GRPC_STATUS.internal, message }, { cause: error });
  }
}

/** undefined when the message is not as long as it says, or too long for one piece. */
function gunzipAtOnce(bytes: Buffer, lease: MessageLease, bytesMax: number): Buffer | undefined {
  if (bytes.length < GZIP_LENGTH_BYTES) return undefined;
  const declared = bytes.readUInt32LE(bytes.length - GZIP_LENGTH_BYTES);
  if (declared === 0 || declared > Math.min(AT_ONCE_BYTES_MAX, bytesMax)) return undefined;
  lease.grow(declared);
  try {
    const chunkSize = Math.max(declared, constants.Z_MIN_CHUNK);
    return gunzipSync(bytes, { chunkSize, maxOutputLength: declared });
  } catch (error) {
    if (systemErrorCode(error) === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw error;
  }
}

function inflaterFor(encoding: Exclude<MessageEncoding, 'identity'>): Transform {
  const options = { chunkSize: INFLATE_CHUNK_BYTES };
  switch (encoding) {
    case 'gzip':
      return createGunzip(options);
    case 'deflate':
      return createInflate(options);
    case 'zstd':
      return createZstdDecompress(options);
  }
}

async function inflateInSteps(
  bytes: Buffer,
  inflater: Transform,
  { lease, bytesMax }: { readonly lease: MessageLease; readonly bytesMax: number },
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    inflater.end(bytes);
    for await (const chunk of inflater) {
      const piece: unknown = chunk;
      if (!Buffer.isBuffer(piece)) throw new TypeError('an inflater must give bytes');
      size += piece.length;
      if (size > bytesMax) throw tooLarge(bytesMax);
      lease.grow(piece.length);
      chunks.push(piece);
    }
  } finally {
    inflater.destroy();
  }
  return chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks, size);
}

/** Below, compressing costs more than it saves. */
const COMPRESSED_FROM_BYTES = 32 * 1024;

export function isWorthCompressing(message: Uint8Array): boolean {
  return message.length >= COMPRESSED_FROM_BYTES;
}

const gzipAsync = promisify(gzip);

/** A message as it goes into DATA frames. */
export async function compressedFrame(message: Uint8Array): Promise<Buffer> {
  return frame(await gzipAsync(message, { level: constants.Z_BEST_SPEED }), 1);
}

export function plainFrame(message: Uint8Array): Buffer {
  return frame(message, 0);
}

function frame(message: Uint8Array, flag: 0 | 1): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed.writeUInt8(flag, 0);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}
