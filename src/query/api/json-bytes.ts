import { Buffer } from 'node:buffer';
import { quoted } from './quoted.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
const OPEN = 0x7b;
const CLOSE = 0x7d;
/** Below, numbers fit the fastest arithmetic there is. */
const SMALL_MAX = 2 ** 30;
const BILLION = 1e9;
const BILLION_DIGITS = 9;
const THOUSAND_DIGITS = 3;
const WORD_BYTES = 4;
const HEX = Buffer.from('0123456789abcdef');

/** The digits of each number below a hundred, and those of each byte in hex: the first in the lower byte. */
const DIGIT_PAIRS = Uint16Array.from({ length: 100 }, (_, pair) =>
  pairOf(ZERO + Math.floor(pair / 10), ZERO + (pair % 10)),
);
const HEX_PAIRS = Uint16Array.from({ length: 256 }, (_, byte) =>
  pairOf(HEX[byte >> 4] ?? 0, HEX[byte & 15] ?? 0),
);

function pairOf(first: number, second: number): number {
  return first | (second << 8);
}

/** 1 for a byte that is not the whole of a character, or that `quoted` would escape. */
const ESCAPED = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte >= 0x80 || '"\\<>&'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

/** Text that is added often, as bytes: four at a time are the fastest to copy. */
export interface JsonPart {
  readonly length: number;
  /** Little-endian, and zeros behind the end. */
  readonly words: Int32Array;
}

export function jsonPart(text: string): JsonPart {
  const bytes = Buffer.from(text);
  const padded = Buffer.alloc(WORD_BYTES * Math.ceil(bytes.length / WORD_BYTES));
  bytes.copy(padded);
  const words = Int32Array.from({ length: padded.length / WORD_BYTES }, (_, at) =>
    padded.readInt32LE(WORD_BYTES * at),
  );
  return { length: bytes.length, words };
}

