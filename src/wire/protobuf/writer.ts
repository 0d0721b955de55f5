import { Buffer } from 'node:buffer';
import { WireError } from '../wire-error.ts';
import { WIRE_FIXED32, WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from './reader.ts';

const FIRST_CAPACITY = 1024;
/** A tag or a 64-bit varint. */
const VARINT_BYTES_MAX = 10;
/** Up to here a loop copies faster than a call into native code. */
const SHORT_COPY_BYTES = 24;

/** The tags of key and value where they stand in the four bytes before each. */
const SHORT_PAIR = (((1 << 3) | WIRE_LENGTH) << 16) | WIRE_LENGTH;
const SHORT_VALUE = (((1 << 3) | WIRE_LENGTH) << 16) | (2 << 3) | WIRE_LENGTH;

/** Beyond a field that is written without `reserve`: its tag and size, and what whole words copy. */
const ROOM_BYTES = 8;

/** Of a 64-bit number, both unsigned. */
export interface Halves {
  readonly low: number;
  readonly high: number;
}

/** Range of a key. */
export interface KeyRange {
  readonly keyStart: number;
  readonly keyStop: number;
}

/** Ranges of a key and its value. */
export interface TextPair extends KeyRange {
  readonly valueStart: number;
  readonly valueStop: number;
}

/**
 * Appends fields to a buffer that grows. A scalar field method writes tag and value; leave a field
 * out by not calling it, as proto3 does with default values.
 */
export class ProtobufWriter {
  /**
   * Behind what was written. Whoever writes to what `claim` gave moves it over that; moved back to
   * where it was, it undoes what was written since.
   */
  position = 0;
  private buffer: Buffer;
  private view: DataView;
  private bytesMax: number;

  /** With `bytesMax`, what makes the buffer grow beyond that is refused with a WireError. */
  constructor(capacity = FIRST_CAPACITY, bytesMax = Number.MAX_SAFE_INTEGER) {
    this.bytesMax = bytesMax;
    this.buffer = Buffer.allocUnsafe(capacity);
    this.view = viewOf(this.buffer);
  }

  /** Forgets what was written, so that the next message needs no memory of its own. */
  clear(bytesMax = Number.MAX_SAFE_INTEGER): void {
    this.position = 0;
    this.bytesMax = bytesMax;
  }

  /** From now on, as if the writer had been made for so many bytes beyond those written. */
  allow(bytes: number): void {
    this.bytesMax = this.position + bytes;
  }

  /** Bytes of memory this writer holds. */
  get capacity(): number {
    return this.buffer.length;
  }

  /** What was written, as a copy of exactly its size. */
  finish(): Uint8Array {
    return new Uint8Array(this.buffer.subarray(0, this.position));
  }

  /** What was written, as a view that is good until more is. */
  written(): Uint8Array {
    return this.buffer.subarray(0, this.position);
  }

  /**
   * What was written, in memory that is the caller's alone; the writer has none any more. Without a
   * copy where the system can cut memory short.
   */
  take(): Uint8Array {
    const { buffer, position } = this;
    const own = ownMemory(buffer);
    const taken = own === undefined ? this.finish() : new Uint8Array(own.transfer(position));
    this.reset();
    return taken;
  }

  /** Gives back the memory at once, instead of when it is collected; nothing is written any more. */
  free(): void {
    freeMemory(this.buffer);
    this.reset();
  }

  private reset(): void {
    this.position = 0;
    this.buffer = Buffer.alloc(0);
    this.view = viewOf(this.buffer);
  }

  /** Room for `size` bytes from `position` on, to write to before any other method is called. */
  claim(size: number): DataView {
    this.reserve(size);
    return this.view;
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
    this.view.setUint32(this.position, low, true);
    this.view.setUint32(this.position + 4, high, true);
    this.position += 8;
  }

  /** As `bytes`, of the part [start, end) of `source`, without making a view of it. */
  range(field: number, source: Buffer, start: number, end: number): void {
    this.lengthPrefix(field, end - start);
    this.rawRange(source, start, end);
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

  /** As `range`, faster for texts of up to some hundred bytes; `field` is below 16. */
  text(field: number, source: DataView, start: number, end: number): void {
    this.reserve(2 * VARINT_BYTES_MAX + end - start);
    this.tagAndSize(field, end - start);
    this.copy(source, start, end);
  }

  /** As `bytes`, of words in big-endian order: an id. */
  words(field: number, words: Uint32Array): void {
    const { length } = words;
    this.lengthPrefix(field, length * 4);
    const { view } = this;
    let { position } = this;
    for (let index = 0; index < length; index += 1, position += 4) {
      view.setUint32(position, words[index] ?? 0);
    }
    this.position = position;
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

  /** What another writer has written. */
  append(fields: ProtobufWriter): void {
    const size = fields.position;
    this.reserve(size + 3);
    if (size + 3 <= fields.buffer.length) this.copy(fields.view, 0, size);
    else this.raw(fields.written());
  }

  /** The part [start, end) of what another writer has written. */
  appendRange(fields: ProtobufWriter, start: number, end: number): void {
    this.reserve(end - start + 3);
    this.copy(fields.view, start, end);
  }

  /** Bytes that are whole fields already. */
  raw(fields: Uint8Array): void {
    const { length } = fields;
    this.reserve(length);
    if (length > SHORT_COPY_BYTES) this.buffer.set(fields, this.position);
    else {
      const { buffer, position } = this;
      for (let index = 0; index < length; index += 1) buffer[position + index] = fields[index] ?? 0;
    }
    this.position += length;
  }

  /** As `raw`, of the part [start, end) of `source`, without making a view of it. */
  rawRange(source: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    if (end - start > SHORT_COPY_BYTES) {
      source.copy(this.buffer, this.position, start, end);
    } else {
      const { buffer, position } = this;
      for (let from = start; from < end; from++)
        buffer[position + from - start] = source[from] ?? 0;
    }
    this.position += end - start;
  }

  /**
   * A message { 1: key, 2: { 1: value } } of two texts of `source`: an attribute with a string value.
   * The same as two messages begun and ended, several times faster; `field` is below 16.
   */
  textPair(field: number, source: DataView, pair: TextPair): void {
    const { view, position } = this;
    const { keyStart, keyStop, valueStart, valueStop } = pair;
    const keySize = keyStop - keyStart;
    const valueSize = valueStop - valueStart;
    // Tag and length of the key, of the value and of the text in it.
    const size = keySize + valueSize + 6;
    if (
      size > 0x7f ||
      position + size + ROOM_BYTES > view.byteLength ||
      Math.max(keyStop, valueStop) + 3 > source.byteLength
    ) {
      this.longTextPair(field, source, pair);
      return;
    }
    view.setInt32(position, SHORT_PAIR | (keySize << 24) | (size << 8) | (field << 3), true);
    let to = position + 4;
    for (let from = keyStart; from < keyStop; from += 4, to += 4) {
      view.setInt32(to, source.getInt32(from, true), true);
    }
    to = position + 4 + keySize;
    view.setInt32(to, SHORT_VALUE | (valueSize << 24) | ((valueSize + 2) << 8), true);
    to += 4;
    this.position = to + valueSize;
    for (let from = valueStart; from < valueStop; from += 4, to += 4) {
      view.setInt32(to, source.getInt32(from, true), true);
    }
  }

  private longTextPair(field: number, source: DataView, pair: TextPair): void {
    const { keyStart, keyStop, valueStart, valueStop } = pair;
    const keySize = keyStop - keyStart;
    const valueSize = valueStop - valueStart;
    const innerSize = 1 + varintSize(valueSize) + valueSize;
    const size = 2 + varintSize(keySize) + keySize + varintSize(innerSize) + innerSize;
    this.reserve(size + 2 * VARINT_BYTES_MAX);
    this.tagAndSize(field, size);
    this.tagAndSize(1, keySize);
    this.copy(source, keyStart, keyStop);
    this.tagAndSize(2, innerSize);
    this.tagAndSize(1, valueSize);
    this.copy(source, valueStart, valueStop);
  }

  /**
   * The start of a message { 1: key, 2: { value } }: the caller writes fields of exactly `valueSize`
   * bytes next, less than 64. `field` is below 16.
   */
  pairKey(field: number, source: DataView, key: KeyRange, valueSize: number): void {
    const { view, position } = this;
    const { keyStart, keyStop } = key;
    const keySize = keyStop - keyStart;
    const size = keySize + 4 + valueSize;
    if (
      size > 0x7f ||
      position + size + ROOM_BYTES + VARINT_BYTES_MAX > view.byteLength ||
      keyStop + 3 > source.byteLength
    ) {
      this.longPairKey(field, source, key, valueSize);
      return;
    }
    view.setInt32(position, SHORT_PAIR | (keySize << 24) | (size << 8) | (field << 3), true);
    let to = position + 4;
    for (let from = keyStart; from < keyStop; from += 4, to += 4) {
      view.setInt32(to, source.getInt32(from, true), true);
    }
    to = position + 4 + keySize;
    view.setInt16(to, (2 << 3) | WIRE_LENGTH | (valueSize << 8), true);
    this.position = to + 2;
  }

  private longPairKey(field: number, source: DataView, key: KeyRange, valueSize: number): void {
    const keySize = key.keyStop - key.keyStart;
    const size = 1 + varintSize(keySize) + keySize + 2 + valueSize;
    this.reserve(size + 3 * VARINT_BYTES_MAX);
    this.tagAndSize(field, size);
    this.tagAndSize(1, keySize);
    this.copy(source, key.keyStart, key.keyStop);
    this.tagAndSize(2, valueSize);
  }

  /** A message { 1: key, 2: { 3: int64 } }: an attribute. `field` is below 16. */
  int64Pair(field: number, source: DataView, key: KeyRange, { low, high }: Halves): void {
    this.pairKey(field, source, key, 1 + int64Size(low, high));
    this.int64Halves(3, low, high);
  }

  /** The start of a field whose payload of exactly `length` bytes the caller writes next. */
  lengthPrefix(field: number, length: number): void {
    this.reserve(2 * VARINT_BYTES_MAX + length);
    this.varint((field << 3) | WIRE_LENGTH);
    this.varint(length);
  }

  /**
   * Starts a sub-message; hand the result to `endMessage` when its fields are written. One whose
   * length takes as many bytes as that of `sizeGuess` is not moved then.
   */
  beginMessage(field: number, sizeGuess = 0): number {
    this.reserve(2 * VARINT_BYTES_MAX);
    this.varint((field << 3) | WIRE_LENGTH);
    this.position += varintSize(sizeGuess);
    return this.position;
  }

  /** With the `sizeGuess` of the message's start. Returns how far the message was moved. */
  endMessage(start: number, sizeGuess = 0): number {
    const end = this.position;
    const length = end - start;
    const guessed = varintSize(sizeGuess);
    const moved = varintSize(length) - guessed;
    if (moved !== 0) {
      this.reserve(VARINT_BYTES_MAX);
      this.buffer.copyWithin(start + moved, start, end);
    }
    this.position = start - guessed;
    this.varint(length);
    this.position = end + moved;
    return moved;
  }

  /** Needs the room reserved; `field` is below 16. */
  private tagAndSize(field: number, size: number): void {
    this.buffer[this.position++] = (field << 3) | WIRE_LENGTH;
    if (size <= 0x7f) this.buffer[this.position++] = size;
    else this.varint(size);
  }

  /** Needs the room reserved, and three bytes more: whole words are copied. */
  private copy(source: DataView, start: number, end: number): void {
    const { buffer, view, position } = this;
    this.position = position + end - start;
    let to = position;
    let from = start;
    if (end + 3 <= source.byteLength) {
      for (; from < end; from += 4, to += 4) view.setInt32(to, source.getInt32(from, true), true);
      return;
    }
    for (; from < end; from += 1, to += 1) buffer[to] = source.getUint8(from);
  }

  private varint(value: number): void {
    if (value <= 0x7f) {
      this.buffer[this.position++] = value;
      return;
    }
    if (value <= 0x3fff) {
      this.buffer[this.position++] = (value & 0x7f) | 0x80;
      this.buffer[this.position++] = value >>> 7;
      return;
    }
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
    if (needed > this.bytesMax) {
      throw new WireError(`more than ${this.bytesMax} bytes would be made of nearly empty parts`);
    }
    const doubled = Math.min(this.buffer.length * 2, this.bytesMax);
    const grown = Buffer.allocUnsafe(Math.max(needed, doubled));
    this.buffer.copy(grown, 0, 0, this.position);
    freeMemory(this.buffer);
    this.buffer = grown;
    this.view = viewOf(grown);
  }
}

/** The memory of a buffer when no other shares it. */
function ownMemory({ buffer, byteLength }: Buffer): ArrayBuffer | undefined {
  const isWhole = byteLength > 0 && byteLength === buffer.byteLength;
  return isWhole && buffer instanceof ArrayBuffer ? buffer : undefined;
}

/** Large buffers come faster than a collector should have to run. */
function freeMemory(bytes: Buffer): void {
  ownMemory(bytes)?.transfer(0);
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Bytes of the int64 with these halves as a varint. */
function int64Size(low: number, high: number): number {
  if (high === 0) return varintSize(low);
  return Math.floor((32 - Math.clz32(high) + 32 + 6) / 7);
}

/** How many bytes a varint takes. */
export function varintSize(value: number): number {
  if (value <= 0x7f) return 1;
  if (value <= 0x3fff) return 2;
  let size = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) size += 1;
  return size;
}
