import type { Buffer } from 'node:buffer';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { BlockError } from './block-format.ts';

/** No page holds more; what claims to is damaged. */
const PAGE_BYTES_MAX = 2 ** 30;

/** Level 1 is for blocks that are merged soon, level 3 for those that stay. */
export type CompressionLevel = 1 | 3;

export function compress(bytes: Uint8Array, level: CompressionLevel): Buffer {
  return zstdCompressSync(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: level },
    pledgedSrcSize: bytes.length,
  });
}

/** @throws BlockError */
export function decompress(bytes: Uint8Array): Buffer {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: PAGE_BYTES_MAX });
  } catch (error) {
    throw new BlockError('a page does not decompress', { cause: error });
  }
}
