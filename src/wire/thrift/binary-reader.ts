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

/** Fewest bytes of a value of each type. */
const SIZE_MIN: ReadonlyMap<number, number> = new Map([
  [T_BOOL, 1],
  [T_BYTE, 1],
  [T_DOUBLE, 8],
  [T_I16, 2],
  [T_I32, 4],
  [T_I64, 8],
  [T_STRING, 4],
  [T_STRUCT, 1],
  [T_MAP, 6],
  [T_SET, 5],
  [T_LIST, 5],
]);
const NUMBER_SIZES: ReadonlyMap<number, number> = new Map([
  [T_BYTE, 1],
  [T_I16, 2],
  [T_I32, 4],
  [T_I64, 8],
  [T_DOUBLE, 8],
]);
const VERSION_MASK = 0xffff_0000;
const VERSION_1 = 0x8001_0000;

/** https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md */
export class BinaryThriftReader extends ThriftReader {
  /** The strict envelope (version and type first) and the old one (name first). */
  message(): ThriftMessage {
    const first = this.i32();
    if (first < 0) {
      if ((first & VERSION_MASK) >>> 0 !== VERSION_1) throw this.bad('unknown protocol version');
      this.bytes();
      const method = this.buffer.toString('latin1', this.start, this.stop);
      this.i32();
      return { method, type: first & 0xff };
    }
    const from = this.take(first);
    const method = this.buffer.toString('latin1', from, from + first);
    const type = this.byte();
    this.i32();
    return { method, type };
  }

  nextField(): boolean {
    const { buffer, position } = this;
    const type = buffer[position] ?? T_STOP;
    if (type === T_STOP) {
      this.take(1);
      this.fieldType = T_STOP;
      this.leave();
      return false;
    }
    if (position + 3 > buffer.length) throw this.bad('cut off');
    this.fieldType = type;
    this.fieldId = this.view.getInt16(position + 1);
    this.position = position + 3;
    return true;
  }

  bool(): boolean {
    return this.byte() !== 0;
  }

  i16(): number {
    return this.view.getInt16(this.take(2));
  }

  i32(): number {
    return this.view.getInt32(this.take(4));
  }

  i64(): void {
    const from = this.take(8);
    this.high = this.view.getUint32(from);
    this.low = this.view.getUint32(from + 4);
  }

  double(): void {
    this.i64();
  }

  bytes(): void {
    const size = this.i32();
    if (size < 0) throw this.bad('negative size');
    this.start = this.take(size);
    this.stop = this.position;
  }

  list(): number {
    this.enter();
    this.elementType = this.byte();
    const count = this.i32();
    this.checkCount(count, count === 0 ? 0 : this.sizeMin(this.elementType));
    return count;
  }

  map(): number {
    this.enter();
    this.keyType = this.byte();
    this.elementType = this.byte();
    const count = this.i32();
    if (count !== 0) {
      this.checkCount(count, this.sizeMin(this.keyType) + this.sizeMin(this.elementType));
    }
    return count;
  }

  protected skipNumber(type: number): void {
    const size = NUMBER_SIZES.get(type);
    if (size === undefined) throw this.bad(`unknown type ${type}`);
    this.take(size);
  }

  private byte(): number {
    return this.buffer[this.take(1)] ?? 0;
  }

  private sizeMin(type: number): number {
    const size = type === T_STRUCT ? 1 : SIZE_MIN.get(type);
    if (size === undefined) throw this.bad(`unknown type ${type}`);
    return size;
  }
}
