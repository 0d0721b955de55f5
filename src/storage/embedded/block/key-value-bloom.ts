import { Buffer } from 'node:buffer';
import { byteWords, hashBytes, mix } from './bytes-table.ts';
import { splitText } from './split-value.ts';
import type { SplitValue } from './split-value.ts';

/** Bits set for each pair; with half of all bits set, one of 32 pairs that are not there seems to be. */
const BITS_A_PAIR = 5;
const BITS_PER_PAIR_AT_FIRST = 16;
const FULL = 0.5;
const WORDS_MIN = 16;

/**
 * Says of a key and the text of a value whether no span of a block has them. Sizes are powers of two,
 * so that a filter can be halved until it is well filled, whatever came twice.
 */
export class KeyValueBloom {
  private words: Uint32Array;

  private constructor(words: Uint32Array) {
    this.words = words;
  }

  /** Room for so many pairs, were all different. */
  static forPairs(pairs: number): KeyValueBloom {
    let words = WORDS_MIN;
    while (words * 32 < pairs * BITS_PER_PAIR_AT_FIRST) words *= 2;
    return new KeyValueBloom(new Uint32Array(words));
  }

  static fromBytes(bytes: Buffer): KeyValueBloom {
    const words = new Uint32Array(bytes.length >>> 2);
    Buffer.from(words.buffer).set(bytes.subarray(0, 4 * words.length));
    return new KeyValueBloom(words);
  }

  add(hash: number): void {
    const { words } = this;
    const mask = words.length * 32 - 1;
    const step = stepOf(hash);
    let bit = hash;
    for (let count = 0; count < BITS_A_PAIR; count++) {
      const at = (bit & mask) >>> 5;
      words[at] = (words[at] ?? 0) | (1 << (bit & 31));
      bit = (bit + step) >>> 0;
    }
  }

  mayHave(hash: number): boolean {
    const { words } = this;
    const mask = words.length * 32 - 1;
    const step = stepOf(hash);
    let bit = hash;
    for (let count = 0; count < BITS_A_PAIR; count++) {
      if (((words[(bit & mask) >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
      bit = (bit + step) >>> 0;
    }
    return true;
  }

  /** The filter, halved while that leaves it less than half full. */
  finish(): Buffer {
    while (this.words.length > WORDS_MIN) {
      const half = this.words.length / 2;
      const folded = new Uint32Array(half);
      let bits = 0;
      for (let at = 0; at < half; at++) {
        const word = (this.words[at] ?? 0) | (this.words[at + half] ?? 0);
        folded[at] = word;
        bits += bitCount(word);
      }
      if (bits > FULL * half * 32) break;
      this.words = folded;
    }
    return Buffer.from(this.words.buffer);
  }
}

function stepOf(hash: number): number {
  return (Math.imul(hash, 0x9e3779b1) >>> 7) | 1;
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Part of a pair's hash. */
export function keyHash(key: Buffer): number {
  return hashBytes(byteWords(key), 0, key.length);
}

/** Part of a pair's hash, of the entry of a split text. */
export function entryHash(entry: Buffer, kind: number): number {
  return mix(hashBytes(byteWords(entry), 0, entry.length) + kind);
}

/** The hash of a pair, of its parts and the number of the split text. */
export function pairHash(key: number, entry: number, number: number): number {
  const low = number | 0;
  return mix(
    Math.imul(key, 0x85ebca6b) ^ Math.imul(entry, 0xc2b2ae35) ^ Math.imul(low, 0x27d4eb2f),
  );
}

/** The hash of a key and a text, in whatever way a column keeps the text. */
export function textPairHash(key: number, text: Buffer): number {
  const split: SplitValue = { kind: 0, end: 0, number: 0 };
  splitText(text, 0, text.length, split);
  return pairHash(key, entryHash(text.subarray(0, split.end), split.kind), split.number);
}
