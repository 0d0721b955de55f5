import { Buffer } from 'node:buffer';

/** What is remembered: values, and the length of each. */
const ENTRIES_MAX = 2 ** 16;
const LENGTH_MAX = 128;
const FIRST_SLOTS = 1024;

/**
 * Numbers for byte strings that repeat. Those that come first are remembered, up to a limit: what
 * repeats most is among them.
 */
export class KnownBytes {
  private slots = new Int32Array(FIRST_SLOTS);
  private readonly hashes: number[] = [];
  private readonly kinds: number[] = [];
  private readonly numbers: number[] = [];
  /** Where each entry ends in `bytes`. */
  private readonly ends: number[] = [];
  private bytes = Buffer.allocUnsafe(FIRST_SLOTS);

  /** The number of the same bytes of the same kind, or else `number`, which they have from now on. */
  find(from: Uint8Array, { start, end }: ByteRange, kind: number, number: number): number {
    let hash = kind;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (from[at] ?? 0)) | 0;
    const mask = this.slots.length - 1;
    let slot = slotOf(hash) & mask;
    for (;;) {
      const entry = (this.slots[slot] ?? 0) - 1;
      if (entry < 0) break;
      if (this.hashes[entry] === hash && this.kinds[entry] === kind) {
        if (this.isEqual(entry, from, start, end)) return this.numbers[entry] ?? number;
      }
      slot = (slot + 1) & mask;
    }
    if (end - start > LENGTH_MAX || this.numbers.length === ENTRIES_MAX) return number;
    this.numbers.push(number);
    this.hashes.push(hash);
    this.kinds.push(kind);
    this.slots[slot] = this.numbers.length;
    this.keep(from.subarray(start, end));
    if (2 * this.numbers.length > this.slots.length) this.grow();
    return number;
  }

  private isEqual(entry: number, from: Uint8Array, start: number, end: number): boolean {
    const { bytes } = this;
    const own = this.ends[entry - 1] ?? 0;
    if ((this.ends[entry] ?? 0) - own !== end - start) return false;
    for (let at = start; at < end; at++) {
      if (bytes[own + at - start] !== from[at]) return false;
    }
    return true;
  }

  private keep(added: Uint8Array): void {
    const used = this.ends.at(-1) ?? 0;
    if (used + added.length > this.bytes.length) {
      const next = Buffer.allocUnsafe(2 * (used + added.length));
      next.set(this.bytes.subarray(0, used));
      this.bytes = next;
    }
    this.bytes.set(added, used);
    this.ends.push(used + added.length);
  }

  private grow(): void {
    this.slots = new Int32Array(2 * this.slots.length);
    const mask = this.slots.length - 1;
    for (const [entry, hash] of this.hashes.entries()) {
      let slot = slotOf(hash) & mask;
      while ((this.slots[slot] ?? 0) > 0) slot = (slot + 1) & mask;
      this.slots[slot] = entry + 1;
    }
  }
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

function slotOf(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}
