import { grown } from '../../../model/grown.ts';
import { mix } from './bytes-table.ts';

const FIRST_TRACES = 1024;
const FREE = 0;

/** Of the four big-endian words of a trace id. */
export function traceHash(words: Uint32Array, at: number): number {
  const first = Math.imul((words[at] ?? 0) ^ 0x9e3779b1, 0x85ebca6b) ^ (words[at + 1] ?? 0);
  const second = Math.imul((words[at + 2] ?? 0) ^ mix(first), 0xc2b2ae35) ^ (words[at + 3] ?? 0);
  return mix(second);
}

/** Numbers trace ids as they come. */
export class TraceNumbers {
  count = 0;
  /** Four words an id. */
  ids: Uint32Array = new Uint32Array(4 * FIRST_TRACES);
  private slots = new Uint32Array(2 * FIRST_TRACES);
  private last = 0;
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  numberOf(words: Uint32Array, at: number): number {
    if (this.last < this.count && this.isId(this.last, words, at)) return this.last;
    const mask = this.slots.length - 1;
    let slot = mix(traceHash(words, at) ^ this.seed) & mask;
    for (;;) {
      const number = (this.slots[slot] ?? FREE) - 1;
      if (number < 0) return this.add(words, at);
      if (this.isId(number, words, at)) {
        this.last = number;
        return number;
      }
      slot = (slot + 1) & mask;
    }
  }

  /** Has these traces, numbered by their place; none can be added then. */
  take(ids: Uint32Array): void {
    this.ids = ids;
    this.count = ids.length / 4;
  }

  clear(): void {
    if (this.ids.length < 2 * this.slots.length) this.ids = new Uint32Array(2 * this.slots.length);
    this.count = 0;
    this.slots.fill(FREE);
  }

  private isId(number: number, words: Uint32Array, at: number): boolean {
    const { ids } = this;
    const own = 4 * number;
    return (
      ids[own + 3] === words[at + 3] &&
      ids[own + 2] === words[at + 2] &&
      ids[own + 1] === words[at + 1] &&
      ids[own] === words[at]
    );
  }

  private add(words: Uint32Array, at: number): number {
    const number = this.count;
    if (4 * number === this.ids.length) {
      this.ids = grown(Uint32Array, this.ids, 2 * this.ids.length);
      this.slots = new Uint32Array(2 * this.slots.length);
      for (let known = 0; known < number; known++) this.place(known);
    }
    for (let word = 0; word < 4; word++) this.ids[4 * number + word] = words[at + word] ?? 0;
    this.place(number);
    this.count = number + 1;
    this.last = number;
    return number;
  }

  private place(number: number): void {
    const mask = this.slots.length - 1;
    let slot = mix(traceHash(this.ids, 4 * number) ^ this.seed) & mask;
    while ((this.slots[slot] ?? FREE) !== FREE) slot = (slot + 1) & mask;
    this.slots[slot] = number + 1;
  }
}
