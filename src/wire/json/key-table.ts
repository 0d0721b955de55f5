import { Buffer } from 'node:buffer';

/** No key of the table. */
export const NO_KEY = -1;

/** Where a scanner's last key is. */
interface ScannedKey {
  readonly text: Uint8Array;
  readonly keyStart: number;
  readonly keyStop: number;
}

/** Finds out which of a few known keys a range of bytes is, without making a string of it. */
export interface KeyTable {
  /** The index, in the list the table was made of, of the scanner's last key; or NO_KEY. */
  keyOf(scanner: ScannedKey): number;
  /** The same of any range. */
  find(text: Uint8Array, start: number, stop: number): number;
}

interface Known {
  readonly key: Buffer;
  readonly index: number;
}

/** A table of ASCII keys, none empty; keys that are none of them are nearly always seen at once. */
export function createKeyTable(keys: readonly string[]): KeyTable {
  const slots: (readonly Known[])[] = Array.from({ length: SLOTS }, () => []);
  for (const [index, text] of keys.entries()) {
    const key = Buffer.from(text);
    const slot = slotOf(key.length, key[0] ?? 0);
    slots[slot] = [...(slots[slot] ?? []), { key, index }];
  }
  const find = (text: Uint8Array, start: number, stop: number): number => {
    for (const { key, index } of slots[slotOf(stop - start, text[start] ?? 0)] ?? []) {
      if (isAt(text, start, stop, key)) return index;
    }
    return NO_KEY;
  };
  return {
    keyOf: (scanner) => find(scanner.text, scanner.keyStart, scanner.keyStop),
    find,
  };
}

const SLOTS = 256;

function slotOf(length: number, firstByte: number): number {
  return (Math.imul(length, 37) + firstByte) & (SLOTS - 1);
}

function isAt(text: Uint8Array, start: number, stop: number, expected: Uint8Array): boolean {
  if (stop - start !== expected.length) return false;
  for (let at = 0; at < expected.length; at += 1) {
    if (text[start + at] !== expected[at]) return false;
  }
  return true;
}
