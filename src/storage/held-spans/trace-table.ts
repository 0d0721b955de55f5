import { NO_SEGMENT } from './segment.ts';

const FIRST_CAPACITY = 256;
/** Memory of one trace: its columns, and two slots of the table at half load. */
export const TRACE_BYTES = 4 * 4 + 8 + 4 + 4 + 2 * 4;

/**
 * The traces of a tenant. A trace has a number that says when it came: numbers grow by one, the
 * oldest leaves first, so a number below `oldest` is one that is no longer kept. Columns are rings,
 * found by id through open addressing; no trace has an object or a string.
 */
export class TraceTable {
  oldest = 0;
  next = 0;
  private readonly seed: number;
  private capacity = FIRST_CAPACITY;
  private ids = new Uint32Array(4 * FIRST_CAPACITY);
  private lastSegments = new Float64Array(FIRST_CAPACITY);
  private lastRows = new Uint32Array(FIRST_CAPACITY);
  private spanCounts = new Uint32Array(FIRST_CAPACITY);
  /** Ring position + 1, or 0. */
  private slots = new Int32Array(2 * FIRST_CAPACITY);

  /** The seed keeps senders from choosing ids that meet in one slot. */
  constructor(seed: number) {
    this.seed = seed;
  }

  get size(): number {
    return this.next - this.oldest;
  }

  isKept(trace: number): boolean {
    return trace >= this.oldest;
  }

  /** Number of the trace whose four id words start at `at`; undefined when it is not kept. */
  find(words: Uint32Array, at: number): number | undefined {
    const entry = this.slots[this.slotOf(words, at)] ?? 0;
    return entry === 0 ? undefined : this.numberAt(entry - 1);
  }

  add(words: Uint32Array, at: number): number {
    if (this.size === this.capacity) this.grow();
    const trace = this.next++;
    const ring = trace % this.capacity;
    for (let word = 0; word < 4; word++) this.ids[4 * ring + word] = words[at + word] ?? 0;
    this.lastSegments[ring] = NO_SEGMENT;
    this.spanCounts[ring] = 0;
    this.slots[this.slotOf(words, at)] = ring + 1;
    return trace;
  }

  /** Makes a span the last of its trace. */
  link(trace: number, segment: number, row: number): void {
    const ring = trace % this.capacity;
    this.lastSegments[ring] = segment;
    this.lastRows[ring] = row;
    this.spanCounts[ring] = (this.spanCounts[ring] ?? 0) + 1;
  }

  lastSegment(trace: number): number {
    return this.lastSegments[trace % this.capacity] ?? NO_SEGMENT;
  }

  lastRow(trace: number): number {
    return this.lastRows[trace % this.capacity] ?? 0;
  }

  spanCount(trace: number): number {
    return this.spanCounts[trace % this.capacity] ?? 0;
  }

  /** 32 hex digits. */
  idText(trace: number): string {
    const at = 4 * (trace % this.capacity);
    let text = '';
    for (let word = 0; word < 4; word++) text += hexWord(this.ids[at + word] ?? 0);
    return text;
  }

  /** Four words a trace, by number, of a table that no trace has left. */
  idWords(): Uint32Array {
    return this.ids.slice(0, 4 * this.next);
  }

  /** Orders traces by id. */
  compareIds(a: number, b: number): number {
    const atA = 4 * (a % this.capacity);
    const atB = 4 * (b % this.capacity);
    for (let word = 0; word < 4; word++) {
      const difference = (this.ids[atA + word] ?? 0) - (this.ids[atB + word] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  removeOldest(): void {
    const at = 4 * (this.oldest % this.capacity);
    this.clearSlot(this.slotOf(this.ids, at));
    this.oldest += 1;
  }

  private numberAt(ring: number): number {
    const first = this.oldest % this.capacity;
    return this.oldest + ((ring - first + this.capacity) % this.capacity);
  }

  /** Where the id is, or the free slot where it would be. */
  private slotOf(words: Uint32Array, at: number): number {
    const mask = this.slots.length - 1;
    let slot = this.hash(words, at) & mask;
    for (;;) {
      const entry = this.slots[slot] ?? 0;
      if (entry === 0 || this.isId(entry - 1, words, at)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private isId(ring: number, words: Uint32Array, at: number): boolean {
    const { ids } = this;
    return (
      ids[4 * ring + 3] === words[at + 3] &&
      ids[4 * ring + 2] === words[at + 2] &&
      ids[4 * ring + 1] === words[at + 1] &&
      ids[4 * ring] === words[at]
    );
  }

  private hash(words: Uint32Array, at: number): number {
    let mixed = this.seed;
    for (let word = 0; word < 4; word++) {
      mixed = Math.imul(mixed ^ (words[at + word] ?? 0), 0x9e3779b1);
      mixed ^= mixed >>> 15;
    }
    return mixed;
  }

  /** Empties a slot and moves up what stood behind it, so that no search ends too early. */
  private clearSlot(cleared: number): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let hole = cleared;
    for (let slot = (hole + 1) & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] ?? 0;
      if (entry === 0) break;
      const home = this.hash(this.ids, 4 * (entry - 1)) & mask;
      // An entry may move to the hole unless its home lies behind the hole.
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        slots[hole] = entry;
        hole = slot;
      }
    }
    slots[hole] = 0;
  }

  private grow(): void {
    const { capacity, ids, lastSegments, lastRows, spanCounts } = this;
    this.capacity = 2 * capacity;
    this.ids = new Uint32Array(4 * this.capacity);
    this.lastSegments = new Float64Array(this.capacity);
    this.lastRows = new Uint32Array(this.capacity);
    this.spanCounts = new Uint32Array(this.capacity);
    this.slots = new Int32Array(2 * this.capacity);
    for (let trace = this.oldest; trace < this.next; trace++) {
      const from = trace % capacity;
      const to = trace % this.capacity;
      for (let word = 0; word < 4; word++) this.ids[4 * to + word] = ids[4 * from + word] ?? 0;
      this.lastSegments[to] = lastSegments[from] ?? NO_SEGMENT;
      this.lastRows[to] = lastRows[from] ?? 0;
      this.spanCounts[to] = spanCounts[from] ?? 0;
      this.slots[this.slotOf(this.ids, 4 * to)] = to + 1;
    }
  }
}

function hexWord(word: number): string {
  return word.toString(16).padStart(8, '0');
}

const TRACE_ID = /^[0-9a-f]{32}$/i;

/** The four words of an id; undefined when the text is not 32 hex digits. */
export function parseTraceId(text: string): Uint32Array | undefined {
  if (!TRACE_ID.test(text)) return undefined;
  return Uint32Array.from([0, 8, 16, 24], (at) => parseInt(text.slice(at, at + 8), 16));
}
