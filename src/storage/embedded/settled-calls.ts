import type { InTurns } from '../../model/in-turns.ts';
import { CallList } from './call-list.ts';

/** Calls that are looked at between two turns. */
const CALLS_A_STEP = 1024;
const NONE = -1;
/** Spreads what is near: 2^32 over the golden ratio. */
const SPREAD = 0x9e3779b1;
const WORD_BITS = 32;
const MICROS_PER_MS = 1000;

/**
 * The same calls without those that others take back, and without these: in turns, since there may be
 * a million. The list must stay as it is until the end.
 */
export function* settledCalls(calls: CallList): InTurns<CallList> {
  const { counts, edges, length, startsMs } = calls;
  const takenBack = new TakenBack(calls);
  for (let at = 0; at < length; at++) {
    if ((counts[at] ?? 0) < 0) takenBack.add(at);
    if (at % CALLS_A_STEP === 0) yield;
  }
  const settled = new CallList();
  for (let at = 0; at < length; at++) {
    const left = takenBack.leftOf(at);
    if (left !== 0) settled.add(edges[at] ?? 0, startsMs[at] ?? 0, left);
    if (at % CALLS_A_STEP === 0) yield;
  }
  // What takes back more than there is keeps the sums right.
  for (const { at, count } of takenBack.rest()) {
    settled.add(edges[at] ?? 0, startsMs[at] ?? 0, count);
  }
  return settled;
}

/** Calls of a list that take back others, found by edge and start: a table of chains. */
class TakenBack {
  private readonly calls: CallList;
  private readonly shift: number;
  private readonly first: Int32Array;
  /** By entry: its place in the list, what it still takes back, and the next entry of its chain. */
  private readonly places: Int32Array;
  private readonly left: Int32Array;
  private readonly next: Int32Array;
  private size = 0;

  constructor(calls: CallList) {
    this.calls = calls;
    const bits = Math.ceil(Math.log2(calls.takenBack + 2));
    this.shift = WORD_BITS - bits;
    this.first = new Int32Array(2 ** bits).fill(NONE);
    this.places = new Int32Array(calls.takenBack);
    this.left = new Int32Array(calls.takenBack);
    this.next = new Int32Array(calls.takenBack);
  }

  add(place: number): void {
    const slot = this.slotOf(place);
    this.places[this.size] = place;
    this.left[this.size] = this.calls.counts[place] ?? 0;
    this.next[this.size] = this.first[slot] ?? NONE;
    this.first[slot] = this.size;
    this.size += 1;
  }

  /** How often a call of the list counts when this is done; 0 for one that takes back. */
  leftOf(place: number): number {
    const { edges, startsMs } = this.calls;
    let count = Math.max(0, this.calls.counts[place] ?? 0);
    let entry = count === 0 ? NONE : (this.first[this.slotOf(place)] ?? NONE);
    for (; entry !== NONE && count > 0; entry = this.next[entry] ?? NONE) {
      const other = this.places[entry] ?? 0;
      if (startsMs[other] !== startsMs[place] || edges[other] !== edges[place]) continue;
      const both = Math.min(count, -(this.left[entry] ?? 0));
      this.left[entry] = (this.left[entry] ?? 0) + both;
      count -= both;
    }
    return count;
  }

  *rest(): Generator<{ readonly at: number; readonly count: number }> {
    for (let entry = 0; entry < this.size; entry++) {
      const count = this.left[entry] ?? 0;
      if (count < 0) yield { at: this.places[entry] ?? 0, count };
    }
  }

  private slotOf(place: number): number {
    const { edges, startsMs } = this.calls;
    const micros = Math.floor((startsMs[place] ?? 0) * MICROS_PER_MS) >>> 0;
    return Math.imul(micros ^ (edges[place] ?? 0), SPREAD) >>> this.shift;
  }
}
