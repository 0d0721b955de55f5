import { Buffer } from 'node:buffer';
import { quoted } from './quoted.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
/** Below, numbers fit the fastest arithmetic there is. */
const SMALL_MAX = 2 ** 30;
const BILLION = 1e9;
const BILLION_DIGITS = 9;
const THOUSAND_DIGITS = 3;
const HEX = Buffer.from('0123456789abcdef');

/** 1 for a byte that is not the whole of a character, or that `quoted` would escape. */
const ESCAPED = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte >= 0x80 || '"\\<>&'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

const LOOP_MAX = 48;

/** JSON that is put together as bytes. */
export class JsonBytes {
  private readonly capacity: number;
  private bytes: Buffer;
  /** What is not taken yet. */
  private start = 0;
  private end = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.bytes = Buffer.allocUnsafe(capacity);
  }

  /** How much is to be taken. */
  get length(): number {
    return this.end - this.start;
  }

  add(bytes: Uint8Array): void {
    const { length } = bytes;
    this.reserve(length);
    const own = this.bytes;
    const at = this.end;
    // A call of `set` costs more than that many steps.
    if (length > LOOP_MAX) own.set(bytes, at);
    else for (let index = 0; index < length; index++) own[at + index] = bytes[index] ?? 0;
    this.end = at + length;
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
    const { bytes } = this;
    let rest = value | 0;
    for (let at = this.end + size - 1; at >= this.end; at--) {
      const next = (rest / 10) | 0;
      bytes[at] = ZERO + rest - next * 10;
      rest = next;
    }
    this.end += size;
  }

  /** Whole numbers with commas between them. */
  addNumbers(values: readonly number[]): void {
    for (let index = 0; index < values.length; index++) {
      this.reserve(1);
      if (index > 0) this.bytes[this.end++] = COMMA;
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
    const { bytes } = this;
    let at = this.end;
    for (let index = start; index < end; index++) {
      const byte = from[index] ?? 0;
      bytes[at++] = HEX[byte >> 4] ?? 0;
      bytes[at++] = HEX[byte & 15] ?? 0;
    }
    this.end = at;
  }

  /** Text in UTF-8, in quotes; as `quoted` writes it. */
  addQuoted(from: Buffer, start: number, end: number): void {
    this.reserve(end - start + 2);
    this.bytes[this.end++] = QUOTE;
    this.addContent(from, start, end);
    this.reserve(1);
    this.bytes[this.end++] = QUOTE;
  }

  /** The same without quotes. Returns how many UTF-16 units the text has. */
  addContent(from: Buffer, start: number, end: number): number {
    this.reserve(end - start);
    const { bytes } = this;
    let at = this.end;
    for (let index = start; index < end; index++) {
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
    return taken;
  }

  private reserve(size: number): void {
    if (this.end + size <= this.bytes.length) return;
    const own = this.bytes.subarray(this.start, this.end);
    const next = Buffer.allocUnsafe(Math.max(this.capacity, 2 * (own.length + size)));
    next.set(own);
    this.bytes = next;
    this.start = 0;
    this.end = own.length;
  }
}
