import { Buffer, isUtf8 } from 'node:buffer';
import { WireError } from '../wire-error.ts';
import { decodeString } from './decode-string.ts';
import { OBJECT_END } from './object-layout.ts';
import type { ObjectLayout } from './object-layout.ts';
import { firstByte, unplainBytes } from './unplain-bytes.ts';

/** Objects and arrays inside one another, unless a format of its own needs more. */
export const JSON_DEPTH_MAX = 64;

/** What `peek` sees. */
export const JSON_END = 0;
export const JSON_OBJECT = 1;
export const JSON_ARRAY = 2;
export const JSON_STRING = 3;
export const JSON_NUMBER = 4;
export const JSON_TRUE = 5;
export const JSON_FALSE = 6;
export const JSON_NULL = 7;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const DIGIT_0 = 0x30;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const FIRST_CHARACTER = 0x20;
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');
/** A string this short may be any number; nobody writes a longer one. */
const NUMBER_CHARS_MAX = 400;
/** So many keys of a layout an object may leave out at one place and is still foreseen. */
const KEYS_LEFT_OUT_MAX = 3;
const UINT64_MAX = 2n ** 64n - 1n;
const INT64_MIN = -(2n ** 63n);
const INTEGER = /^-?\d{1,40}$/;
/** What may be an integer all the same: 1e3, 5.0. */
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/**
 * A cursor over the bytes of one JSON text (RFC 8259, with no exceptions). Nothing is built: what was
 * read is left in fields of the scanner as a range of `text`, so reading allocates nothing.
 *
 * Bytes that are not UTF-8 count as replacement characters, as they do for JSON.parse of the decoded
 * text. Every method throws WireError for what is no JSON, for another type than asked for, and for
 * nesting deeper than the limit.
 */
export class JsonScanner {
  /**
   * What ranges of strings point into. It differs from the input when the input has escapes: then the
   * decoded string stands where the escaped one did.
   */
  readonly text: Buffer;
  readonly textView: DataView;
  /** May be set to the start of any value read before, at the nesting it was read at. */
  position = 0;
  /** Range of the last `string`, or of the literal of the last `number`. */
  start = 0;
  stop = 0;
  /** Range of the last key. */
  keyStart = 0;
  keyStop = 0;
  /** Halves of the last `int64`, unsigned. */
  low = 0;
  high = 0;
  private readonly depthMax: number;
  private readonly buffer: Buffer;
  private readonly view: DataView;
  /** Up to here four bytes can be read at once. */
  private readonly lastWord: number;
  private depth = 0;
  /** No member or element of the current object or array was read yet. */
  private fresh = false;

  constructor(bytes: Uint8Array, depthMax = JSON_DEPTH_MAX) {
    this.depthMax = depthMax;
    const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.buffer = isUtf8(given) ? given : Buffer.from(given.toString('utf8'));
    this.view = new DataView(this.buffer.buffer, this.buffer.byteOffset, this.buffer.byteLength);
    this.lastWord = this.buffer.length - 4;
    this.text = this.buffer.includes(BACKSLASH) ? Buffer.from(this.buffer) : this.buffer;
    this.textView = new DataView(this.text.buffer, this.text.byteOffset, this.text.byteLength);
  }

  /** The kind of the value that comes next; JSON_END after the last one. */
  peek(): number {
    switch (this.space()) {
      case QUOTE:
        return JSON_STRING;
      case OPEN_OBJECT:
        return JSON_OBJECT;
      case OPEN_ARRAY:
        return JSON_ARRAY;
      case 0x74:
        return JSON_TRUE;
      case 0x66:
        return JSON_FALSE;
      case 0x6e:
        return JSON_NULL;
      case -1:
        return JSON_END;
      default:
        return JSON_NUMBER;
    }
  }

  enterObject(): void {
    if (this.space() !== OPEN_OBJECT) throw this.bad('an object should be');
    this.enter();
  }

