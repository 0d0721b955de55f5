/** All bytes of [start, end) or-ed together, four at a time: less than 0x80 in ASCII text alone. */
export function textBits(view: DataView, start: number, end: number): number {
  const lastWord = end - 4;
  let bits = 0;
  if (lastWord < start) {
    for (let at = start; at < end; at += 1) bits |= view.getUint8(at);
    return bits;
  }
  for (let at = start; at < lastWord; at += 4) bits |= view.getUint32(at, true);
  // The last word may overlap the one before it.
  bits |= view.getUint32(lastWord, true);
  return bits;
}

/** Whether the bytes that were or-ed were all ASCII. */
export function isAsciiBits(bits: number): boolean {
  return (bits & FOUR_TIMES_MORE) === 0;
}

const FOUR_TIMES_MORE = 0x80808080;
/** Bits of what has not been looked at. */
export const UNKNOWN_TEXT = 0x80;
