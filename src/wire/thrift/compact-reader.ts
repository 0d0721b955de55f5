import { bitsOfGroups, lastGroupBit } from './compact-number.ts';
import {
  T_BOOL,
  T_BYTE,
  T_DOUBLE,
  T_I16,
  T_I32,
  T_I64,
  T_LIST,
  T_MAP,
  T_SET,
  T_STOP,
  T_STRING,
  T_STRUCT,
  ThriftReader,
} from './thrift-reader.ts';
import type { ThriftMessage } from './thrift-reader.ts';

const PROTOCOL_ID = 0x82;
const VERSION = 1;
/** Position = the compact type code; 1 and 2 are a field's true and false, an element's bool. */
const TYPES = [
  T_STOP,
  T_BOOL,
  T_BOOL,
  T_BYTE,
  T_I16,
  T_I32,
  T_I64,
  T_DOUBLE,
  T_STRING,
  T_LIST,
  T_SET,
  T_MAP,
  T_STRUCT,
] as const;
const CODE_TRUE = 1;
const CODE_FALSE = 2;
/** The value of a bool is a byte of its own, as in a list. */
const BOOL_FOLLOWS = 0;
/** The first byte of a number of two bytes or more has this bit. */
const MORE = 0x80;
/** Of 64 bits. */
const NUMBER_BYTES_MAX = 10;
/** List sizes up to 14 are in the header itself. */
const SIZE_FOLLOWS = 15;