  /** Reads the next key and its colon into `keyStart` and `keyStop`; false at the object's end. */
  nextKey(): boolean {
    const { buffer } = this;
    // Nearly all keys follow a comma at once.
    if (!this.fresh && buffer[this.position] === COMMA && buffer[this.position + 1] === QUOTE) {
      this.position += 1;
      this.key();
      return true;
    }
    let byte = this.space();
    if (byte === CLOSE_OBJECT) return this.leave();
    if (!this.fresh) {
      if (byte !== COMMA) throw this.bad('a comma or } should be');
      this.position += 1;
      byte = this.space();
    }
    this.fresh = false;
    if (byte !== QUOTE) throw this.bad('a key should be');
    this.key();
    return true;
  }

  /** As `enterObject`, of an object whose keys `nextKeyOf` foresees. */
  enterObjectOf(layout: ObjectLayout): void {
    this.enterObject();
    layout.rewind();
  }

  /** As `nextKey`; the index of the key in the layout's table, NO_KEY, or OBJECT_END. */
  nextKeyOf(layout: ObjectLayout): number {
    const { position, fresh } = this;
    if (this.buffer[position] === CLOSE_OBJECT) {
      this.leave();
      return OBJECT_END;
    }
    let known = layout.last.next;
    for (let tries = 0; known !== undefined && tries < KEYS_LEFT_OUT_MAX; tries += 1) {
      if (known.isFirst === fresh && this.isAgain(known.start, known.size)) {
        this.keyStart = position + known.keyOffset;
        this.keyStop = this.keyStart + known.keySize;
        this.position = position + known.size;
        this.fresh = false;
        layout.last = known;
        return known.index;
      }
      known = known.next;
    }
    return this.otherKeyOf(layout);
  }

  /** Whether the `size` bytes, at least four, from `start` on come again. */
  isAgain(start: number, size: number): boolean {
    const { view, position } = this;
    const lastWord = size - 4;
    if (position + lastWord > this.lastWord) return false;
    for (let at = 0; at < lastWord; at += 4) {
      if (view.getInt32(start + at, true) !== view.getInt32(position + at, true)) return false;
    }
    return view.getInt32(start + lastWord, true) === view.getInt32(position + lastWord, true);
  }

  enterArray(): void {
    if (this.space() !== OPEN_ARRAY) throw this.bad('an array should be');
    this.enter();
  }

  /** Advances to the next element; false at the array's end. */
  nextItem(): boolean {
    const byte = this.space();
    if (byte === CLOSE_ARRAY) return this.leave();
    if (!this.fresh) {
      if (byte !== COMMA) throw this.bad('a comma or ] should be');
      this.position += 1;
    }
    this.fresh = false;
    return true;
  }

  /** Reads a string into `start` and `stop`; false, and nothing is read, before any other value. */
  isString(): boolean {
    if (this.buffer[this.position] !== QUOTE && this.space() !== QUOTE) return false;
    this.quoted();
    return true;
  }

  /** Reads a string into `start` and `stop`. */
  string(): void {
    if (this.buffer[this.position] !== QUOTE && this.space() !== QUOTE) {
      throw this.bad('a string should be');
    }
    this.quoted();
  }

  /**
   * Reads a string of at most `max` bytes and no escapes as `isString` does and copies it to `at` of
   * `to` on the way, and whatever follows it up to seven bytes. False, and nothing is read, before
   * anything else; it may also be the end of the text that is too near.
   */
  copyString(to: DataView, at: number, max: number): boolean {
    const { buffer, view, position } = this;
    if (buffer[position] !== QUOTE) return false;
    const start = position + 1;
    const last = Math.min(this.lastWord, start + max);
    let target = at;
    for (let from = start; from <= last; from += 4, target += 4) {
      const word = view.getInt32(from, true);
      to.setInt32(target, word, true);
      const found = unplainBytes(word);
      if (found === 0) continue;
      const stop = from + firstByte(found);
      if (buffer[stop] !== QUOTE || stop - start > max) return false;
      this.start = start;
      this.stop = stop;
      this.position = stop + 1;
      return true;
    }
    return false;
  }

