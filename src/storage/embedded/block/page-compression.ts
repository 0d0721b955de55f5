import type { Buffer } from 'node:buffer';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { BlockError } from './block-format.ts';

/** No page holds more; what claims to is damaged. */
const PAGE_BYTES_MAX = 2 ** 30;
/** The least that the decompressor takes for a size of its buffer. */
const CHUNK_BYTES_MIN = 64;

/** Level 1 is for blocks that are merged soon, level 3 for those that stay. */
export type CompressionLevel = 1 | 3;

export function compress(bytes: Uint8Array, level: CompressionLevel): Buffer {
  return zstdCompressSync(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: level },
    pledgedSrcSize: bytes.length,
  });
}

/**
 * @param size what comes out, where that is known: memory for just that much is taken then, and more
 * or less is an error
 * @throws BlockError
 */
export function decompress(bytes: Uint8Array, size?: number): Buffer {
  const inflated = inflate(bytes, size);
  if (size !== undefined && inflated.length !== size) {
    throw new BlockError('a page has a part of a wrong size');
  }
  return inflated;
}

function inflate(bytes: Uint8Array, size: number | undefined): Buffer {
  try {
    if (size === undefined) return zstdDecompressSync(bytes, { maxOutputLength: PAGE_BYTES_MAX });
    // One byte more: where the buffer is full at the end, another one is made.
    const chunkSize = Math.max(CHUNK_BYTES_MIN, Math.min(size, PAGE_BYTES_MAX) + 1);
    return zstdDecompressSync(bytes, { chunkSize, maxOutputLength: chunkSize });
  } catch (error) {
    throw new BlockError('a page does not decompress', { cause: error });
  }
}
