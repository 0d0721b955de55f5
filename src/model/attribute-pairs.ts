import { createUintList } from './number-list.ts';
import type { TextAttribute } from './timeline-span.ts';

/**
 * The attributes of a trace, each once and known by its number. The values of many are one text:
 * a text of its own for each would take more memory than the text itself.
 */
export interface AttributePairs {
  readonly count: number;
  readonly keys: readonly string[];
  /** By pair, of `keys`. */
  readonly keyOf: Uint32Array;
  readonly value: (pair: number) => string;
  readonly attribute: (pair: number) => TextAttribute;
  /** Calls with each pair that has a text, given in lower case, in its value. */
  readonly eachWith: (lowerCase: string, found: (pair: number) => void) => void;
}

export interface AttributePairsBuilder {
  readonly count: number;
  addKeys(keys: readonly string[]): void;
  /** More pairs: their keys, by number, and how many UTF-16 units of the text each value has. */
  add(keyOf: readonly number[], lengths: readonly number[], text: string): void;
  key(pair: number): string;
  value(pair: number): string;
  finish(): AttributePairs;
}

/** Pairs that came together. */
interface Chunk {
  readonly first: number;
  readonly text: string;
}

export function createAttributePairs(): AttributePairsBuilder {
  const keys: string[] = [];
  const chunks: Chunk[] = [];
  const keyOf = createUintList();
  /** Where each value ends in the text of its chunk. */
  const ends = createUintList();
  const valueAt = (pair: number): string => {
    const chunk = chunks[chunkOf(chunks, pair)];
    if (chunk === undefined) return '';
    return chunk.text.slice(pair === chunk.first ? 0 : ends.at(pair - 1), ends.at(pair));
  };
  const keyAt = (pair: number): string => keys[keyOf.at(pair)] ?? '';
  return {
    get count() {
      return keyOf.length;
    },
    addKeys: (more) => {
      for (const key of more) keys.push(key);
    },
    add: (moreKeys, lengths, text) => {
      chunks.push({ first: keyOf.length, text });
      keyOf.append(moreKeys);
      let end = 0;
      for (const length of lengths) {
        end += length;
        ends.push(end);
      }
    },
    key: keyAt,
    value: valueAt,
    finish: () => ({
      count: keyOf.length,
      ...{ keys, keyOf: keyOf.toArray(), value: valueAt },
      attribute: (pair) => ({ key: keyAt(pair), value: valueAt(pair) }),
      eachWith: (lowerCase, found) => {
        for (const [index, { first, text }] of chunks.entries()) {
          const end = chunks[index + 1]?.first ?? keyOf.length;
          const lower = text.toLowerCase();
          // A few letters become longer: then the places of the values are not the same.
          if (lower.length === text.length) eachIn({ lower, first, end }, ends, lowerCase, found);
          else {
            for (let pair = first; pair < end; pair++) {
              if (valueAt(pair).toLowerCase().includes(lowerCase)) found(pair);
            }
          }
        }
      },
    }),
  };
}

interface LowerChunk {
  readonly lower: string;
  readonly first: number;
  readonly end: number;
}

/** Looks through the text of many values at once. */
function eachIn(
  { end, first, lower }: LowerChunk,
  ends: { at(index: number): number },
  term: string,
  found: (pair: number) => void,
): void {
  let pair = first;
  for (let at = lower.indexOf(term); at >= 0;) {
    while (pair < end && ends.at(pair) <= at) pair += 1;
    if (pair === end) return;
    const isInside = at + term.length <= ends.at(pair);
    if (isInside) found(pair);
    at = lower.indexOf(term, isInside ? ends.at(pair) : at + 1);
  }
}

/** Index of the last chunk that starts at or before a pair. */
function chunkOf(chunks: readonly Chunk[], pair: number): number {
  let low = 0;
  let high = chunks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((chunks[middle]?.first ?? 0) <= pair) low = middle;
    else high = middle - 1;
  }
  return low;
}
