import type { Buffer } from 'node:buffer';

const PAD = 0x3d;
const NO_DIGIT = 0xff;

/** Values of the digits of both alphabets, the standard and the one for addresses. */
const DIGITS = new Uint8Array(256).fill(NO_DIGIT);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let value = 0; value < ALPHABET.length; value += 1) DIGITS[ALPHABET.charCodeAt(value)] = value;
DIGITS[0x2d] = 62;
DIGITS[0x5f] = 63;

/** Bytes that the base64 of so many characters can hold. */
export function base64BytesMax(chars: number): number {
  return Math.ceil((chars * 3) / 4);
}

/**
 * Decodes the base64 in [start, stop) of `text`, padded or not, to the start of `target`, which has room
 * for `base64BytesMax`. How many bytes it is; -1 when it is no base64.
 */
export function decodeBase64(text: Buffer, start: number, stop: number, target: Buffer): number {
  let end = stop;
  while (end > start && stop - end < 2 && text[end - 1] === PAD) end -= 1;
  if (end < stop && (stop - start) % 4 !== 0) return -1;
  if ((end - start) % 4 === 1) return -1;
  let to = 0;
  let bits = 0;
  let held = 0;
  for (let at = start; at < end; at += 1) {
    const digit = DIGITS[text[at] ?? 0] ?? NO_DIGIT;
    if (digit === NO_DIGIT) return -1;
    bits = ((bits << 6) | digit) & 0x3fff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      target[to++] = bits >>> held;
    }
  }
  return to;
}
