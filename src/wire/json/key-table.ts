import { Buffer } from 'node:buffer';
import type { JsonScanner } from './json-scanner.ts';

/** No key of the table. */
export const NO_KEY = -1;

/** Finds out which of a few known keys a range of bytes is, without making a string of it. */
export interface KeyTable {
  /** The index, in the list the table was made of, of the scanner's last key; or NO_KEY. */
  keyOf(scanner: JsonScanner): number;
  /** The same of any range. */
  find(text: Uint8Array, start: number, stop: number): number;
}

interface Known {
  readonly key: Buffer;
  readonly index: number;
}

/** A table of ASCII keys; by length first, because most keys that differ differ in it. */
export function createKeyTable(keys: readonly string[]): KeyTable {
  const longest = Math.max(...keys.map((key) => key.length));
  const byLength: readonly (readonly Known[])[] = Array.from({ length: longest + 1 }, (_, length) =>
    keys
      .map((key, index) => ({ key: Buffer.from(key), index }))
      .filter(({ key }) => key.length === length),
  );
  const find = (text: Uint8Array, start: number, stop: number): number => {
    const candidates = byLength[stop - start];
    if (candidates === undefined) return NO_KEY;
    for (const { key, index } of candidates) {
      if (equalsAt(text, start, key)) return index;
    }
    return NO_KEY;
  };
  return {
    keyOf: (scanner) => find(scanner.text, scanner.keyStart, scanner.keyStop),
    find,
  };
}

function equalsAt(text: Uint8Array, start: number, expected: Uint8Array): boolean {
  for (let at = 0; at < expected.length; at += 1) {
    if (text[start + at] !== expected[at]) return false;
  }
  return true;
}
