const NOT_HEX = 255;
const DIGITS = new Uint8Array(256).fill(NOT_HEX);
for (let value = 0; value < 16; value += 1) {
  const digit = value.toString(16);
  DIGITS[digit.charCodeAt(0)] = value;
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}
const DIGITS_A_WORD = 8;

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
  let at = stop;
  for (let word = words.length - 1; word >= 0; word -= 1) {
    const from = Math.max(start, at - DIGITS_A_WORD);
    let value = 0;
    for (let index = from; index < at; index += 1) {
      const digit = DIGITS[text[index] ?? 0] ?? NOT_HEX;
      if (digit === NOT_HEX) return false;
      value = (value << 4) | digit;
    }
    words[word] = value;
    at = from;
  }
  return at === start;
}
