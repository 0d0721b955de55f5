import type { InTurns } from './in-turns.ts';

/** Half of the slots stay free. */
const SLOTS_A_ROW = 2;
/** A millisecond or so of work. */
const ROWS_A_STEP = 4096;

/** Finds rows by their span ids, without a text for each. */
export class SpanIdIndex {
  private readonly ids: Uint32Array;
  /** Number of the row and one. */
  private readonly slots: Uint32Array;
  /** Ids are chosen by senders: none may know which of them meet. */
  private readonly seed = Math.trunc(Math.random() * 2 ** 32);

  /** `ids`: two words a row. No row is in the index until it is added. */
  constructor(ids: Uint32Array) {
    this.ids = ids;
    let size = 2;
    while (size < (SLOTS_A_ROW * ids.length) / 2) size *= 2;
    this.slots = new Uint32Array(size);
  }

  /** The row that was added first of those with the id of this one: this one, when there was none. */
  add(row: number): number {
    const slot = this.slotOf(this.ids[2 * row] ?? 0, this.ids[2 * row + 1] ?? 0);
    const found = this.slots[slot] ?? 0;
    if (found > 0) return found - 1;
    this.slots[slot] = row + 1;
    return row;
  }

  /** The row that was added first of those with an id; -1 when there is none. */
  find(high: number, low: number): number {
    return (this.slots[this.slotOf(high, low)] ?? 0) - 1;
  }

  /** The same where ids are distinct and all rows added, most often the given row. */
  findNear(row: number, high: number, low: number): number {
    const { ids } = this;
    const isThere = ids[2 * row] === high && ids[2 * row + 1] === low;
    return isThere ? row : this.find(high, low);
  }

  /** The slot of an id, or the free one where it belongs. */
  private slotOf(high: number, low: number): number {
    const { ids, slots } = this;
    const mask = slots.length - 1;
    let slot = hashOf(high, low, this.seed) & mask;
    for (let found = slots[slot] ?? 0; found > 0; found = slots[slot] ?? 0) {
      if (ids[2 * found - 1] === low && ids[2 * found - 2] === high) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}

/** Whether no two of these ids, two words each, are the same. */
export function* areDistinctIds(ids: Uint32Array): InTurns<boolean> {
  const index = new SpanIdIndex(ids);
  for (let row = 0; row < ids.length / 2; row++) {
    if (row % ROWS_A_STEP === 0) yield;
    if (index.add(row) !== row) return false;
  }
  return true;
}

function hashOf(high: number, low: number, seed: number): number {
  return mixed(mixed(seed ^ high) ^ low);
}

/** The finalizer of MurmurHash3. */
function mixed(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** 16 hex digits. */
export function spanIdText(ids: Uint32Array, row: number): string {
  const word = (at: number): string => (ids[at] ?? 0).toString(16).padStart(8, '0');
  return word(2 * row) + word(2 * row + 1);
}

/** Puts an id of 16 hex digits into a row; an empty one is zero. */
export function setSpanId(ids: Uint32Array, row: number, text: string): void {
  ids[2 * row] = text === '' ? 0 : Number.parseInt(text.slice(0, 8), 16);
  ids[2 * row + 1] = text === '' ? 0 : Number.parseInt(text.slice(8), 16);
}
