import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { compress, decompress } from '../../src/storage/embedded/block/page-compression.ts';

const BLOCK_TAIL_BYTES = 20;

/** A block as a later version would have written it: both places say which. */
export function blockOfVersion(bytes: Buffer, version: number): Buffer {
  const tail = Buffer.from(bytes.subarray(-BLOCK_TAIL_BYTES));
  const end = bytes.length - BLOCK_TAIL_BYTES;
  const start = end - tail.readUInt32LE(0);
  const footer = Buffer.from(decompress(bytes.subarray(start, end)));
  footer[footer.length - 1] = version;
  const compressed = compress(footer, 1);
  tail.writeUInt32LE(compressed.length, 0);
  tail.writeUInt32LE(crc32(compressed), 4);
  tail.writeUInt32LE(version, 8);
  return Buffer.concat([bytes.subarray(0, start), compressed, tail]);
}

/** Likewise a segment of a record log. */
export function segmentOfVersion(bytes: Buffer, version: number): Buffer {
  const later = Buffer.from(bytes);
  later.writeUInt32LE(version, 8);
  later.writeUInt16LE(~version & 0xffff, 14);
  return later;
}
