import type { SearchPosition } from '../../model/search-filter.ts';
import type { TraceQuery } from '../../model/trace-query.ts';
import { spanRules } from '../../model/value-rule.ts';
import type { SpanRule } from '../../model/value-rule.ts';
import { compilePattern } from '../text-pattern.ts';
import type { Segment } from './segment.ts';
import { SpanFilter, isBefore, startWords } from './span-filter.ts';
import type { StartWords } from './span-filter.ts';
import type { TenantStore } from './tenant-store.ts';
import type { TimeSlice } from './time-slice.ts';
import { allRows } from './trace-rows.ts';
import { parseTraceId } from './trace-table.ts';

/** Rows between two looks at the clock. */
const ROWS_A_LOOK = 512;

/**
 * The traces that match, newest first by their newest matching span, ties by id. Looks
 * at segments by their newest span and stops when what is left is older than what was found. Spans
 * that come after the start are not seen; traces that leave meanwhile are not in the result.
 * @param rules of `query.filters`, when somebody has made them already
 * @throws PatternError
 */
export async function findTraces(
  store: TenantStore,
  query: TraceQuery,
  slice: TimeSlice,
  rules: readonly SpanRule[] = spanRules(query.filters ?? [], compilePattern),
): Promise<readonly HeldTrace[]> {
  const filter = new SpanFilter(query, store, rules);
  if (!filter.isPossible()) return [];
  const { after } = query;
  const cursor = after === undefined ? undefined : new Cursor(store, filter, after);
  const newest = new NewestTraces(store, query.limit, cursor);
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

/** Of each of these traces that matches, its newest matching span; ids that are not here are left out. */
export function findAmong(
  store: TenantStore,
  query: TraceQuery,
  traceIds: Iterable<string>,
  rules: readonly SpanRule[] = spanRules(query.filters ?? [], compilePattern),
): readonly HeldTrace[] {
  const filter = new SpanFilter(query, store, rules);
  if (!filter.isPossible()) return [];
  const testOf = segmentTests(filter);
  const found: HeldTrace[] = [];
  for (const id of traceIds) {
    const words = parseTraceId(id);
    const trace = words === undefined ? undefined : store.traces.find(words, 0);
    if (trace === undefined) continue;
    const newest = newestMatch(store, trace, testOf);
    if (newest !== undefined) found.push({ trace, ...newest });
  }
  return found;
}

function newestOf(segment: Segment): StartWords {
  return { high: segment.newestHigh, low: segment.newestLow };
}

/** A trace that matches, and the start of its newest span that does. */
export interface HeldTrace extends StartWords {
  /** Its number in the store. */
  readonly trace: number;
}

/** Where a trace that is kept stands in the order of results. */
export function positionOf(store: TenantStore, { trace, high, low }: HeldTrace): SearchPosition {
  return { startNano: (BigInt(high) << 32n) + BigInt(low), traceId: store.traces.idText(trace) };
}

type IsMatch = (row: number) => boolean;

/** One test a segment, made when it is needed. */
function segmentTests(filter: SpanFilter): (segment: Segment) => IsMatch {
  const tests = new Map<Segment, IsMatch>();
  return (segment) => {
    const known = tests.get(segment);
    if (known !== undefined) return known;
    const test = filter.forSegment(segment);
    tests.set(segment, test);
    return test;
  };
}

function newestMatch(
  store: TenantStore,
  trace: number,
  testOf: (segment: Segment) => IsMatch,
): StartWords | undefined {
  const { segments, rows } = allRows(store, trace);
  let newest: StartWords | undefined;
  for (const [index, row] of rows.entries()) {
    const segment = segments[index];
    if (segment === undefined) continue;
    const high = segment.starts[2 * row] ?? 0;
    const low = segment.starts[2 * row + 1] ?? 0;
    if (newest !== undefined && !isBefore(newest.high, newest.low, { high, low })) continue;
    if (testOf(segment)(row)) newest = { high, low };
  }
  return newest;
}

/** Tells which traces come after the last one of the page before. */
class Cursor {
  private readonly store: TenantStore;
  private readonly testOf: (segment: Segment) => IsMatch;
  private readonly after: StartWords;
  private readonly afterId: string;
  private readonly verdicts = new Map<number, boolean>();

  constructor(store: TenantStore, filter: SpanFilter, { startNano, traceId }: SearchPosition) {
    this.store = store;
    this.testOf = segmentTests(filter);
    this.after = startWords(startNano);
    this.afterId = traceId;
  }

  /** Whether a span that starts then, were it the newest that matches, has its trace come after. */
  isBehind({ trace, high, low }: HeldTrace): boolean {
    if (high !== this.after.high || low !== this.after.low) return isBefore(high, low, this.after);
    return this.store.traces.idText(trace) > this.afterId;
  }

  /** Whether no newer span of a trace matches that has it come earlier. */
  isNew(trace: number): boolean {
    let isNew = this.verdicts.get(trace);
    if (isNew === undefined) {
      const newest = newestMatch(this.store, trace, this.testOf);
      isNew = newest === undefined || this.isBehind({ trace, ...newest });
      this.verdicts.set(trace, isNew);
    }
    return isNew;
  }
}

/** The `limit` newest traces of those that were offered. */
class NewestTraces {
  private readonly store: TenantStore;
  private readonly limit: number;
  private readonly cursor: Cursor | undefined;
  private readonly found = new Map<number, HeldTrace>();
  /** Start of the last of `limit` traces: what is older cannot be in the result. */
  private floor: StartWords | undefined;
  private cutAt: number;

  constructor(store: TenantStore, limit: number, cursor: Cursor | undefined) {
    this.store = store;
    this.limit = limit;
    this.cursor = cursor;
    this.cutAt = limit;
  }

  isTooOld(high: number, low: number): boolean {
    return this.floor !== undefined && isBefore(high, low, this.floor);
  }

  /** Backwards, because what came last is mostly newest. */
  search(segment: Segment, { start, end }: { start: number; end: number }, isMatch: IsMatch): void {
    const { cursor } = this;
    const { traces } = this.store;
    for (let row = end - 1; row >= start; row--) {
      const high = segment.starts[2 * row] ?? 0;
      const low = segment.starts[2 * row + 1] ?? 0;
      if (this.isTooOld(high, low)) continue;
      const trace = segment.traces[row] ?? 0;
      if (!traces.isKept(trace)) continue;
      const before = this.found.get(trace);
      if (before !== undefined && !isBefore(before.high, before.low, { high, low })) continue;
      if (cursor?.isBehind({ trace, high, low }) === false) continue;
      if (isMatch(row) && cursor?.isNew(trace) !== false) this.add({ trace, high, low });
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
