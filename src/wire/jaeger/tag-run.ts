import { WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from '../protobuf/reader.ts';
import type { ProtobufWriter } from '../protobuf/writer.ts';
import type { ThriftReader } from '../thrift/thrift-reader.ts';

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
export const SHORT_MAX = 0x7f;
/** Longs below it take at most four bytes. */
export const SHORT_LONG_END = 2 ** 28;
/** Most that one attribute takes with the words that are written beyond it. */
const ROOM_BYTES = SHORT_MAX + 16;
/** Whole words are read: so many bytes behind a text, and the word at its end. */
const WORD_BYTES = 4;

const NO_VIEW = new DataView(new ArrayBuffer(0));
/** Where no plain tag ends. */
export const NOT_PLAIN = -1;
/** Behind the last field of a struct. */
export const STOP = 0;

/**
 * Copies runs of Tag structs as attributes, those that look as nearly all do: key, type and a value
 * of that type, in this order and short, and a key that means nothing in OTLP. It is a loop over two
 * views and little else: a third of the time that they take one by one. How a tag looks is for each
 * encoding to say, in `tag`.
 */
export abstract class TagRun {
  /** The texts of all that was copied, or-ed together: see `isAsciiBits`. */
  bits = 0;
  protected view: DataView = NO_VIEW;
  private out: DataView = NO_VIEW;
  private to = 0;
  /** The tag of an attribute, in place. */
  private field = 0;

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
    this.field = field << 3;
    const last = view.byteLength - WORD_BYTES;
    const toLast = writer.capacity - ROOM_BYTES;
    let from = reader.position;
    let left = count;
    while (left > 0 && from <= last && this.to <= toLast) {
      const next = this.tag(from, last);
      if (next === NOT_PLAIN) break;
      from = next;
      left -= 1;
    }
    reader.position = from;
    writer.position = this.to;
    return left;
  }

  /**
   * Copies the tag at `from` and returns where it ends, or NOT_PLAIN and has written nothing. Words are
   * read up to and including the one at `last`.
   */
  protected abstract tag(from: number, last: number): number;

  /** Of key and text; whether they fit an attribute whose size takes a byte. */
  protected text(keyStart: number, keyStop: number, start: number, stop: number): boolean {
    const valueSize = stop - start;
    const size = keyStop - keyStart + valueSize + 6;
    if (size > SHORT_MAX) return false;
    this.key(keyStart, keyStop, size);
    const { to } = this;
    this.out.setInt32(to, TEXT_VALUE | (valueSize << 24) | ((valueSize + 2) << 8), true);
    this.words(start, stop, to + PAIR_HEAD_BYTES);
    this.to = to + PAIR_HEAD_BYTES + valueSize;
    return true;
  }

  protected bool(keyStart: number, keyStop: number, value: boolean): boolean {
    const size = keyStop - keyStart + 6;
    if (size > SHORT_MAX) return false;
    this.key(keyStart, keyStop, size);
    this.out.setInt32(this.to, BOOL_VALUE | (value ? 1 << 24 : 0), true);
    this.to += VALUE_HEAD_BYTES + 1;
    return true;
  }

  /** A double by its halves. */
  protected double(keyStart: number, keyStop: number, low: number, high: number): boolean {
    const size = keyStop - keyStart + 13;
    if (size > SHORT_MAX) return false;
    this.key(keyStart, keyStop, size);
    const { out, to } = this;
    out.setInt32(to, DOUBLE_VALUE, true);
    out.setInt32(to + VALUE_HEAD_BYTES, low, true);
    out.setInt32(to + VALUE_HEAD_BYTES + 4, high, true);
    this.to = to + VALUE_HEAD_BYTES + DOUBLE_BYTES;
    return true;
  }

  /** One that is not negative and below SHORT_LONG_END. */
  protected long(keyStart: number, keyStop: number, value: number): boolean {
    const valueBytes = value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : 4;
    const size = keyStop - keyStart + 5 + valueBytes;
    if (size > SHORT_MAX) return false;
    this.key(keyStart, keyStop, size);
    const { out } = this;
    let { to } = this;
    out.setInt32(to, LONG_VALUE + (valueBytes << 8), true);
    to += VALUE_HEAD_BYTES;
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7, to += 1) out.setUint8(to, (rest & 0x7f) | 0x80);
    out.setUint8(to, rest);
    this.to = to + 1;
    return true;
  }

  /** Writes an attribute of `size` bytes as far as its key. */
  private key(keyStart: number, keyStop: number, size: number): void {
    const { to } = this;
    const keySize = keyStop - keyStart;
    this.out.setInt32(to, PAIR | (keySize << 24) | (size << 8) | this.field, true);
    this.words(keyStart, keyStop, to + PAIR_HEAD_BYTES);
    this.to = to + PAIR_HEAD_BYTES + keySize;
  }

  /** Copies a text as whole words; what is copied too much is written over. */
  private words(start: number, stop: number, to: number): void {
    const { view, out } = this;
    let { bits } = this;
    let at = to;
    for (let from = start; from < stop; from += 4, at += 4) {
      const word = view.getInt32(from, true);
      bits |= word;
      out.setInt32(at, word, true);
    }
    this.bits = bits;
  }
}
