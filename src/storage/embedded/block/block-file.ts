import { Buffer } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { BlockError } from './block-format.ts';

/**
 * Where the bytes of a block are. Reading is synchronous: a page is a few kilobytes and mostly in the
 * system's cache, where a turn of the event loop would cost more than the read.
 */
export interface BlockFile {
  readonly size: number;
  /** @throws BlockError when the bytes cannot be had */
  read(offset: number, length: number): Buffer;
  /** The same, into a buffer of at least that size when there is no other way. */
  readInto(target: Buffer, offset: number, length: number): Buffer;
  close(): void;
}

/** Reads with pread, so that a file that was unlinked is read to its end. @throws BlockError */
export function openBlockFile(path: string): BlockFile {
  const file = attempt(path, () => openSync(path, 'r'));
  const { size } = attempt(path, () => fstatSync(file));
  const readInto: BlockFile['readInto'] = (target, offset, length) => {
    const count = attempt(path, () => readSync(file, target, 0, length, offset));
    if (count < length) throw new BlockError(`${path} is cut off at byte ${offset + count}`);
    return target.subarray(0, length);
  };
  return {
    size,
    read: (offset, length) => readInto(Buffer.allocUnsafe(length), offset, length),
    readInto,
    close: () => {
      closeSync(file);
    },
  };
}

/** A block that is in memory. */
export function memoryBlockFile(bytes: Buffer): BlockFile {
  const read: BlockFile['read'] = (offset, length) => {
    if (offset + length > bytes.length) throw new BlockError('the block is cut off');
    return bytes.subarray(offset, offset + length);
  };
  return {
    size: bytes.length,
    read,
    readInto: (_, offset, length) => read(offset, length),
    close: () => undefined,
  };
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new BlockError(`${path} cannot be read`, { cause: error });
  }
}