  /** Steps over null; false, and nothing is read, before any other value. */
  isNull(): boolean {
    if (this.space() !== 0x6e) return false;
    this.literal(NULL);
    return true;
  }

  bool(): boolean {
    const isTrue = this.space() === 0x74;
    this.literal(isTrue ? TRUE : FALSE);
    return isTrue;
  }

  /** The nearest double of a number. */
  number(): number {
    const integer = this.numberLiteral();
    // Digits added up are exact when their sum is.
    if (integer <= Number.MAX_SAFE_INTEGER) return integer;
    return Number(this.buffer.toString('latin1', this.start, this.stop));
  }

  /**
   * Reads an integer from -2^63 to 2^64-1, written as a number or, as proto3 JSON has it, as a string,
   * into `low` and `high`.
   */
  int64(): void {
    if (!this.isInt64()) throw this.bad('an integer of 64 bits should end');
  }

  /** As `int64`; false behind a number or string that is no such integer. */
  isInt64(): boolean {
    const isString = this.space() === QUOTE;
    let small = Number.NaN;
    if (isString) this.quoted();
    else small = this.numberLiteral();
    if (small <= Number.MAX_SAFE_INTEGER) {
      this.high = Math.floor(small / 2 ** 32);
      this.low = small >>> 0;
      return true;
    }
    const value = integerOf(this.numberText());
    if (value === undefined || value < INT64_MIN || value > UINT64_MAX) return false;
    const bits = BigInt.asUintN(64, value);
    this.high = Number(bits >> 32n);
    this.low = Number(bits & 0xffff_ffffn);
    return true;
  }

  /** Steps over one value of any kind, checking it. */
  skip(): void {
    switch (this.peek()) {
      case JSON_STRING:
        this.quoted();
        return;
      case JSON_OBJECT:
        this.enter();
        while (this.nextKey()) this.skip();
        return;
      case JSON_ARRAY:
        this.enter();
        while (this.nextItem()) this.skip();
        return;
      case JSON_TRUE:
        this.literal(TRUE);
        return;
      case JSON_FALSE:
        this.literal(FALSE);
        return;
      case JSON_NULL:
        this.literal(NULL);
        return;
      default:
        this.numberLiteral();
    }
  }

  /** @throws WireError unless only white space follows */
  end(): void {
    if (this.space() !== -1) throw this.bad('the end should be');
  }

  bad(what: string): WireError {
    const cutOff = this.position >= this.buffer.length;
    return new WireError(`json: ${cutOff ? 'cut off; ' : ''}${what} at byte ${this.position}`);
  }

  private otherKeyOf(layout: ObjectLayout): number {
    const start = this.position;
    const isFirst = this.fresh;
    if (!this.nextKey()) return OBJECT_END;
    const { keyStart } = this;
    const index = layout.table.keyOf(this);
    const keySize = this.keyStop - keyStart;
    const size = this.position - start;
    // The text of a key with escapes is not what would be compared.
    const isPlain =
      this.text === this.buffer || !this.buffer.subarray(start, this.position).includes(BACKSLASH);
    if (size >= 4 && isPlain) {
      layout.learn({ start, size, isFirst, keyOffset: keyStart - start, keySize, index });
    }
    return index;
  }

  private key(): void {
    this.quoted();
    this.keyStart = this.start;
    this.keyStop = this.stop;
    if (this.buffer[this.position] !== COLON && this.space() !== COLON) {
      throw this.bad('a colon should be');
    }
    this.position += 1;
  }

  private enter(): void {
    if (this.depth >= this.depthMax) throw this.bad(`nested deeper than ${this.depthMax} levels`);
    this.depth += 1;
    this.position += 1;
    this.fresh = true;
  }

  private leave(): false {
    this.depth -= 1;
    this.position += 1;
    this.fresh = false;
    return false;
  }

