/*
 * Numbers of the compact protocol: seven bits a byte, the lowest first; every byte but the last has
 * its highest bit set.
 */

/** The highest bit of each of four bytes. */
const MORE_EACH = 0x80_80_80_80 | 0;

/** In four bytes, the first being the lowest, position of the bit that ends a number; -1 for none. */
export function lastGroupBit(word: number): number {
  const ends = ~word & MORE_EACH;
  return 31 - Math.clz32(ends & -ends);
}

/** The bits of a number in four bytes that ends with the bit at `last`; of all four when that is -1. */
export function bitsOfGroups(word: number, last: number): number {
  const all =
    (word & 0x7f) |
    ((word >>> 1) & 0x3f80) |
    ((word >>> 2) & 0x1f_c000) |
    ((word >>> 3) & 0xfe0_0000);
  return last < 0 ? all : all & (-1 >>> (32 - last + (last >>> 3)));
}
