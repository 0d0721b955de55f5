import { WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from '../protobuf/reader.ts';
import type { ProtobufWriter } from '../protobuf/writer.ts';
import { bitsOfGroups, lastGroupBit } from '../thrift/compact-number.ts';
import type { ThriftReader } from '../thrift/thrift-reader.ts';
import { mayBeSpecial } from './special-tags.ts';

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
const STOP = 0;

/** Tag and size of a KeyValue and of its key, which is the same again before a text and its value. */
const PAIR = (((1 << 3) | WIRE_LENGTH) << 16) | WIRE_LENGTH;
const PAIR_HEAD_BYTES = 4;
const VALUE = (2 << 3) | WIRE_LENGTH;
/** AnyValue{1 string, 2 bool, 3 int, 4 double}: tag and size, then the tag of what is in it. */
const TEXT_VALUE = (((1 << 3) | WIRE_LENGTH) << 16) | VALUE;
const BOOL_VALUE = (((2 << 3) | WIRE_VARINT) << 16) | (2 << 8) | VALUE;
const LONG_VALUE = (((3 << 3) | WIRE_VARINT) << 16) | (1 << 8) | VALUE;
const DOUBLE_VALUE = (((4 << 3) | WIRE_FIXED64) << 16) | (9 << 8) | VALUE;
const VALUE_HEAD_BYTES = 3;
const DOUBLE_BYTES = 8;

/** Sizes up to here take a byte. */
const SHORT_MAX = 0x7f;
/** Most that one attribute takes with the words that are written beyond it. */
const ROOM_BYTES = SHORT_MAX + 16;
/** Whole words are read: so many bytes behind a text, and the word at its end. */
const WORD_BYTES = 4;

const NO_VIEW = new DataView(new ArrayBuffer(0));
/** Where no plain tag ends. */
const NOT_PLAIN = -1;

/**
 * Copies runs of compact Tag structs as attributes, those that look as nearly all do: key, type and
 * a value of that type, in this order and short, and a key that means nothing in OTLP. It is a loop
 * over two views and little else: a third of the time that they take one by one.
 */
export class CompactTagRun {
  /** The texts of all that was copied, or-ed together: see `isAsciiBits`. */
  bits = 0;
  private view: DataView = NO_VIEW;
  private out: DataView = NO_VIEW;
  private to = 0;
  /** Of the attribute that is copied, its tag and the size of its key in place. */
  private pair = 0;

  /**
   * Copies at most `count` tags from where the reader stands, as `field` (below 16). Returns how many
   * are left: the first of them is not plain.
   */
  copy(reader: ThriftReader, writer: ProtobufWriter, field: number, count: number): number {
    const { view } = reader;
    const out = writer.claim(0);
    // They are seldom others, and to store an object takes longer than to compare it.
    if (this.view !== view) this.view = view;
    if (this.out !== out) this.out = out;
    this.to = writer.position;
    const last = reader.buffer.length - WORD_BYTES;
    const toLast = writer.capacity - ROOM_BYTES;
    let from = reader.position;
    let left = count;
    while (left > 0 && from <= last && this.to <= toLast) {
      const head = view.getUint16(from, true);
      const keySize = head >>> 8;
      const keyStop = from + 2 + keySize;
      if ((head & KEY_BITS) !== KEY || keyStop > last) break;
      if (mayBeSpecial(keySize, view.getUint8(from + 2))) break;
      this.pair = PAIR | (keySize << 24) | (field << 3);
      const isText = (view.getInt32(keyStop, true) & 0xff_ff_ff) === TEXT;
      const next = isText
        ? this.text(from + 2, keyStop, last)
        : this.other(from + 2, keyStop, last);
      if (next === NOT_PLAIN) break;
      from = next;
      left -= 1;
    }
    reader.position = from;
    writer.position = this.to;
    return left;
  }

  private text(keyStart: number, keyStop: number, last: number): number {
    const { view, out } = this;
    const valueSize = view.getUint8(keyStop + HEAD_BYTES);
    const start = keyStop + TEXT_HEAD_BYTES;
    const stop = start + valueSize;
    const size = keyStop - keyStart + valueSize + 6;
    if (size > SHORT_MAX || stop > last || view.getUint8(stop) !== STOP) return NOT_PLAIN;
    this.key(keyStart, keyStop, size);
    const { to } = this;
    out.setInt32(to, TEXT_VALUE | (valueSize << 24) | ((valueSize + 2) << 8), true);
    let { bits } = this;
    let at = to + PAIR_HEAD_BYTES;
    for (let from = start; from < stop; from += 4, at += 4) {
      const word = view.getInt32(from, true);
      bits |= word;
      out.setInt32(at, word, true);
    }
    this.bits = bits;
    this.to = to + PAIR_HEAD_BYTES + valueSize;
    return stop + 1;
  }

  /** Writes an attribute of `size` bytes as far as its key. */
  private key(keyStart: number, keyStop: number, size: number): void {
    const { view, out, to } = this;
    out.setInt32(to, this.pair | (size << 8), true);
    let { bits } = this;
    let at = to + PAIR_HEAD_BYTES;
    for (let from = keyStart; from < keyStop; from += 4, at += 4) {
      const word = view.getInt32(from, true);
      bits |= word;
      out.setInt32(at, word, true);
    }
    this.bits = bits;
    this.to = to + PAIR_HEAD_BYTES + keyStop - keyStart;
  }

  private other(keyStart: number, keyStop: number, last: number): number {
    const { view } = this;
    const word = view.getInt32(keyStop, true);
    switch (word & 0xff_ff_ff) {
      case LONG:
        return this.long(keyStart, keyStop, last);
      case TRUE:
      case FALSE:
        if (word >>> 24 !== STOP) return NOT_PLAIN;
        return this.bool(keyStart, keyStop, (word & 0xff_ff_ff) === TRUE);
      case DOUBLE:
        return this.double(keyStart, keyStop, last);
      default:
        return NOT_PLAIN;
    }
  }

  private bool(keyStart: number, keyStop: number, value: boolean): number {
    const size = keyStop - keyStart + 6;
    if (size > SHORT_MAX) return NOT_PLAIN;
    this.key(keyStart, keyStop, size);
    this.out.setInt32(this.to, BOOL_VALUE | (value ? 1 << 24 : 0), true);
    this.to += VALUE_HEAD_BYTES + 1;
    return keyStop + HEAD_BYTES + 1;
  }

  private double(keyStart: number, keyStop: number, last: number): number {
    const { view, out } = this;
    const start = keyStop + HEAD_BYTES;
    const stop = start + DOUBLE_BYTES;
    const size = keyStop - keyStart + 13;
    if (size > SHORT_MAX || stop > last || view.getUint8(stop) !== STOP) return NOT_PLAIN;
    this.key(keyStart, keyStop, size);
    const { to } = this;
    out.setInt32(to, DOUBLE_VALUE, true);
    out.setInt32(to + VALUE_HEAD_BYTES, view.getInt32(start, true), true);
    out.setInt32(to + VALUE_HEAD_BYTES + 4, view.getInt32(start + 4, true), true);
    this.to = to + VALUE_HEAD_BYTES + DOUBLE_BYTES;
    return stop + 1;
  }

  /** One that is not negative and takes at most four bytes: 2^27 and more are for others. */
  private long(keyStart: number, keyStop: number, last: number): number {
    const { view, out } = this;
    const start = keyStop + HEAD_BYTES;
    if (start >= last) return NOT_PLAIN;
    const word = view.getInt32(start, true);
    const lastBit = lastGroupBit(word);
    const zigzag = bitsOfGroups(word, lastBit);
    const stop = start + (lastBit >>> 3) + 1;
    if (lastBit < 0 || (zigzag & 1) !== 0 || view.getUint8(stop) !== STOP) return NOT_PLAIN;
    let rest = zigzag >>> 1;
    const valueBytes = rest < 1 << 7 ? 1 : rest < 1 << 14 ? 2 : rest < 1 << 21 ? 3 : 4;
    const size = keyStop - keyStart + 5 + valueBytes;
    if (size > SHORT_MAX) return NOT_PLAIN;
    this.key(keyStart, keyStop, size);
    let { to } = this;
    out.setInt32(to, LONG_VALUE + (valueBytes << 8), true);
    to += VALUE_HEAD_BYTES;
    for (; rest > 0x7f; rest >>>= 7, to += 1) out.setUint8(to, (rest & 0x7f) | 0x80);
    out.setUint8(to, rest);
    this.to = to + 1;
    return stop + 1;
  }
}
