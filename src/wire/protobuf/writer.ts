import { Buffer } from 'node:buffer';
import { WIRE_FIXED32, WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from './reader.ts';

const FIRST_CAPACITY = 1024;
/** A tag or a 64-bit varint. */
const VARINT_BYTES_MAX = 10;
/** Up to here a loop copies faster than a call into native code. */
const SHORT_COPY_BYTES = 24;

/**
 * Appends fields to a buffer that grows. A scalar field method writes tag and value; leave a field
 * out by not calling it, as proto3 does with default values.
 */
export class ProtobufWriter {
  private buffer: Buffer;
  private position = 0;

  constructor(capacity = FIRST_CAPACITY) {
    this.buffer = Buffer.allocUnsafe(capacity);
  }

  /** What was written, as a copy of exactly its size. */
  finish(): Uint8Array {
    return new Uint8Array(this.buffer.subarray(0, this.position));
  }

  uint32(field: number, value: number): void {
    this.reserve(2 * VARINT_BYTES_MAX);
    this.varint((field << 3) | WIRE_VARINT);
    this.varint(value);
  }

  bool(field: number, value: boolean): void {
    this.uint32(field, value ? 1 : 0);
  }

  int64(field: number, value: bigint): void {
    this.reserve(2 * VARINT_BYTES_MAX);
    this.varint((field << 3) | WIRE_VARINT);
    let rest = BigInt.asUintN(64, value);
    while (rest > 0x7fn) {
      this.buffer[this.position++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.buffer[this.position++] = Number(rest);
  }

  fixed32(field: number, value: number): void {
    this.reserve(VARINT_BYTES_MAX + 4);
    this.varint((field << 3) | WIRE_FIXED32);
    this.position = this.buffer.writeUInt32LE(value, this.position);
  }

  fixed64(field: number, value: bigint): void {
    this.reserve(VARINT_BYTES_MAX + 8);
    this.varint((field << 3) | WIRE_FIXED64);
    this.position = this.buffer.writeBigUInt64LE(BigInt.asUintN(64, value), this.position);
  }

  /** An int64 by its halves, both unsigned. */
  int64Halves(field: number, low: number, high: number): void {
    this.reserve(2 * VARINT_BYTES_MAX);
    this.varint((field << 3) | WIRE_VARINT);
    let restLow = low;
    let restHigh = high;
    while (restHigh > 0 || restLow > 0x7f) {
      this.buffer[this.position++] = (restLow & 0x7f) | 0x80;
      restLow = ((restLow >>> 7) | (restHigh << 25)) >>> 0;
      restHigh >>>= 7;
    }
    this.buffer[this.position++] = restLow;
  }

  /** A fixed64 or double by its halves, both unsigned. */
  fixed64Halves(field: number, low: number, high: number): void {
    this.reserve(VARINT_BYTES_MAX + 8);
    this.varint((field << 3) | WIRE_FIXED64);
    this.position = this.buffer.writeUInt32LE(low, this.position);
    this.position = this.buffer.writeUInt32LE(high, this.position);
  }

  /** As `bytes`, of the part [start, end) of `source`, without making a view of it. */
  range(field: number, source: Buffer, start: number, end: number): void {
    this.lengthPrefix(field, end - start);
    if (end - start > SHORT_COPY_BYTES) {
      source.copy(this.buffer, this.position, start, end);
      this.position += end - start;
      return;
    }
    let { position } = this;
    for (let from = start; from < end; from++) this.buffer[position++] = source[from] ?? 0;
    this.position = position;
  }

  double(field: number, value: number): void {
    this.reserve(VARINT_BYTES_MAX + 8);
    this.varint((field << 3) | WIRE_FIXED64);
    this.position = this.buffer.writeDoubleLE(value, this.position);
  }

  string(field: number, value: string): void {
    const length = Buffer.byteLength(value, 'utf8');
    this.lengthPrefix(field, length);
    this.position += this.buffer.write(value, this.position, length, 'utf8');
  }

  bytes(field: number, value: Uint8Array): void {
    this.lengthPrefix(field, value.length);
    this.buffer.set(value, this.position);
    this.position += value.length;
  }

  /** As `bytes`, of words in big-endian order: an id. */
  words(field: number, words: Uint32Array): void {
    this.lengthPrefix(field, words.length * 4);
    for (const word of words) this.position = this.buffer.writeUInt32BE(word, this.position);
  }

  /** `value` is hex digits, two a byte. */
  hex(field: number, value: string): void {
    const length = value.length >>> 1;
    this.lengthPrefix(field, length);
    if (this.buffer.write(value, this.position, length, 'hex') < length) {
      throw new TypeError(`not hex digits: ${value}`);
    }
    this.position += length;
  }

  /** Bytes that are whole fields already. */
  raw(fields: Uint8Array): void {
    this.reserve(fields.length);
    this.buffer.set(fields, this.position);
    this.position += fields.length;
  }

  /** Starts a sub-message; hand the result to `endMessage` when its fields are written. */
  beginMessage(field: number): number {
    this.lengthPrefix(field, 0);
    return this.position;
  }

  endMessage(start: number): void {
    const end = this.position;
    const length = end - start;
    // One byte was reserved for the length; a longer one moves the message.
    const extra = varintSize(length) - 1;
    if (extra > 0) {
      this.reserve(extra);
      this.buffer.copyWithin(start + extra, start, end);
    }
    this.position = start - 1;
    this.varint(length);
    this.position = end + extra;
  }

  private lengthPrefix(field: number, length: number): void {
    this.reserve(2 * VARINT_BYTES_MAX + length);
    this.varint((field << 3) | WIRE_LENGTH);
    this.varint(length);
  }

  private varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.buffer[this.position++] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.position++] = rest;
  }

  private reserve(size: number): void {
    const needed = this.position + size;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(grown, 0, 0, this.position);
    this.buffer = grown;
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) size += 1;
  return size;
}
