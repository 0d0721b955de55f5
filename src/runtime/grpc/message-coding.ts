import { Buffer } from 'node:buffer';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { freeBytes } from '../free-bytes.ts';
import { CODINGS, InflateError, inflate } from '../inflate.ts';
import { GRPC_STATUS } from './grpc-service.ts';
import { PREFIX_BYTES } from './message-reader.ts';
import type { ReceivedMessage } from './message-reader.ts';
import { RefusedError } from './refused-error.ts';

export const ENCODINGS = ['identity', ...CODINGS] as const;
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
  const onMemory = (more: number): void => {
    lease.grow(more);
  };
  try {
    const message = await inflate(bytes, encoding, { bytesMax, onMemory });
    freeBytes(bytes);
    return message;
  } catch (error) {
    if (!(error instanceof InflateError)) throw error;
    if (error.reason === 'damaged') {
      const message = 'the compressed message is damaged';
      throw new RefusedError(
        'malformed',
        { code: GRPC_STATUS.internal, message },
        { cause: error },
      );
    }
    const message = `the message ${error.message}; send smaller batches`;
    throw new RefusedError('too_large', { code: GRPC_STATUS.resourceExhausted, message });
  }
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
