/** By the byte of a digit, its value; negative for every other byte. */
const DIGITS = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value += 1) {
  const digit = value.toString(16);
  DIGITS[digit.charCodeAt(0)] = value;
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}
const WORD_BITS = 32;
const WORD_DIGITS = 8;

/**
 * Reads hex digits of either case into big-endian words, with zeros before them when they are few:
 * Zipkin's ids may be of 64 bits or have lost leading zeros. False for any other character and for
 * more digits than fit.
 */
export function readHexId(
  text: Uint8Array,
  start: number,
  stop: number,
  words: Uint32Array,
): boolean {
  if (stop - start === words.length * WORD_DIGITS) return readWholeId(text, start, words);
  let word = words.length;
  let value = 0;
  let shift = 0;
  for (let at = stop - 1; at >= start; at -= 1) {
    const digit = DIGITS[text[at] ?? 0] ?? -1;
    if (digit < 0 || word === 0) return false;
    value |= digit << shift;
    shift += 4;
    if (shift < WORD_BITS) continue;
    words[--word] = value;
    value = shift = 0;
  }
  if (shift > 0) words[--word] = value;
  while (word > 0) words[--word] = 0;
  return true;
}

/** Nearly every id has all its digits. */
function readWholeId(text: Uint8Array, start: number, words: Uint32Array): boolean {
  let every = 0;
  for (let index = 0, at = start; index < words.length; index += 1, at += WORD_DIGITS) {
    const high = fourDigits(text, at);
    const low = fourDigits(text, at + 4);
    words[index] = (high << 16) | low;
    every |= high | low;
  }
  return every >= 0;
}

/** Negative when one of them is no digit. */
function fourDigits(text: Uint8Array, at: number): number {
  const first = DIGITS[text[at] ?? 0] ?? -1;
  const second = DIGITS[text[at + 1] ?? 0] ?? -1;
  const third = DIGITS[text[at + 2] ?? 0] ?? -1;
  const fourth = DIGITS[text[at + 3] ?? 0] ?? -1;
  return (first << 12) | (second << 8) | (third << 4) | fourth;
}
