import type { ByteSink } from './byte-sink.ts';
import type { ByteSource } from './byte-source.ts';
import { readNarrowNumbers, readNumbers, writeNumbers } from './number-section.ts';
import type { NumberArray } from './number-section.ts';

const PAGES_MAX = 2 ** 20;
/** How many hashes there can be. */
const HASHES = 2 ** 32;
const STEP_AT_FIRST = 16;

/** Hash and first page of a trace as one number, so that sorting is native. */
export function lookupEntry(hash: number, page: number): number {
  return hash * PAGES_MAX + page;
}

/** Writes, in order of hash, the hash less the one before and the page of each trace. */
export function writeTraceLookup(sink: ByteSink, entries: Float64Array): void {
  entries.sort();
  const count = entries.length;
  const gaps = new Float64Array(count);
  const pages = new Uint32Array(count);
  let previous = 0;
  for (let at = 0; at < count; at++) {
    const entry = entries[at] ?? 0;
    const hash = Math.floor(entry / PAGES_MAX);
    gaps[at] = hash - previous;
    pages[at] = entry % PAGES_MAX;
    previous = hash;
  }
  writeNumbers(sink, gaps, count, 1);
  writeNumbers(sink, pages, count, 1);
}

/** Leads from a trace id to the page where its spans begin. */
export class TraceLookup {
  /** Sorted. */
  readonly hashes: Uint32Array;
  private readonly pages: NumberArray;

  /** @throws BlockError */
  constructor(source: ByteSource, count: number) {
    const gaps = readNumbers(source, count);
    this.hashes = new Uint32Array(count);
    let hash = 0;
    for (let at = 0; at < count; at++) {
      hash += gaps[at] ?? 0;
      this.hashes[at] = hash;
    }
    this.pages = readNarrowNumbers(source, count);
  }

  has(hash: number): boolean {
    return this.hashes[this.placeOf(hash)] === hash;
  }

  /** Pages where a trace with this hash begins; nearly always none or one. */
  pagesOf(hash: number): readonly number[] {
    const found: number[] = [];
    for (let at = this.placeOf(hash); this.hashes[at] === hash; at++) {
      found.push(this.pages[at] ?? 0);
    }
    return found;
  }

  /** Of the first hash that is not less. Hashes are spread evenly, so their place can be guessed. */
  private placeOf(hash: number): number {
    const { hashes } = this;
    const count = hashes.length;
    const guess = Math.floor((hash / HASHES) * count);
    let step = STEP_AT_FIRST;
    let low = Math.max(0, guess - step);
    while (low > 0 && (hashes[low - 1] ?? 0) >= hash) low = Math.max(0, low - (step *= 2));
    step = STEP_AT_FIRST;
    let high = Math.min(count, guess + step);
    while (high < count && (hashes[high] ?? 0) < hash) high = Math.min(count, high + (step *= 2));
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((hashes[middle] ?? 0) < hash) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
