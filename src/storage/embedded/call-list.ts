import { grown } from '../../model/grown.ts';
import { EdgeCounts } from './edge-table.ts';

/** When the called span starts, in Unix milliseconds; both ends are inside. */
export interface CallWindow {
  readonly startMs: number;
  readonly endMs: number;
}

const FIRST_CAPACITY = 16;
/** Calls that are added up together; what is of one time mostly comes at one time. */
const CHAPTER_CALLS = 4096;

/** A part of a list that grows no more. */
interface Chapter {
  readonly oldestMs: number;
  readonly newestMs: number;
  readonly sums: EdgeCounts;
}

/** Calls one by one: when, between whom, and how often; counts may be negative. */
export class CallList {
  length = 0;
  /** Calls with a negative count: they take back others. */
  takenBack = 0;
  startsMs = new Float64Array(FIRST_CAPACITY);
  edges = new Uint32Array(FIRST_CAPACITY);
  counts = new Int32Array(FIRST_CAPACITY);
  /** Those that were needed once. */
  private chapters: Chapter[] | undefined;

  add(edge: number, startMs: number, count: number): void {
    if (this.length === this.edges.length) this.grow();
    this.startsMs[this.length] = startMs;
    this.edges[this.length] = edge;
    this.counts[this.length] = count;
    this.length += 1;
    if (count < 0) this.takenBack += 1;
  }

  addAll(other: CallList): void {
    for (let at = 0; at < other.length; at++) {
      this.add(other.edges[at] ?? 0, other.startsMs[at] ?? 0, other.counts[at] ?? 0);
    }
  }

  addTo(counts: EdgeCounts, window: CallWindow): void {
    let from = 0;
    for (let number = 0; from + CHAPTER_CALLS <= this.length; number++, from += CHAPTER_CALLS) {
      const { oldestMs, newestMs, sums } = this.chapter(number);
      if (oldestMs > window.endMs || newestMs < window.startMs) continue;
      if (oldestMs >= window.startMs && newestMs <= window.endMs) counts.addAll(sums);
      else this.addPart(counts, window, { from, to: from + CHAPTER_CALLS });
    }
    this.addPart(counts, window, { from, to: this.length });
  }

  private addPart(
    counts: EdgeCounts,
    { startMs, endMs }: CallWindow,
    { from, to }: { readonly from: number; readonly to: number },
  ): void {
    for (let at = from; at < to; at++) {
      const ownMs = this.startsMs[at] ?? 0;
      if (ownMs < startMs || ownMs > endMs) continue;
      counts.add(this.edges[at] ?? 0, this.counts[at] ?? 0);
    }
  }

  private chapter(number: number): Chapter {
    const known = this.chapters?.[number];
    if (known !== undefined) return known;
    const from = number * CHAPTER_CALLS;
    const to = from + CHAPTER_CALLS;
    const starts = this.startsMs.subarray(from, to);
    const sums = new EdgeCounts();
    this.addPart(sums, { startMs: -Infinity, endMs: Infinity }, { from, to });
    const chapter = { oldestMs: Math.min(...starts), newestMs: Math.max(...starts), sums };
    (this.chapters ??= [])[number] = chapter;
    return chapter;
  }

  private grow(): void {
    const capacity = 2 * this.edges.length;
    this.startsMs = grown(Float64Array, this.startsMs, capacity);
    this.edges = grown(Uint32Array, this.edges, capacity);
    this.counts = grown(Int32Array, this.counts, capacity);
  }
}
