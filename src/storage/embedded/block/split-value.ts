/** How the bytes of a value become an entry of a dictionary and a number. */
export const PLAIN = 0;
/** The entry is what comes before a decimal number. */
export const TAIL = 1;
/** The entry is empty and the number an IPv4 address. */
export const ADDRESS = 2;
/** The entry is empty and the number that of a varint. */
export const VARINT = 3;

/** So many digits always fit into 32 bits. */
const TAIL_DIGITS_MAX = 9;
const VARINT_BYTES_MAX = 7;
const ADDRESS_CHARACTERS_MIN = 7;
const ADDRESS_CHARACTERS_MAX = 15;
const ZERO = 0x30;
const NINE = 0x39;
const DOT = 0x2e;

/** One value, split. Written by a splitter and read at once: one object serves all values. */
export interface SplitValue {
  kind: number;
  /** Where the entry's text ends. */
  end: number;
  number: number;
}

/**
 * Splits a text where that is undone exactly by `joinValue`. There is one way to split each text, so
 * that equal texts split alike.
 */
export function splitText(bytes: Uint8Array, start: number, end: number, to: SplitValue): void {
  const last = bytes[end - 1] ?? 0;
  to.kind = PLAIN;
  to.end = end;
  to.number = 0;
  if (end === start || last < ZERO || last > NINE) return;
  const first = bytes[start] ?? 0;
  if (first >= ZERO && first <= NINE && isAddress(bytes, start, end, to)) return;
  let from = end;
  let number = 0;
  let factor = 1;
  const least = Math.max(start, end - TAIL_DIGITS_MAX);
  for (let at = end - 1; at >= least; at--, factor *= 10) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    // A number starts with a digit that is not zero, or is zero.
    if (digit === 0 && at < end - 1) continue;
    number += digit * factor;
    from = at;
  }
  to.kind = TAIL;
  to.end = from;
  to.number = number;
}

function isAddress(bytes: Uint8Array, start: number, end: number, to: SplitValue): boolean {
  const size = end - start;
  if (size < ADDRESS_CHARACTERS_MIN || size > ADDRESS_CHARACTERS_MAX) return false;
  let address = 0;
  let part = -1;
  let dots = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === DOT) {
      if (part < 0) return false;
      address = address * 256 + part;
      part = -1;
      dots += 1;
    } else if (byte < ZERO || byte > NINE || part === 0) {
      return false;
    } else {
      part = (part < 0 ? 0 : part * 10) + byte - ZERO;
      if (part > 255) return false;
    }
  }
  if (dots !== 3 || part < 0) return false;
  to.kind = ADDRESS;
  to.end = start;
  to.number = address * 256 + part;
  return true;
}

/** Splits the varint of an integer; PLAIN when it is negative, or needs more than 49 bits. */
export function splitVarint(bytes: Uint8Array, start: number, end: number, to: SplitValue): void {
  to.kind = PLAIN;
  to.end = end;
  to.number = 0;
  if (end - start > VARINT_BYTES_MAX) return;
  let number = 0;
  for (let at = end - 1; at >= start; at--) number = number * 0x80 + ((bytes[at] ?? 0) & 0x7f);
  to.kind = VARINT;
  to.end = start;
  to.number = number;
}

/** Writes the bytes of a value back; returns where they end. Up to 15 more than the entry's. */
export function joinValue(
  target: Uint8Array,
  at: number,
  entry: Uint8Array,
  { kind, number }: { readonly kind: number; readonly number: number },
): number {
  target.set(entry, at);
  return joinNumber(target, at + entry.length, kind, number);
}

/** The same behind the bytes of the entry, which are there already. */
export function joinNumber(target: Uint8Array, at: number, kind: number, number: number): number {
  switch (kind) {
    case TAIL:
      return writeDigits(target, at, number);
    case ADDRESS: {
      let next = writeDigits(target, at, Math.floor(number / 2 ** 24) & 0xff);
      for (let shift = 16; shift >= 0; shift -= 8) {
        target[next] = DOT;
        next = writeDigits(target, next + 1, (number >>> shift) & 0xff);
      }
      return next;
    }
    case VARINT: {
      let next = at;
      let rest = number;
      while (rest > 0x7f) {
        target[next++] = (rest % 0x80) | 0x80;
        rest = Math.floor(rest / 0x80);
      }
      target[next] = rest;
      return next + 1;
    }
    default:
      return at;
  }
}

/** The most bytes that `joinValue` adds. */
export const NUMBER_BYTES_MAX = 15;

function writeDigits(target: Uint8Array, at: number, number: number): number {
  let size = 1;
  for (let limit = 10; limit <= number; limit *= 10) size += 1;
  let rest = number;
  for (let to = at + size - 1; to >= at; to--) {
    target[to] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return at + size;
}
