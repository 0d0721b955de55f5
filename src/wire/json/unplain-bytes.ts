/** The same in each byte of a word. */
const ONES = 0x0101_0101;
const TWOS = 0x0202_0202;
const BEHIND_SPACES = 0x2121_2121;
const BACKSLASHES = 0x5c5c_5c5c;
const HIGH_BITS = 0x8080_8080;

/**
 * The high bit of each byte that a string cannot hold as it is: a control character, a quote, a
 * backslash. The lowest is right, those above it may not be.
 * https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord
 */
export function unplainBytes(word: number): number {
  // Control characters stay below a space in this, and a quote becomes one.
  const quote = word ^ TWOS;
  const backslash = word ^ BACKSLASHES;
  return (((quote - BEHIND_SPACES) & ~quote) | ((backslash - ONES) & ~backslash)) & HIGH_BITS;
}

/** Which of the four bytes the lowest bit is in. */
export function firstByte(bits: number): number {
  return (31 - Math.clz32(bits & -bits)) >>> 3;
}
