const NOT_HEX = 255;
const DIGITS = new Uint8Array(256).fill(NOT_HEX);
for (let value = 0; value < 16; value += 1) {
  const digit = value.toString(16);
  DIGITS[digit.charCodeAt(0)] = value;
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}
const WORD_BITS = 32;

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
  let word = words.length;
  let value = 0;
  let shift = 0;
  for (let at = stop - 1; at >= start; at -= 1) {
    const digit = DIGITS[text[at] ?? 0] ?? NOT_HEX;
    if (digit === NOT_HEX || word === 0) return false;
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
