import type { TraceQuery } from '../../model/trace-query.ts';
import type { Segment } from './segment.ts';
import { SpanFilter, isBefore } from './span-filter.ts';
import type { StartWords } from './span-filter.ts';
import type { TenantStore } from './tenant-store.ts';
import type { TimeSlice } from './time-slice.ts';

/** Rows between two looks at the clock. */
const ROWS_A_LOOK = 512;

/**
 * The traces that match, newest first by their newest matching span, ties by id. Looks
 * at segments by their newest span and stops when what is left is older than what was found. Spans
 * that come after the start are not seen; traces that leave meanwhile are not in the result.
 */
export async function findTraces(
  store: TenantStore,
  query: TraceQuery,
  slice: TimeSlice,
): Promise<readonly HeldTrace[]> {
  const filter = new SpanFilter(query, store);
  if (!filter.isPossible()) return [];
  const newest = new NewestTraces(store, query.limit);
  const parts = store
    .segments()
    .map((segment) => ({ ...newestOf(segment), segment, rows: segment.rowCount }));
  parts.sort((a, b) => b.high - a.high || b.low - a.low);
  for (const { high, low, segment, rows } of parts) {
    if (newest.isTooOld(high, low)) break;
    const isMatch = filter.forSegment(segment);
    for (let end = rows; end > 0; end -= ROWS_A_LOOK) {
      newest.search(segment, { start: Math.max(0, end - ROWS_A_LOOK), end }, isMatch);
      if (slice.isOver()) await slice.rest();
    }
  }
  return newest.result();
}

function newestOf(segment: Segment): StartWords {
  return { high: segment.newestHigh, low: segment.newestLow };
}

/** A trace that matches, and the start of its newest span that does. */
export interface HeldTrace extends StartWords {
  /** Its number in the store. */
  readonly trace: number;
}

/** The `limit` newest traces of those that were offered. */
class NewestTraces {
  private readonly store: TenantStore;
  private readonly limit: number;
  private readonly found = new Map<number, HeldTrace>();
  /** Start of the last of `limit` traces: what is older cannot be in the result. */
  private floor: StartWords | undefined;
  private cutAt: number;

  constructor(store: TenantStore, limit: number) {
    this.store = store;
    this.limit = limit;
    this.cutAt = limit;
  }

  isTooOld(high: number, low: number): boolean {
    return this.floor !== undefined && isBefore(high, low, this.floor);
  }

  /** Backwards, because what came last is mostly newest. */
  search(
    segment: Segment,
    { start, end }: { start: number; end: number },
    isMatch: (row: number) => boolean,
  ): void {
    const { traces } = this.store;
    for (let row = end - 1; row >= start; row--) {
      const high = segment.starts[2 * row] ?? 0;
      const low = segment.starts[2 * row + 1] ?? 0;
      if (this.isTooOld(high, low)) continue;
      const trace = segment.traces[row] ?? 0;
      if (!traces.isKept(trace)) continue;
      const before = this.found.get(trace);
      if (before !== undefined && !isBefore(before.high, before.low, { high, low })) continue;
      if (isMatch(row)) this.add({ trace, high, low });
    }
  }

  result(): readonly HeldTrace[] {
    this.cut();
    return [...this.found.values()];
  }

  private add(found: HeldTrace): void {
    this.found.set(found.trace, found);
    if (this.found.size < this.cutAt) return;
    this.cut();
    this.cutAt = 2 * this.limit;
  }

  /** Sorts, and keeps `limit` of the traces that are still there. */
  private cut(): void {
    const { traces } = this.store;
    const kept = [...this.found.values()]
      .filter(({ trace }) => traces.isKept(trace))
      .sort((a, b) => b.high - a.high || b.low - a.low || traces.compareIds(a.trace, b.trace))
      .slice(0, this.limit);
    this.found.clear();
    for (const found of kept) this.found.set(found.trace, found);
    if (kept.length === this.limit) this.floor = kept.at(-1);
  }
}
