import { Buffer } from 'node:buffer';
import { quoted } from './quoted.ts';

const QUOTE = 0x22;
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

  /** Digits in ASCII; a whole number is meant. */
  addNumber(value: number): void {
    const text = String(value);
    this.reserve(text.length);
    const { bytes } = this;
    for (let index = 0; index < text.length; index++) {
      bytes[this.end++] = text.charCodeAt(index);
    }
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
    const { bytes } = this;
    let at = this.end;
    bytes[at++] = QUOTE;
    for (let index = start; index < end; index++) {
      const byte = from[index] ?? 0;
      if (ESCAPED[byte] === 1) {
        this.addText(quoted(from.toString('utf8', start, end)));
        return;
      }
      bytes[at++] = byte;
    }
    bytes[at++] = QUOTE;
    this.end = at;
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
