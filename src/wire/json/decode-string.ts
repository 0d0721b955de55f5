import type { Buffer } from 'node:buffer';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_CHARACTER = 0x20;
const LETTER_U = 0x75;
const REPLACEMENT = 0xfffd;

/** What the byte after a backslash stands for; 0 for one that may not stand there. */
const ESCAPES = new Uint8Array(256);
for (const [letter, meaning] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t']) {
  if (letter !== undefined && meaning !== undefined) {
    ESCAPES[letter.charCodeAt(0)] = meaning.charCodeAt(0);
  }
}

export interface DecodedString {
  /** Where the decoded text ends in the target. */
  readonly stop: number;
  /** Behind the closing quote; negative: where the string is wrong. */
  readonly position: number;
}

/**
 * Decodes the JSON string whose first character is at `start` of `source`, to the same place of
 * `target`: decoded text is never longer. Half of a surrogate pair becomes a replacement character, as
 * it does whenever such a string is encoded.
 */
export function decodeString(source: Buffer, start: number, target: Buffer): DecodedString {
  let from = start;
  let to = start;
  for (;;) {
    const byte = source[from] ?? 0;
    if (byte === QUOTE) return { stop: to, position: from + 1 };
    if (byte < FIRST_CHARACTER) return { stop: to, position: -from };
    if (byte !== BACKSLASH) {
      target[to++] = byte;
      from += 1;
      continue;
    }
    const letter = source[from + 1] ?? 0;
    if (letter === LETTER_U) {
      const unit = hexUnit(source, from + 2);
      if (unit < 0) return { stop: to, position: -from };
      const low = isHighSurrogate(unit) ? escapedUnit(source, from + 6) : -1;
      const isPair = low >= 0xdc00 && low <= 0xdfff;
      from += isPair ? 12 : 6;
      to = writeCharacter(target, to, isPair ? pair(unit, low) : unit);
    } else {
      const meaning = ESCAPES[letter] ?? 0;
      if (meaning === 0) return { stop: to, position: -from };
      target[to++] = meaning;
      from += 2;
    }
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function pair(high: number, low: number): number {
  return 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

function escapedUnit(source: Buffer, at: number): number {
  return source[at] === BACKSLASH && source[at + 1] === LETTER_U ? hexUnit(source, at + 2) : -1;
}

/** Four hex digits; -1 when they are none. */
function hexUnit(source: Buffer, at: number): number {
  let unit = 0;
  for (let index = at; index < at + 4; index += 1) {
    const digit = hexDigit(source[index] ?? 0);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

/** The value of an ASCII hex digit of either case; -1 for any other byte. */
export function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}

/** Writes one character as UTF-8; the position behind it. */
function writeCharacter(target: Buffer, at: number, character: number): number {
  const isHalf = character >= 0xd800 && character <= 0xdfff;
  const code = isHalf ? REPLACEMENT : character;
  let to = at;
  if (code < 0x80) {
    target[to++] = code;
  } else if (code < 0x800) {
    target[to++] = 0xc0 | (code >> 6);
    target[to++] = 0x80 | (code & 0x3f);
  } else if (code < 0x1_0000) {
    target[to++] = 0xe0 | (code >> 12);
    target[to++] = 0x80 | ((code >> 6) & 0x3f);
    target[to++] = 0x80 | (code & 0x3f);
  } else {
    target[to++] = 0xf0 | (code >> 18);
    target[to++] = 0x80 | ((code >> 12) & 0x3f);
    target[to++] = 0x80 | ((code >> 6) & 0x3f);
    target[to++] = 0x80 | (code & 0x3f);
  }
  return to;
}
