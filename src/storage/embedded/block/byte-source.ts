import type { Buffer } from 'node:buffer';
import { BlockError } from './block-format.ts';

/** Reads what a `ByteSink` wrote; throws BlockError where the bytes end too soon. */
export class ByteSource {
  readonly buffer: Buffer;
  position = 0;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
  }

  u8(): number {
    return this.buffer[this.take(1)] ?? 0;
  }

  u32(): number {
    return this.buffer.readUInt32LE(this.take(4));
  }

  f64(): number {
    return this.buffer.readDoubleLE(this.take(8));
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 0x80) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new BlockError('a number in a block is too long');
  }

  /** A view, not a copy. */
  bytes(size: number): Buffer {
    const start = this.take(size);
    return this.buffer.subarray(start, start + size);
  }

  block(): Buffer {
    return this.bytes(this.varint());
  }

  private take(size: number): number {
    const start = this.position;
    if (start + size > this.buffer.length) throw new BlockError('a part of a block is cut off');
    this.position = start + size;
    return start;
  }
}
