import type { TraceQuery } from '../../../model/trace-query.ts';
import type { SpanRule } from '../../../model/value-rule.ts';
import type { InTurns } from '../../../model/in-turns.ts';
import { readable } from './attribute-search.ts';
import type { BlockPages } from './block-pages.ts';
import type { PageTests } from './page-test.ts';
import { nanoAt } from './page-ranges.ts';
import { matchingRows } from './row-test.ts';
import { rowsFrom } from './rows.ts';
import type { Rows } from './rows.ts';
import { traceIdText } from './trace-rows.ts';

/** A trace that matches, and the start of its newest span that does. */
export interface FoundTrace {
  readonly traceId: string;
  readonly startNano: bigint;
}

export interface FindOptions {
  /** Only traces that come after this one, in the order of results. */
  readonly after?: FoundTrace;
  /** Traces older than this are of no use to the caller. */
  readonly notBeforeNano?: bigint;
  /** Of `query.filters`, when somebody has made them already. */
  readonly rules?: readonly SpanRule[];
  /** Only these traces, in any order; neither the limit nor the options above count then. */
  readonly among?: readonly string[];
}

/** Order of results: newest first, ties by id. */
export function byNewest(a: FoundTrace, b: FoundTrace): number {
  if (a.startNano !== b.startNano) return a.startNano > b.startNano ? -1 : 1;
  return a.traceId < b.traceId ? -1 : a.traceId > b.traceId ? 1 : 0;
}

/**
 * The newest `query.limit` traces with a row that meets all tests. Pages are looked at by their
 * newest span, and no more of them when they can only hold older traces than were found.
 */
export function* findTraces(
  pages: BlockPages,
  tests: PageTests,
  query: TraceQuery,
  options: FindOptions,
): InTurns<readonly FoundTrace[]> {
  const newest = new NewestTraces(query.limit, options);
  const minNano = query.startTimeMinNano;
  const maxNano = query.startTimeMaxNano;
  const allRows = rowsFrom(0, pages.footer.rowsPerPage);
  for (const range of pages.newestFirst()) {
    if (range.newest < minNano || range.oldest > maxNano) continue;
    newest.expectUpTo(range.newest);
    if (newest.isTooOld(range.newest)) break;
    const { page } = range;
    const rows = yield* matchingRows(tests, page, allRows.subarray(0, pages.rowCount(page)));
    yield;
    if (rows.length === 0) continue;
    // A damaged page of starts or ids loses its rows, and is counted where it is read.
    readable(() => {
      offerPage(pages, { page, rows, minNano, maxNano }, newest);
    });
  }
  return newest.result();
}

interface PageRows {
  readonly page: number;
  readonly rows: Rows;
  readonly minNano: bigint;
  readonly maxNano: bigint;
}

function offerPage(
  pages: BlockPages,
  { page, rows, minNano, maxNano }: PageRows,
  newest: NewestTraces,
): void {
  const starts = pages.starts(page);
  const { ids, rowCounts } = pages.traces(page);
  for (let trace = 0, at = 0, end = 0; at < rows.length; trace++) {
    end += rowCounts[trace] ?? Infinity;
    let best = -1n;
    for (; (rows[at] ?? Infinity) < end; at++) {
      const start = nanoAt(starts, 2 * (rows[at] ?? 0));
      if (start > best && start >= minNano && start <= maxNano) best = start;
    }
    if (best >= 0n && !newest.isTooOld(best)) newest.offer(traceIdText(ids, 4 * trace), best);
  }
}

/** The newest of the traces that were offered. */
class NewestTraces {
  private readonly limit: number;
  private readonly after: FoundTrace | undefined;
  private readonly found = new Map<string, bigint>();
  /** What is older cannot be in the result. */
  private floor: bigint;
  private cutAt: number;
  /**
   * Whether no trace can turn out to be before the cursor any more. Until then none is given up: one
   * that counts towards the limit may leave it.
   */
  private isSettled: boolean;

  constructor(limit: number, { after, notBeforeNano = 0n }: FindOptions) {
    this.limit = limit;
    this.after = after;
    this.floor = notBeforeNano;
    this.cutAt = 2 * limit;
    this.isSettled = after === undefined;
  }

  /** From now on no span is offered that is newer. */
  expectUpTo(nano: bigint): void {
    this.isSettled ||= this.after === undefined || nano < this.after.startNano;
  }

  isTooOld(nano: bigint): boolean {
    return nano < this.floor;
  }

  offer(traceId: string, startNano: bigint): void {
    if (startNano <= (this.found.get(traceId) ?? -1n)) return;
    this.found.set(traceId, startNano);
    if (this.isSettled && this.found.size >= this.cutAt) this.cut();
  }

  result(): readonly FoundTrace[] {
    return this.cut();
  }

  private cut(): readonly FoundTrace[] {
    const { after } = this;
    // Traces before the cursor stay known, so that an older span of theirs is not taken for another.
    const before: FoundTrace[] = [];
    const behind: FoundTrace[] = [];
    for (const [traceId, startNano] of this.found) {
      const one = { traceId, startNano };
      if (after !== undefined && byNewest(one, after) <= 0) before.push(one);
      else behind.push(one);
    }
    const kept = behind.sort(byNewest).slice(0, this.limit);
    this.found.clear();
    for (const { traceId, startNano } of [...before, ...kept]) this.found.set(traceId, startNano);
    const last = kept.at(-1);
    if (kept.length === this.limit && last !== undefined && last.startNano > this.floor) {
      this.floor = last.startNano;
    }
    this.cutAt = before.length + 2 * this.limit;
    return kept;
  }
}
