import { Buffer } from 'node:buffer';

const FIRST_CAPACITY = 4096;

/** Bytes that grow as they are written; all numbers little-endian. */
export class ByteSink {
  buffer: Buffer;
  position = 0;

  constructor(capacity = FIRST_CAPACITY) {
    this.buffer = Buffer.allocUnsafe(capacity);
  }

  u8(value: number): void {
    this.reserve(1);
    this.buffer[this.position++] = value;
  }

  u32(value: number): void {
    this.reserve(4);
    this.position = this.buffer.writeUInt32LE(value, this.position);
  }

  /** The first `size` bytes of words as they are in memory. */
  words(source: Uint32Array, size = source.byteLength): void {
    this.bytes(new Uint8Array(source.buffer, source.byteOffset, size));
  }

  f64(value: number): void {
    this.reserve(8);
    this.position = this.buffer.writeDoubleLE(value, this.position);
  }

  /** An integer of at most 53 bits. */
  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest > 0x7f) {
      this.buffer[this.position++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.buffer[this.position++] = rest;
  }

  bytes(source: Uint8Array, start = 0, end = source.length): void {
    this.reserve(end - start);
    if (end - start > 24) {
      this.buffer.set(source.subarray(start, end), this.position);
      this.position += end - start;
      return;
    }
    for (let at = start; at < end; at++) this.buffer[this.position++] = source[at] ?? 0;
  }

  /** With its length in front. */
  block(source: Uint8Array): void {
    this.varint(source.length);
    this.bytes(source);
  }

  /** Makes room for `size` bytes behind the position. */
  reserve(size: number): void {
    const needed = this.position + size;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(grown, 0, 0, this.position);
    this.buffer = grown;
  }

  /** A view that the next write may change. */
  view(): Buffer {
    return this.buffer.subarray(0, this.position);
  }
}
