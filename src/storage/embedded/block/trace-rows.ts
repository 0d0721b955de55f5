import { Buffer } from 'node:buffer';
import { BlockError } from './block-format.ts';
import type { BlockPages } from './block-pages.ts';
import type { TracesPage } from './core-pages.ts';
import { TraceLookup } from './trace-lookup.ts';
import { traceHash } from './trace-numbers.ts';

/** The rows of one trace in one page. */
export interface TraceRun {
  /** Four big-endian words. */
  readonly traceId: Uint32Array;
  readonly page: number;
  /** First row, counted from the start of the page. */
  readonly start: number;
  readonly end: number;
  /** First row of the trace, counted from the start of the block. */
  readonly firstRow: number;
}

/** Four big-endian words of 32 hex digits. */
export function traceIdWords(traceId: string): Uint32Array {
  const bytes = Buffer.from(traceId, 'hex');
  return Uint32Array.from({ length: 4 }, (_, word) =>
    bytes.length === 16 ? bytes.readUInt32BE(4 * word) : 0,
  );
}

export function traceIdText(words: Uint32Array, at: number): string {
  let text = '';
  for (let word = at; word < at + 4; word++) {
    text += (words[word] ?? 0).toString(16).padStart(8, '0');
  }
  return text;
}

/** @throws BlockError */
export function traceLookup(pages: BlockPages): TraceLookup {
  const { footer } = pages;
  return pages.load(footer.traceLookup, (source) => new TraceLookup(source, footer.traceCount));
}

/** A trace id as it is looked up. */
export interface TraceKey {
  /** Four big-endian words. */
  readonly words: Uint32Array;
  readonly hash: number;
}

export function traceKey(traceId: string): TraceKey {
  const words = traceIdWords(traceId);
  return { words, hash: traceHash(words, 0) };
}

/** Traces with a hash. @throws BlockError */
export function tracesOfHash(pages: BlockPages, hash: number): readonly TraceKey[] {
  const found: TraceKey[] = [];
  for (const page of traceLookup(pages).pagesOf(hash)) {
    const { ids } = pages.traces(page);
    const { first, next } = pages.traceIndex(page);
    for (let trace = first.get(hash); trace !== undefined; trace = next.get(trace)) {
      const words = ids.slice(4 * trace, 4 * trace + 4);
      if (!found.some((key) => isId(words, 0, key.words))) found.push({ words, hash });
    }
  }
  return found;
}

/** Where the rows of a trace are; [] when the block has none of it. Damaged pages are left out. */
export function traceRuns(pages: BlockPages, { words, hash }: TraceKey): readonly TraceRun[] {
  const runs: TraceRun[] = [];
  for (const first of traceLookup(pages).pagesOf(hash)) {
    addRuns(pages, first, { words, hash }, runs);
  }
  return runs;
}

/** All runs of the trace that a run is of. Damaged pages are left out. */
export function runsOfTrace(pages: BlockPages, run: TraceRun): readonly TraceRun[] {
  const runs: TraceRun[] = [];
  const key = { words: run.traceId, hash: traceHash(run.traceId, 0) };
  addRuns(pages, Math.floor(run.firstRow / pages.footer.rowsPerPage), key, runs);
  return runs;
}

function addRuns(pages: BlockPages, first: number, key: TraceKey, runs: TraceRun[]): void {
  for (let page = first; page < pages.pageCount; page++) {
    const run = runIn(pages, page, key);
    // A trace goes on in the next page only when it is the last of this one.
    if (run === 'damaged') continue;
    if (run === undefined) {
      if (page > first) return;
      continue;
    }
    runs.push(run);
    if (run.end < pages.rowCount(page)) return;
  }
}

function runIn(
  pages: BlockPages,
  page: number,
  { words, hash }: TraceKey,
): TraceRun | 'damaged' | undefined {
  try {
    const { ids, rowsBefore } = pages.traces(page);
    const { first, next, starts } = pages.traceIndex(page);
    for (let trace = first.get(hash); trace !== undefined; trace = next.get(trace)) {
      if (!isId(ids, 4 * trace, words)) continue;
      const start = starts[trace] ?? 0;
      const firstRow = page * pages.footer.rowsPerPage + start - (trace === 0 ? rowsBefore : 0);
      return { traceId: words, page, start, end: starts[trace + 1] ?? 0, firstRow };
    }
    return undefined;
  } catch (error) {
    if (error instanceof BlockError) return 'damaged';
    throw error;
  }
}

function isId(ids: Uint32Array, at: number, id: Uint32Array): boolean {
  return (
    ids[at + 3] === id[3] && ids[at + 2] === id[2] && ids[at + 1] === id[1] && ids[at] === id[0]
  );
}

/** The runs of all traces of a page. */
export function* runsOfPage(
  pages: BlockPages,
  page: number,
  { ids, rowCounts, rowsBefore }: TracesPage,
): Generator<TraceRun> {
  let start = 0;
  for (let trace = 0; trace < rowCounts.length; trace++) {
    const end = start + (rowCounts[trace] ?? 0);
    const firstRow = page * pages.footer.rowsPerPage + start - (trace === 0 ? rowsBefore : 0);
    yield { traceId: ids.subarray(4 * trace, 4 * trace + 4), page, start, end, firstRow };
    start = end;
  }
}
