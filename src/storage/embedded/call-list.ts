import { grown } from '../../model/grown.ts';
import type { EdgeCounts } from './edge-table.ts';

/** When the called span starts, in Unix milliseconds; both ends are inside. */
export interface CallWindow {
  readonly startMs: number;
  readonly endMs: number;
}

const FIRST_CAPACITY = 16;

/** Calls one by one: when, between whom, and how often; counts may be negative. */
export class CallList {
  length = 0;
  startsMs = new Float64Array(FIRST_CAPACITY);
  edges = new Uint32Array(FIRST_CAPACITY);
  counts = new Int32Array(FIRST_CAPACITY);

  add(edge: number, startMs: number, count: number): void {
    if (this.length === this.edges.length) this.grow();
    this.startsMs[this.length] = startMs;
    this.edges[this.length] = edge;
    this.counts[this.length] = count;
    this.length += 1;
  }

  addAll(other: CallList): void {
    for (let at = 0; at < other.length; at++) {
      this.add(other.edges[at] ?? 0, other.startsMs[at] ?? 0, other.counts[at] ?? 0);
    }
  }

  addTo(counts: EdgeCounts, { startMs, endMs }: CallWindow, sign: 1 | -1 = 1): void {
    for (let at = 0; at < this.length; at++) {
      const ownMs = this.startsMs[at] ?? 0;
      if (ownMs < startMs || ownMs > endMs) continue;
      counts.add(this.edges[at] ?? 0, sign * (this.counts[at] ?? 0));
    }
  }

  /** The same calls, each time and edge once, without those that come to nothing. */
  settled(): CallList {
    const sums = new Map<number, Map<number, number>>();
    for (let at = 0; at < this.length; at++) {
      const startMs = this.startsMs[at] ?? 0;
      const edge = this.edges[at] ?? 0;
      let ofTime = sums.get(startMs);
      if (ofTime === undefined) {
        ofTime = new Map();
        sums.set(startMs, ofTime);
      }
      ofTime.set(edge, (ofTime.get(edge) ?? 0) + (this.counts[at] ?? 0));
    }
    const settled = new CallList();
    for (const [startMs, ofTime] of sums) {
      for (const [edge, count] of ofTime) if (count !== 0) settled.add(edge, startMs, count);
    }
    return settled;
  }

  private grow(): void {
    const capacity = 2 * this.edges.length;
    this.startsMs = grown(Float64Array, this.startsMs, capacity);
    this.edges = grown(Uint32Array, this.edges, capacity);
    this.counts = grown(Int32Array, this.counts, capacity);
  }
}
