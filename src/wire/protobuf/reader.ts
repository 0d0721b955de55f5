import { Buffer } from 'node:buffer';
import { WireError } from '../wire-error.ts';

/** https://protobuf.dev/programming-guides/encoding/#structure */
export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_LENGTH = 2;
export const WIRE_FIXED32 = 5;

/** Sub-messages inside one another. */
export const DEPTH_MAX = 64;

/**
 * A cursor over one message. Nothing is read past `limit`; a sub-message is read by narrowing the
 * limit to it with `enter` and widening it again with `leave`.
 *
 * Every method throws WireError when the bytes are cut off, a length points outside of the message,
 * a varint is longer than its type allows, or the wire type is unknown. Groups (wire types 3 and 4)
 * count as unknown: none of the formats read here ever had one.
 */
export class ProtobufReader {
  readonly buffer: Buffer;
  /** Of the same bytes. */
  readonly view: DataView;
  position: number;
  limit: number;
  /** Halves, unsigned, of the last `int64Halves` or `fixed64Halves`. */
  low = 0;
  high = 0;
  private depth = 0;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    const { buffer, byteOffset, byteLength } = bytes;
    this.buffer = Buffer.from(buffer, byteOffset, byteLength);
    this.view = new DataView(buffer, byteOffset, byteLength);
    this.position = start;
    this.limit = end;
  }

  hasMore(): boolean {
    return this.position < this.limit;
  }

  /** The next field: `number << 3 | wire type`. */
  tag(): number {
    const tag = this.uint32();
    if (tag < 8) throw this.bad('field number 0');
    return tag;
  }

  /** An unsigned varint of at most 32 bits: tags and lengths. */
  uint32(): number {
    const { buffer, limit } = this;
    let position = this.position;
    if (position >= limit) throw this.bad('cut off in a number');
    let byte = buffer[position++] ?? 0;
    if (byte < 0x80) {
      this.position = position;
      return byte;
    }
    let value = byte & 0x7f;
    for (let shift = 7; shift < 35; shift += 7) {
      if (position >= limit) throw this.bad('cut off in a number');
      byte = buffer[position++] ?? 0;
      if (shift === 28 && byte > 0x0f) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.position = position;
        return value >>> 0;
      }
    }
    throw this.bad('a number of more than 32 bits');
  }

  /** The low 32 bits, unsigned, of a varint of at most 64: uint32, int32 and enum fields. */
  varint32(): number {
    const { buffer, limit } = this;
    let position = this.position;
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (position >= limit) throw this.bad('cut off in a number');
      const byte = buffer[position++] ?? 0;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (shift === 63 && byte > 1) break;
      if (byte < 0x80) {
        this.position = position;
        return value >>> 0;
      }
    }
    throw this.bad('a number of more than 64 bits');
  }

  /** An int64 field. */
  int64(): bigint {
    const start = this.position;
    const low = this.varint32();
    const size = this.position - start;
    if (size <= 4) return BigInt(low);
    let value = 0n;
    for (let at = this.position - 1; at >= start; at -= 1) {
      value = (value << 7n) | BigInt((this.buffer[at] ?? 0) & 0x7f);
    }
    return BigInt.asIntN(64, value);
  }

  /** An int64 field into `low` and `high`. */
  int64Halves(): void {
    const { buffer, limit } = this;
    let position = this.position;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (position >= limit) throw this.bad('cut off in a number');
      const byte = buffer[position++] ?? 0;
      if (shift === 63 && byte > 1) break;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.position = position;
        this.low = low >>> 0;
        this.high = high >>> 0;
        return;
      }
    }
    throw this.bad('a number of more than 64 bits');
  }

  /** A fixed64 or double field into `low` and `high`. */
  fixed64Halves(): void {
    const start = this.take(8);
    this.low = this.buffer.readUInt32LE(start);
    this.high = this.buffer.readUInt32LE(start + 4);
  }

  fixed32(): number {
    const start = this.take(4);
    return this.buffer.readUInt32LE(start);
  }

  fixed64(): bigint {
    const start = this.take(8);
    return this.buffer.readBigUInt64LE(start);
  }

  double(): number {
    const start = this.take(8);
    return this.buffer.readDoubleLE(start);
  }

  /** Reads a length and checks it; the payload starts at `position`. Returns where it ends. */
  payloadEnd(): number {
    const length = this.uint32();
    const end = this.position + length;
    if (end > this.limit) throw this.bad(`a length of ${length} past the end`);
    return end;
  }

  /** Invalid UTF-8 becomes replacement characters. */
  string(): string {
    const end = this.payloadEnd();
    const start = this.position;
    this.position = end;
    return this.buffer.toString('utf8', start, end);
  }

  /** A copy: what is decoded never keeps a request body alive. */
  bytes(): Uint8Array {
    const end = this.payloadEnd();
    const start = this.position;
    this.position = end;
    return new Uint8Array(this.buffer.subarray(start, end));
  }

  hex(): string {
    const end = this.payloadEnd();
    const start = this.position;
    this.position = end;
    return this.buffer.toString('hex', start, end);
  }

  /** Starts a sub-message; returns the limit to `leave` with. */
  enter(): number {
    const end = this.payloadEnd();
    this.depth += 1;
    if (this.depth > DEPTH_MAX) throw this.bad(`messages nested more than ${DEPTH_MAX} deep`);
    const outer = this.limit;
    this.limit = end;
    return outer;
  }

  leave(outer: number): void {
    this.position = this.limit;
    this.limit = outer;
    this.depth -= 1;
  }

  /** Whether so many more sub-messages may be entered, one inside the other. */
  hasDepth(levels: number): boolean {
    return this.depth + levels <= DEPTH_MAX;
  }

  /** Steps over the value of a field. */
  skip(tag: number): void {
    switch (tag & 7) {
      case WIRE_VARINT:
        this.varint32();
        return;
      case WIRE_FIXED64:
        this.take(8);
        return;
      case WIRE_LENGTH:
        this.position = this.payloadEnd();
        return;
      case WIRE_FIXED32:
        this.take(4);
        return;
      default:
        throw this.bad(`wire type ${tag & 7} in field ${tag >>> 3}`);
    }
  }

  /** Refuses a known field that comes with a wire type that is not its own. */
  expect(tag: number, wireType: number): void {
    if ((tag & 7) !== wireType) throw this.bad(`wire type ${tag & 7} in field ${tag >>> 3}`);
  }

  bad(what: string): WireError {
    return new WireError(`protobuf: ${what} at byte ${this.position}`);
  }

  private take(size: number): number {
    const start = this.position;
    if (start + size > this.limit) throw this.bad('cut off in a fixed-size field');
    this.position = start + size;
    return start;
  }
}
