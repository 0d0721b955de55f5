import { Buffer } from 'node:buffer';

/** Bytes and a view of them to read words with. */
export interface ByteWords {
  readonly bytes: Buffer;
  readonly view: DataView;
}

export function byteWords(bytes: Uint8Array): ByteWords {
  const { buffer, byteOffset, byteLength } = bytes;
  return {
    bytes: Buffer.from(buffer, byteOffset, byteLength),
    view: new DataView(buffer, byteOffset, byteLength),
  };
}

/** Of the bytes in [start, end), a word at a time. */
export function hashBytes({ bytes, view }: ByteWords, start: number, end: number): number {
  const size = end - start;
  let hash = size;
  if (size < 4) {
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    return mix(hash);
  }
  for (let at = start; at < end - 4; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  // The last word may overlap the one before it.
  return mix(Math.imul(hash ^ view.getInt32(end - 4, true), 0x9e3779b1));
}

/** The same for tables in memory: faster, and begun with a number that no sender knows. */
export function seededHash(source: ByteWords, start: number, end: number, seed: number): number {
  const { bytes, view } = source;
  const size = end - start;
  let even = seed ^ size;
  if (size < 4) {
    for (let at = start; at < end; at++) even = Math.imul(even ^ (bytes[at] ?? 0), 0x01000193);
    return mix(even);
  }
  let odd = Math.imul(even, 0x85ebca6b);
  let at = start;
  // Two chains of multiplications run side by side.
  for (; at + 8 < end; at += 8) {
    even = Math.imul(even ^ view.getInt32(at, true), 0x9e3779b1);
    odd = Math.imul(odd ^ view.getInt32(at + 4, true), 0xc2b2ae35);
    even = (even << 13) | (even >>> 19);
    odd = (odd << 17) | (odd >>> 15);
  }
  if (at + 4 < end) even = Math.imul(even ^ view.getInt32(at, true), 0x9e3779b1);
  // The last word may overlap the one before it.
  odd = Math.imul(odd ^ view.getInt32(end - 4, true), 0xc2b2ae35);
  return mix(even ^ ((odd << 11) | (odd >>> 21)));
}

/** Makes every bit of the result depend on every bit of `hash`. */
export function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

const FIRST_ENTRIES = 8;
const FIRST_BYTES = 128;
const FREE = 0;
const RECENT = 64;
const RECENT_SHIFT = 26;

/** Distinct byte strings, numbered as they came; a string of another kind is another entry. */
export class BytesTable {
  count = 0;
  /** Where entries start in `words`; entry n ends where n + 1 starts. */
  starts = new Uint32Array(FIRST_ENTRIES + 1);
  kinds = new Uint8Array(FIRST_ENTRIES);
  words = byteWords(Buffer.allocUnsafeSlow(FIRST_BYTES));
  private hashes = new Uint32Array(FIRST_ENTRIES);
  /** Entry plus one, at the place its hash leads to. */
  private slots = new Uint32Array(2 * FIRST_ENTRIES);
  /** Entries found last, by what is quickly seen of them: most are found here, without a hash. */
  private readonly recent = new Uint32Array(RECENT);
  /** Not known to senders, so that none can choose strings that collide. */
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  /** Number of the entry with these bytes, which is added when there is none. */
  intern(source: ByteWords, start: number, end: number, kind: number): number {
    const place = placeOf(source, start, end);
    const recent = this.recent[place] ?? 0;
    if (this.isEntry(recent, source, start, end) && this.kinds[recent] === kind) return recent;
    const hash = seededHash(source, start, end, this.seed ^ kind);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const entry = (this.slots[slot] ?? FREE) - 1;
      if (entry < 0) break;
      if (
        this.hashes[entry] === hash &&
        this.kinds[entry] === kind &&
        this.isEntry(entry, source, start, end)
      ) {
        this.recent[place] = entry;
        return entry;
      }
      slot = (slot + 1) & mask;
    }
    this.recent[place] = this.count;
    return this.add(source, { start, end, kind, hash });
  }

  entry(number: number): Buffer {
    return this.words.bytes.subarray(this.starts[number], this.starts[number + 1]);
  }

  /** Forgets all entries, and keeps their memory for others. */
  clear(): void {
    this.count = 0;
    this.slots.fill(FREE);
  }

  private isEntry(entry: number, source: ByteWords, start: number, end: number): boolean {
    if (entry >= this.count) return false;
    const from = this.starts[entry] ?? 0;
    const size = end - start;
    if ((this.starts[entry + 1] ?? 0) - from !== size) return false;
    if (size < 4) {
      const { bytes } = this.words;
      for (let at = 0; at < size; at++)
        if (bytes[from + at] !== source.bytes[start + at]) return false;
      return true;
    }
    const { view } = this.words;
    const other = source.view;
    const last = size - 4;
    // Differences are near the end, mostly.
    for (let at = last; at > 0; at -= 4) {
      if (view.getInt32(from + at, true) !== other.getInt32(start + at, true)) return false;
    }
    return view.getInt32(from, true) === other.getInt32(start, true);
  }

  private add(
    source: ByteWords,
    { start, end, kind, hash }: { start: number; end: number; kind: number; hash: number },
  ): number {
    const entry = this.count;
    if (entry === this.hashes.length) this.grow();
    const from = this.starts[entry] ?? 0;
    const to = from + end - start;
    if (to > this.words.bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(to, 2 * this.words.bytes.length));
      this.words.bytes.copy(grown, 0, 0, from);
      this.words = byteWords(grown);
    }
    source.bytes.copy(this.words.bytes, from, start, end);
    this.starts[entry + 1] = to;
    this.kinds[entry] = kind;
    this.hashes[entry] = hash;
    this.place(entry);
    this.count += 1;
    return entry;
  }

  private grow(): void {
    const entries = 2 * this.hashes.length;
    this.starts = grown(this.starts, new Uint32Array(entries + 1));
    this.kinds = grown(this.kinds, new Uint8Array(entries));
    this.hashes = grown(this.hashes, new Uint32Array(entries));
    this.slots = new Uint32Array(2 * entries);
    for (let entry = 0; entry < this.count; entry++) this.place(entry);
  }

  private place(entry: number): void {
    const mask = this.slots.length - 1;
    let slot = (this.hashes[entry] ?? 0) & mask;
    while ((this.slots[slot] ?? FREE) !== FREE) slot = (slot + 1) & mask;
    this.slots[slot] = entry + 1;
  }
}

/** By the last bytes and how many there are. Bytes in front of a short string only make it be found more slowly. */
function placeOf({ view }: ByteWords, start: number, end: number): number {
  const last = end < 4 ? 0 : view.getInt32(end - 4, true);
  return Math.imul(last ^ (end - start), 0x9e3779b1) >>> RECENT_SHIFT;
}

function grown<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
