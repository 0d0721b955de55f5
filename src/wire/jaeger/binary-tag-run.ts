import { TAG_BOOL, TAG_DOUBLE, TAG_LONG, TAG_STRING } from './jaeger-tag.ts';
import { mayBeSpecial } from './special-tags.ts';
import { NOT_PLAIN, SHORT_LONG_END, SHORT_MAX, STOP, TagRun } from './tag-run.ts';

/** Big-endian: type and id of a field, and the highest byte of a size or of a number. */
const KEY = 0x0b_00_01_00;
const TYPE = 0x08_00_02_00;
/** Type and id of a value. */
const TEXT = 0x0b_00_03;
const DOUBLE = 0x04_00_04;
const BOOL = 0x02_00_05;
const LONG = 0x0a_00_06;

const HEADER_BYTES = 3;
/** Header and number. */
const I32_BYTES = HEADER_BYTES + 4;
/** From behind the key to the value. */
const VALUE_AT = I32_BYTES + HEADER_BYTES;
const NUMBER_BYTES = 8;

/** https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md */
export class BinaryTagRun extends TagRun {
  protected override tag(from: number, last: number): number {
    const { view } = this;
    if (from + HEADER_BYTES > last || view.getInt32(from) !== KEY) return NOT_PLAIN;
    const keySize = view.getInt32(from + HEADER_BYTES);
    const keyStart = from + I32_BYTES;
    const keyStop = keyStart + keySize;
    if (keySize > SHORT_MAX || keyStop + VALUE_AT > last) return NOT_PLAIN;
    if (view.getInt32(keyStop) !== TYPE) return NOT_PLAIN;
    if (mayBeSpecial(keySize, view.getUint8(keyStart))) return NOT_PLAIN;
    const header = view.getInt32(keyStop + I32_BYTES) >> 8;
    switch (view.getInt32(keyStop + HEADER_BYTES)) {
      case TAG_STRING:
        return header === TEXT ? this.plainText(keyStart, keyStop, last) : NOT_PLAIN;
      case TAG_DOUBLE:
        return header === DOUBLE ? this.plainDouble(keyStart, keyStop, last) : NOT_PLAIN;
      case TAG_BOOL:
        return header === BOOL ? this.plainBool(keyStart, keyStop) : NOT_PLAIN;
      case TAG_LONG:
        return header === LONG ? this.plainLong(keyStart, keyStop, last) : NOT_PLAIN;
      default:
        return NOT_PLAIN;
    }
  }

  private plainText(keyStart: number, keyStop: number, last: number): number {
    const { view } = this;
    const start = keyStop + VALUE_AT + 4;
    const valueSize = view.getUint32(start - 4);
    const stop = start + valueSize;
    if (stop > last || view.getUint8(stop) !== STOP) return NOT_PLAIN;
    return this.text(keyStart, keyStop, start, stop) ? stop + 1 : NOT_PLAIN;
  }

  private plainBool(keyStart: number, keyStop: number): number {
    const { view } = this;
    const start = keyStop + VALUE_AT;
    if (view.getUint8(start + 1) !== STOP) return NOT_PLAIN;
    return this.bool(keyStart, keyStop, view.getUint8(start) !== 0) ? start + 2 : NOT_PLAIN;
  }

  private plainDouble(keyStart: number, keyStop: number, last: number): number {
    const { view } = this;
    const start = keyStop + VALUE_AT;
    const stop = start + NUMBER_BYTES;
    if (stop > last || view.getUint8(stop) !== STOP) return NOT_PLAIN;
    const high = view.getInt32(start);
    const low = view.getInt32(start + 4);
    return this.double(keyStart, keyStop, low, high) ? stop + 1 : NOT_PLAIN;
  }

  /** One that is not negative and small: others are for others. */
  private plainLong(keyStart: number, keyStop: number, last: number): number {
    const { view } = this;
    const start = keyStop + VALUE_AT;
    const stop = start + NUMBER_BYTES;
    if (stop > last || view.getUint8(stop) !== STOP || view.getInt32(start) !== 0) return NOT_PLAIN;
    const low = view.getUint32(start + 4);
    if (low >= SHORT_LONG_END) return NOT_PLAIN;
    return this.long(keyStart, keyStop, low) ? stop + 1 : NOT_PLAIN;
  }
}