/** https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
export class CompactThriftReader extends ThriftReader {
  /** Field ids are deltas to the one before in the same struct: one a level. */
  private readonly lastFieldIds: number[] = [0];
  /** Code of a bool field, whose header holds its value. */
  private fieldBool = BOOL_FOLLOWS;

  message(): ThriftMessage {
    if (this.byte() !== PROTOCOL_ID) throw this.bad('not the compact protocol');
    const versionAndType = this.byte();
    if ((versionAndType & 0x1f) !== VERSION) throw this.bad('unknown protocol version');
    this.varint32();
    this.bytes();
    const method = this.buffer.toString('latin1', this.start, this.stop);
    return { method, type: versionAndType >>> 5 };
  }

  protected override enter(): void {
    super.enter();
    this.lastFieldIds[this.level] = 0;
  }

  override goOn(position: number, fieldId: number): void {
    super.goOn(position, fieldId);
    this.lastFieldIds[this.level] = fieldId;
  }

  nextField(): boolean {
    const { buffer, position } = this;
    if (position >= buffer.length) throw this.bad('cut off');
    const header = buffer[position] ?? 0;
    this.position = position + 1;
    const code = header & 0x0f;
    if (code === 0) {
      this.fieldType = T_STOP;
      this.leave();
      return false;
    }
    const delta = header >>> 4;
    const level = this.level;
    const id = delta === 0 ? this.i32() : (this.lastFieldIds[level] ?? 0) + delta;
    if (id !== (id << 16) >> 16) throw this.bad('field id out of range');
    this.lastFieldIds[level] = id;
    this.fieldId = id;
    this.fieldType = TYPES[code] ?? this.typeOf(code);
    this.fieldBool = code <= CODE_FALSE ? code : BOOL_FOLLOWS;
    return true;
  }

  bool(): boolean {
    const code = this.fieldBool === BOOL_FOLLOWS ? this.byte() : this.fieldBool;
    this.fieldBool = BOOL_FOLLOWS;
    return code === CODE_TRUE;
  }

  i16(): number {
    const value = this.i32();
    if (value !== (value << 16) >> 16) throw this.bad('an i16 out of range');
    return value;
  }

  i32(): number {
    const zigzag = this.varint32();
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  i64(): void {
    const { view, position } = this;
    if (position + NUMBER_BYTES_MAX > this.buffer.length) {
      this.anyI64();
      return;
    }
    const first = view.getInt32(position, true);
    const firstEnd = lastGroupBit(first);
    const low = bitsOfGroups(first, firstEnd);
    if (firstEnd >= 0) {
      this.position = position + 1 + (firstEnd >>> 3);
      this.setZigzag(low, 0);
      return;
    }
    const second = view.getInt32(position + 4, true);
    const secondEnd = lastGroupBit(second);
    const middle = bitsOfGroups(second, secondEnd);
    if (secondEnd >= 0) {
      this.position = position + 5 + (secondEnd >>> 3);
      this.setZigzag(low | (middle << 28), middle >>> 4);
      return;
    }
    // Ids take nine bytes or ten: two groups of four that go on are 56 bits.
    const byte = view.getUint8(position + 8);
    const last = byte < MORE ? 0 : view.getUint8(position + 9);
    if (last > 1) throw this.bad('number too long');
    this.position = position + (byte < MORE ? 9 : 10);
    this.setZigzag(low | (middle << 28), (middle >>> 4) | ((byte & 0x7f) << 24) | (last << 31));
  }

  /** Near the end of the bytes. */
  private anyI64(): void {
    const { buffer } = this;
    let { position } = this;
    let low = 0;
    let high = 0;
    let byte = MORE;
    for (let shift = 0; byte >= MORE; shift += 7) {
      if (position >= buffer.length) throw this.bad('cut off');
      byte = buffer[position++] ?? 0;
      if (shift === 63 && byte > 1) throw this.bad('number too long');
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
    }
    this.position = position;
    this.setZigzag(low, high);
  }

  private setZigzag(low: number, high: number): void {
    const sign = -(low & 1);
    this.low = (((low >>> 1) | (high << 31)) ^ sign) >>> 0;
    this.high = ((high >>> 1) ^ sign) >>> 0;
  }

  double(): void {
    const from = this.take(8);
    this.low = this.view.getUint32(from, true);
    this.high = this.view.getUint32(from + 4, true);
  }

  bytes(): void {
    const size = this.varint32();
    this.start = this.take(size);
    this.stop = this.position;
  }

  list(): number {
    this.enter();
    const header = this.byte();
    const short = header >>> 4;
    const count = short === SIZE_FOLLOWS ? this.varint32() : short;
    this.elementType = count === 0 ? T_STOP : this.typeOf(header & 0x0f);
    this.checkCount(count, this.elementType === T_DOUBLE ? 8 : 1);
    this.fieldBool = BOOL_FOLLOWS;
    return count;
  }

  map(): number {
    this.enter();
    const count = this.varint32();
    if (count === 0) return 0;
    const types = this.byte();
    this.keyType = this.typeOf(types >>> 4);
    this.elementType = this.typeOf(types & 0x0f);
    this.checkCount(count, 2);
    this.fieldBool = BOOL_FOLLOWS;
    return count;
  }

  protected skipNumber(type: number): void {
    switch (type) {
      case T_BYTE:
        this.take(1);
        return;
      case T_DOUBLE:
        this.take(8);
        return;
      case T_I16:
      case T_I32:
        this.varint32();
        return;
      case T_I64:
        this.i64();
        return;
      default:
        throw this.bad(`unknown type ${type}`);
    }
  }

  private typeOf(code: number): number {
    const type = TYPES[code];
    if (type === undefined || type === T_STOP) throw this.bad(`unknown type ${code}`);
    return type;
  }

  private byte(): number {
    const { position } = this;
    if (position >= this.buffer.length) throw this.bad('cut off');
    this.position = position + 1;
    return this.buffer[position] ?? 0;
  }

  /** Unsigned, of at most 32 bits. */
  private varint32(): number {
    const first = this.byte();
    if (first < MORE) return first;
    let value = first & 0x7f;
    for (let shift = 7; ; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && byte > 0x0f) throw this.bad('number too long');
      value |= (byte & 0x7f) << shift;
      if (byte < MORE) return value >>> 0;
    }
  }
}
