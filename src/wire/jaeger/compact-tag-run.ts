import { bitsOfGroups, lastGroupBit } from '../thrift/compact-number.ts';
import { mayBeSpecial } from './special-tags.ts';
import { NOT_PLAIN, STOP, TagRun } from './tag-run.ts';

/** Header of the key, a string, field 1; and the bits of it and of a size that is below 128. */
const KEY = 0x18;
const KEY_BITS = 0x80_ff;
/** From behind the key, little-endian: header of vType, vType, header of the value. */
const TEXT = 0x18_00_15;
const DOUBLE = 0x27_02_15;
const TRUE = 0x31_04_15;
const FALSE = 0x32_04_15;
const LONG = 0x46_06_15;
/** Of those three; a text's size behind them. */
const HEAD_BYTES = 3;
const TEXT_HEAD_BYTES = 4;
const DOUBLE_BYTES = 8;

/** https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
export class CompactTagRun extends TagRun {
  protected override tag(from: number, last: number): number {
    const { view } = this;
    const head = view.getUint16(from, true);
    const keySize = head >>> 8;
    const keyStart = from + 2;
    const keyStop = keyStart + keySize;
    if ((head & KEY_BITS) !== KEY || keyStop > last) return NOT_PLAIN;
    if (mayBeSpecial(keySize, view.getUint8(keyStart))) return NOT_PLAIN;
    const word = view.getInt32(keyStop, true);
    const next = word >>> 24;
    switch (word & 0xff_ff_ff) {
      case TEXT:
        return this.plainText(keyStart, keyStop, next, last);
      case LONG:
        return this.plainLong(keyStart, keyStop, last);
      case TRUE:
      case FALSE: {
        if (next !== STOP) return NOT_PLAIN;
        const value = (word & 0xff_ff_ff) === TRUE;
        return this.bool(keyStart, keyStop, value) ? keyStop + HEAD_BYTES + 1 : NOT_PLAIN;
      }
      case DOUBLE:
        return this.plainDouble(keyStart, keyStop, last);
      default:
        return NOT_PLAIN;
    }
  }

  private plainText(keyStart: number, keyStop: number, size: number, last: number): number {
    const start = keyStop + TEXT_HEAD_BYTES;
    const stop = start + size;
    if (stop > last || this.view.getUint8(stop) !== STOP) return NOT_PLAIN;
    return this.text(keyStart, keyStop, start, stop) ? stop + 1 : NOT_PLAIN;
  }

  private plainDouble(keyStart: number, keyStop: number, last: number): number {
    const { view } = this;
    const start = keyStop + HEAD_BYTES;
    const stop = start + DOUBLE_BYTES;
    if (stop > last || view.getUint8(stop) !== STOP) return NOT_PLAIN;
    const low = view.getInt32(start, true);
    const high = view.getInt32(start + 4, true);
    return this.double(keyStart, keyStop, low, high) ? stop + 1 : NOT_PLAIN;
  }

  /** One that is not negative and takes at most four bytes: 2^27 and more are for others. */
  private plainLong(keyStart: number, keyStop: number, last: number): number {
    const { view } = this;
    const start = keyStop + HEAD_BYTES;
    if (start >= last) return NOT_PLAIN;
    const word = view.getInt32(start, true);
    const lastBit = lastGroupBit(word);
    const zigzag = bitsOfGroups(word, lastBit);
    const stop = start + (lastBit >>> 3) + 1;
    if (lastBit < 0 || (zigzag & 1) !== 0 || view.getUint8(stop) !== STOP) return NOT_PLAIN;
    return this.long(keyStart, keyStop, zigzag >>> 1) ? stop + 1 : NOT_PLAIN;
  }
}