/** JSON that is put together as bytes. */
export class JsonBytes {
  private readonly capacity: number;
  private bytes: Buffer;
  /** Of the same bytes. */
  private view: DataView;
  /** What is not taken yet. */
  private start = 0;
  private end = 0;
  /** What text was copied from last, and a view of it. */
  private source: Buffer;
  private sourceView: DataView;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.bytes = this.source = Buffer.alloc(0);
    this.view = this.sourceView = viewOf(this.bytes);
  }

  /** How much is to be taken. */
  get length(): number {
    return this.end - this.start;
  }

  add(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.end);
    this.end += bytes.length;
  }

  addPart({ length, words }: JsonPart): void {
    this.reserve(WORD_BYTES * words.length);
    const { end, view } = this;
    for (let index = 0; index < words.length; index++) {
      view.setInt32(end + WORD_BYTES * index, words[index] ?? 0, true);
    }
    this.end = end + length;
  }

  /** A character of ASCII. */
  addByte(byte: number): void {
    this.reserve(1);
    this.bytes[this.end++] = byte;
  }

  /**
   * Makes one object of fields with a comma before each that were added since there were `length`
   * bytes, none of them taken.
   */
  object(length: number): void {
    if (this.length === length) this.addByte(OPEN);
    else this.bytes[this.start + length] = OPEN;
    this.addByte(CLOSE);
  }

  addText(text: string): void {
    // A code unit of UTF-16 takes at most three bytes.
    this.reserve(3 * text.length);
    this.end += this.bytes.write(text, this.end);
  }

  /** A whole number. */
  addNumber(value: number): void {
    if (value >= 0 && value < SMALL_MAX) {
      this.addSmall(value);
      return;
    }
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) {
      const high = Math.floor(value / BILLION);
      this.addSmall(high);
      this.addDigits(value - high * BILLION, BILLION_DIGITS);
      return;
    }
    this.addText(String(value));
  }

  /** `thousands` times a thousand and `rest`: a number that may have more digits than are exact. */
  addThousands(thousands: number, rest: number): void {
    if (thousands === 0) {
      this.addNumber(rest);
      return;
    }
    this.addNumber(thousands);
    this.addDigits(rest, THOUSAND_DIGITS);
  }

  /** With zeros before it. */
  private addDigits(value: number, size: number): void {
    this.reserve(size);
    const { end, view } = this;
    let rest = value | 0;
    let at = end + size - 2;
    for (; at >= end; at -= 2) {
      const next = (rest / 100) | 0;
      view.setUint16(at, DIGIT_PAIRS[rest - next * 100] ?? 0, true);
      rest = next;
    }
    if (at === end - 1) this.bytes[end] = ZERO + rest;
    this.end += size;
  }

  /** Whole numbers with commas between them. */
  addNumbers(values: readonly number[]): void {
    for (let index = 0; index < values.length; index++) {
      if (index > 0) this.addByte(COMMA);
      this.addNumber(values[index] ?? 0);
    }
  }

  /** Without a text in between: most numbers are small, and there are millions of them. */
  private addSmall(value: number): void {
    let size = 1;
    for (let power = 10; power <= value; power *= 10) size += 1;
    this.addDigits(value, size);
  }

  addHex(from: Uint8Array, start: number, end: number): void {
    this.reserve(2 * (end - start));
    const { view } = this;
    let at = this.end;
    for (let index = start; index < end; index++) {
      view.setUint16(at, HEX_PAIRS[from[index] ?? 0] ?? 0, true);
      at += 2;
    }
    this.end = at;
  }

  /** Text in UTF-8, in quotes; as `quoted` writes it. */
  addQuoted(from: Buffer, start: number, end: number): void {
    this.addByte(QUOTE);
    this.addContent(from, start, end);
    this.addByte(QUOTE);
  }

  /** The same without quotes. Returns how many UTF-16 units the text has. */
  addContent(from: Buffer, start: number, end: number): number {
    this.reserve(end - start);
    if (from !== this.source) {
      this.source = from;
      this.sourceView = viewOf(from);
    }
    const { bytes, sourceView, view } = this;
    let at = this.end;
    let index = start;
    for (; index + WORD_BYTES <= end; index += WORD_BYTES) {
      const word = sourceView.getInt32(index, true);
      if (hasEscaped(word)) return this.addEscaped(from.toString('utf8', start, end));
      view.setInt32(at, word, true);
      at += WORD_BYTES;
    }
    for (; index < end; index++) {
      const byte = from[index] ?? 0;
      if (ESCAPED[byte] === 1) return this.addEscaped(from.toString('utf8', start, end));
      bytes[at++] = byte;
    }
    this.end = at;
    return end - start;
  }

  private addEscaped(text: string): number {
    this.addText(quoted(text).slice(1, -1));
    return text.length;
  }

  /** All there is; it stays as it is when more comes. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(this.start, this.end);
    this.start = this.end;
    // A piece that does not fit behind this one would be moved in the middle of it.
    if (this.bytes.length - this.end < taken.length + WORD_BYTES) this.replace(Buffer.alloc(0));
    return taken;
  }

  private reserve(size: number): void {
    if (this.end + size <= this.bytes.length) return;
    const own = this.bytes.subarray(this.start, this.end);
    const next = Buffer.allocUnsafe(Math.max(this.capacity, 2 * (own.length + size)));
    next.set(own);
    this.replace(next);
    this.end = own.length;
  }

  private replace(bytes: Buffer): void {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.start = this.end = 0;
  }
}

function viewOf({ buffer, byteLength, byteOffset }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/*
 * The bytes of a word together. A byte that is zero in `x` leaves its highest bit in
 * `(x - 0x01010101) & ~x`, and one that is below 0x20 in `(x - 0x20202020) & ~x`; others do so only
 * above such a byte. https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord
 */
const ONES = 0x01010101;
const SPACES = 0x20202020;
const TOP_BITS = 0x80808080;
/** `"` is `&` without this bit. */
const QUOTES = 0x22222222;
const QUOTE_BIT = 0x04040404;
/** `<` is `>` without this bit. */
const ANGLES = 0x3c3c3c3c;
const ANGLE_BIT = 0x02020202;
const BACKSLASHES = 0x5c5c5c5c;

/** Whether one of four bytes is one of `ESCAPED`. */
function hasEscaped(word: number): boolean {
  const quotes = (word & ~QUOTE_BIT) ^ QUOTES;
  const angles = (word & ~ANGLE_BIT) ^ ANGLES;
  const backslashes = word ^ BACKSLASHES;
  const found =
    word |
    ((word - SPACES) & ~word) |
    ((quotes - ONES) & ~quotes) |
    ((angles - ONES) & ~angles) |
    ((backslashes - ONES) & ~backslashes);
  return (found & TOP_BITS) !== 0;
}