  /** Steps over white space; the byte there, or -1 at the end. */
  private space(): number {
    const byte = this.buffer[this.position] ?? -1;
    return byte > 0x20 ? byte : this.spaces();
  }

  private spaces(): number {
    const { buffer } = this;
    let byte = buffer[this.position] ?? -1;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      byte = buffer[++this.position] ?? -1;
    }
    return byte;
  }

  private quoted(): void {
    const start = this.position + 1;
    const at = this.endOfPlain(start);
    const byte = this.buffer[at] ?? 0;
    this.start = start;
    if (byte === QUOTE) {
      this.stop = at;
      this.position = at + 1;
    } else if (byte === BACKSLASH) {
      this.escaped();
    } else {
      this.position = at;
      throw this.bad('a string that does not end');
    }
  }

  /** The first byte from `start` on that a string cannot hold as it is; four are looked at at once. */
  private endOfPlain(start: number): number {
    const { buffer, view, lastWord } = this;
    let at = start;
    while (at <= lastWord) {
      const found = unplainBytes(view.getInt32(at, true));
      if (found !== 0) return at + firstByte(found);
      at += 4;
    }
    let byte = buffer[at] ?? 0;
    while (byte !== QUOTE && byte !== BACKSLASH && byte >= FIRST_CHARACTER) {
      byte = buffer[++at] ?? 0;
    }
    return at;
  }

  private escaped(): void {
    const decoded = decodeString(this.buffer, this.start, this.text);
    if (decoded.position < 0) {
      this.position = -decoded.position;
      throw this.bad('a string that does not end, or a wrong escape');
    }
    this.stop = decoded.stop;
    this.position = decoded.position;
  }

  private literal(expected: Buffer): void {
    for (const byte of expected) {
      if (this.buffer[this.position] !== byte) throw this.bad('a value should be');
      this.position += 1;
    }
  }

  /** Reads a number's literal into `start` and `stop`; its value when it is plain digits, else NaN. */
  private numberLiteral(): number {
    const first = this.space();
    this.start = this.position;
    if (first === MINUS) this.position += 1;
    const leading = this.buffer[this.position];
    const value = this.digits();
    if (leading === DIGIT_0 && this.position - this.start > (first === MINUS ? 2 : 1)) {
      throw this.bad('a number with a leading zero ends');
    }
    this.stop = this.position;
    const next = this.buffer[this.position] ?? 0;
    if (next !== DOT && (next | 0x20) !== 0x65) return first === MINUS ? Number.NaN : value;
    if (next === DOT) {
      this.position += 1;
      this.digits();
    }
    if (((this.buffer[this.position] ?? 0) | 0x20) === 0x65) {
      this.position += 1;
      const sign = this.buffer[this.position];
      if (sign === 0x2b || sign === MINUS) this.position += 1;
      this.digits();
    }
    this.stop = this.position;
    return Number.NaN;
  }

  /** Steps over one or more digits. */
  private digits(): number {
    const { buffer } = this;
    let at = this.position;
    let small = 0;
    let digit = (buffer[at] ?? 0) - DIGIT_0;
    // Nine digits fit an integer of 32 bits, with which adding up is faster.
    const smallEnd = at + 9;
    while (digit >= 0 && digit <= 9 && at < smallEnd) {
      small = (Math.imul(small, 10) + digit) | 0;
      digit = (buffer[++at] ?? 0) - DIGIT_0;
    }
    let value = small;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digit = (buffer[++at] ?? 0) - DIGIT_0;
    }
    if (at === this.position) throw this.bad('a value should be');
    this.position = at;
    return value;
  }

  private numberText(): string {
    if (this.stop - this.start > NUMBER_CHARS_MAX) return '';
    return this.text.toString('latin1', this.start, this.stop);
  }
}

function integerOf(literal: string): bigint | undefined {
  if (INTEGER.test(literal)) return BigInt(literal);
  const value = NUMBER.test(literal) ? Number(literal) : Number.NaN;
  return Number.isInteger(value) ? BigInt(value) : undefined;
}
