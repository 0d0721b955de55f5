import { Buffer } from 'node:buffer';
import { WireError } from '../wire-error.ts';

/** Type codes of the binary protocol; the compact reader translates its own to these. */
export const T_STOP = 0;
export const T_BOOL = 2;
export const T_BYTE = 3;
export const T_DOUBLE = 4;
export const T_I16 = 6;
export const T_I32 = 8;
export const T_I64 = 10;
export const T_STRING = 11;
export const T_STRUCT = 12;
export const T_MAP = 13;
export const T_SET = 14;
export const T_LIST = 15;

/** Structs, lists and maps inside one another. */
export const THRIFT_DEPTH_MAX = 64;

export const MESSAGE_CALL = 1;
export const MESSAGE_ONEWAY = 4;

export interface ThriftMessage {
  readonly method: string;
  readonly type: number;
}

const NO_BYTES = Buffer.alloc(0);
const NO_VIEW = new DataView(new ArrayBuffer(0));

/**
 * A cursor over thrift bytes of either protocol. Values wider than a number are left in fields of
 * the reader (`low`/`high`, `start`/`stop`), so reading allocates nothing.
 *
 * Every method throws WireError when the bytes are cut off, a size is negative or larger than what
 * is left, a number is longer than its type, a type is unknown, or nesting is too deep. No size is
 * believed before that check.
 */
export abstract class ThriftReader {
  buffer: Buffer = NO_BYTES;
  /** Of the same bytes. */
  view: DataView = NO_VIEW;
  /** May be set to any position read before, at the nesting it was read at. */
  position = 0;
  /** Of the last `nextField`. */
  fieldId = 0;
  fieldType = T_STOP;
  /** Of the elements of the last `list`; of the values of the last `map`. */
  elementType = T_STOP;
  /** Of the keys of the last `map`. */
  keyType = T_STOP;
  /** Halves, unsigned, of the last `i64` or `double`. */
  low = 0;
  high = 0;
  /** Range of the last `bytes` in `buffer`. */
  start = 0;
  stop = 0;
  private depth = 0;

  constructor(bytes?: Uint8Array) {
    if (bytes !== undefined) this.read(bytes);
  }

  /** Starts anew, at the beginning of other bytes. */
  read(bytes: Uint8Array): void {
    const { buffer, byteOffset, byteLength } = bytes;
    this.buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(buffer, byteOffset, byteLength);
    this.view = new DataView(buffer, byteOffset, byteLength);
    this.position = 0;
    this.depth = 0;
  }

  /** Reads the envelope of a call. */
  abstract message(): ThriftMessage;
  /** Advances to the next field of the current struct; false at its end, which is then left. */
  abstract nextField(): boolean;
  abstract bool(): boolean;
  abstract i16(): number;
  abstract i32(): number;
  /** Sets `low` and `high`. */
  abstract i64(): void;
  /** Sets `low` and `high` to the IEEE 754 bits. */
  abstract double(): void;
  /** Sets `start` and `stop`. */
  abstract bytes(): void;
  /** Enters a list or set; its element count. Call `leave` after the elements. */
  abstract list(): number;
  /** Enters a map; its entry count. Call `leave` after the entries. */
  abstract map(): number;

  protected abstract skipNumber(type: number): void;

  enterStruct(): void {
    this.enter();
  }

  /** Goes on in the struct entered last behind its field `fieldId`, which ends at `position`. */
  goOn(position: number, fieldId: number): void {
    this.position = position;
    this.fieldId = fieldId;
  }

  leave(): void {
    this.depth -= 1;
  }

  /** Steps over one value of a type. */
  skip(type: number): void {
    switch (type) {
      case T_BOOL:
        this.bool();
        return;
      case T_STRING:
        this.bytes();
        return;
      case T_STRUCT:
        this.enterStruct();
        while (this.nextField()) this.skip(this.fieldType);
        return;
      case T_LIST:
      case T_SET:
        this.skipList();
        return;
      case T_MAP:
        this.skipMap();
        return;
      default:
        this.skipNumber(type);
    }
  }

  bad(what: string): WireError {
    return new WireError(`thrift: ${what} at byte ${this.position}`);
  }

  protected enter(): void {
    if (this.depth >= THRIFT_DEPTH_MAX) {
      throw this.bad(`nested deeper than ${THRIFT_DEPTH_MAX} levels`);
    }
    this.depth += 1;
  }

  /** Nesting, for a reader that keeps something a level. */
  protected get level(): number {
    return this.depth;
  }

  /** The start of the next `size` bytes, which are stepped over. */
  protected take(size: number): number {
    const from = this.position;
    if (size > this.buffer.length - from) throw this.bad('cut off');
    this.position = from + size;
    return from;
  }

  /** @throws WireError unless `count` elements of at least `sizeMin` bytes can follow. */
  protected checkCount(count: number, sizeMin: number): void {
    if (count < 0 || count * sizeMin > this.buffer.length - this.position) {
      throw this.bad(`a list of ${count} elements does not fit`);
    }
  }

  private skipList(): void {
    const count = this.list();
    const type = this.elementType;
    for (let index = 0; index < count; index++) this.skip(type);
    this.leave();
  }

  private skipMap(): void {
    const count = this.map();
    const { keyType, elementType } = this;
    for (let index = 0; index < count; index++) {
      this.skip(keyType);
      this.skip(elementType);
    }
    this.leave();
  }
}
