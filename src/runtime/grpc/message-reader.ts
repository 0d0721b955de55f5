import { Buffer } from 'node:buffer';
import { freeBytes } from '../free-bytes.ts';
import { GRPC_STATUS } from './grpc-service.ts';
import type { MessageBudget, MessageLease } from './grpc-service.ts';
import { RefusedError } from './refused-error.ts';

/** Before each message: one byte that says whether it is compressed, and its length in four. */
export const PREFIX_BYTES = 5;
const LENGTH_OFFSET = 1;

/**
 * Room is made for so many times what has arrived of a message, so that one that is announced and
 * never sent takes little, and an ordinary one is copied once.
 */
const ROOM_FACTOR = 16;
const ROOM_FIRST_BYTES = 1024;

/** A whole message; `lease` holds its memory until its owner gives it back. */
export interface ReceivedMessage {
  readonly bytes: Buffer;
  readonly compressed: boolean;
  readonly lease: MessageLease;
}

export interface MessageReaderOptions {
  readonly bytesMax: number;
  readonly messagesMax: number;
  readonly budget: MessageBudget;
  readonly onMessage: (message: ReceivedMessage) => void;
}

/** Puts messages together from the DATA frames of one request. */
export interface MessageReader {
  /**
   * Resolves to undefined, or to what is to be waited for before the rest is pushed.
   * @throws RefusedError for what breaks a limit or the protocol, and what the budget throws
   */
  push(chunk: Buffer): HeldBack | undefined;
  /** Whether a message has begun that has not ended. */
  isInside(): boolean;
  /** Gives back what a message that has not ended took. */
  release(): void;
}

/** A message that waits for its memory; until then nothing more should be read. */
export interface HeldBack {
  readonly room: Promise<void>;
  readonly rest: Buffer;
}

interface OpenMessage {
  readonly length: number;
  readonly compressed: boolean;
  readonly lease: MessageLease;
  bytes: Buffer;
  size: number;
}

/** https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, Length-Prefixed-Message */
export function createMessageReader(options: MessageReaderOptions): MessageReader {
  let prefix: Buffer | undefined;
  let prefixSize = 0;
  let open: OpenMessage | undefined;
  let count = 0;
  /** The message that begins, and the offset behind its prefix; undefined when the chunk is too short. */
  const readPrefix = (
    chunk: Buffer,
    at: number,
  ): { readonly begun: OpenMessage; readonly behind: number } | undefined => {
    if (prefixSize === 0 && chunk.length - at >= PREFIX_BYTES) {
      const begun = openMessage(chunk, at, options, ++count);
      return { begun, behind: at + PREFIX_BYTES };
    }
    prefix ??= Buffer.alloc(PREFIX_BYTES);
    const taken = chunk.copy(prefix, prefixSize, at, at + PREFIX_BYTES - prefixSize);
    prefixSize += taken;
    if (prefixSize < PREFIX_BYTES) return undefined;
    prefixSize = 0;
    return { begun: openMessage(prefix, 0, options, ++count), behind: at + taken };
  };
  return {
    push: (chunk) => {
      let at = 0;
      while (at < chunk.length) {
        if (open === undefined) {
          const next = readPrefix(chunk, at);
          if (next === undefined) return undefined;
          open = next.begun;
          at = next.behind;
          // There is always room for nothing, and nothing would be left to push.
          const room = open.length === 0 ? undefined : open.lease.room(open.length);
          if (room !== undefined) return { room, rest: chunk.subarray(at) };
        }
        at += fill(open, chunk, at);
        if (open.size < open.length) return undefined;
        const { bytes, compressed, lease } = open;
        open = undefined;
        options.onMessage({ bytes, compressed, lease });
      }
      return undefined;
    },
    isInside: () => open !== undefined || prefixSize > 0,
    release: () => {
      open?.lease.release();
      open = undefined;
    },
  };
}

function openMessage(
  prefix: Buffer,
  at: number,
  { bytesMax, messagesMax, budget }: MessageReaderOptions,
  count: number,
): OpenMessage {
  const flag = prefix.readUInt8(at);
  const length = prefix.readUInt32BE(at + LENGTH_OFFSET);
  if (flag > 1) {
    const message = `${flag} is no flag of a message`;
    throw new RefusedError('malformed', { code: GRPC_STATUS.internal, message });
  }
  if (count > messagesMax) {
    const message = 'the method takes one message, the client sent more';
    throw new RefusedError('malformed', { code: GRPC_STATUS.unimplemented, message });
  }
  if (length > bytesMax) throw tooLarge(bytesMax);
  return { length, compressed: flag === 1, lease: budget.lease(), bytes: EMPTY, size: 0 };
}

const EMPTY = Buffer.alloc(0);

/** Resolves to the number of bytes taken. */
function fill(message: OpenMessage, chunk: Buffer, at: number): number {
  const taken = Math.min(chunk.length - at, message.length - message.size);
  const size = message.size + taken;
  if (size > message.bytes.length) {
    const room = Math.min(message.length, Math.max(ROOM_FIRST_BYTES, size * ROOM_FACTOR));
    message.lease.grow(room - message.bytes.length);
    const grown = Buffer.allocUnsafeSlow(room);
    message.bytes.copy(grown, 0, 0, message.size);
    freeBytes(message.bytes);
    message.bytes = grown;
  }
  chunk.copy(message.bytes, message.size, at, at + taken);
  message.size = size;
  return taken;
}

function tooLarge(bytesMax: number): RefusedError {
  return new RefusedError('too_large', {
    code: GRPC_STATUS.resourceExhausted,
    message: `the message is larger than ${bytesMax} bytes; send smaller batches`,
  });
}
