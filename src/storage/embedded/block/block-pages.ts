import type { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import type { BlockFile } from './block-file.ts';
import type { BlockFooter } from './block-footer.ts';
import { BlockError } from './block-format.ts';
import type { ColumnInfo, DictionaryPageRef, PageRef } from './block-format.ts';
import { ByteSource } from './byte-source.ts';
import { readColumnPage } from './column-page.ts';
import type { ColumnPage } from './column-page.ts';
import * as core from './core-pages.ts';
import { readDictionaryPage } from './dictionary-page.ts';
import type { DictionaryPage } from './dictionary-page.ts';
import { readNarrowNumbers } from './number-section.ts';
import type { NumberArray } from './number-section.ts';
import type { BlockPageCache } from './page-cache.ts';
import { newestPagesFirst } from './page-ranges.ts';
import type { PageRange } from './page-ranges.ts';
import { traceHash } from './trace-numbers.ts';

const CRC_BYTES = 4;
/** What texts of a decoded page take of memory for each byte they have on disk, about. */
const TEXT_FACTOR = 6;
/** Of a trace in the index of a page. */
const INDEXED_TRACE_BYTES = 48;

/** A value of a column: an entry of its dictionary, and the number that belongs to it. */
export interface DictionaryEntry {
  readonly bytes: Buffer;
  readonly kind: number;
}

/** What is kept of a page of rows beside its columns: the calls in it, or what writes its spans. */
interface DerivedPage {
  readonly kind: 'calls' | 'writer';
  readonly page: number;
}

/** The pages of one block, decoded when they are asked for. All methods throw BlockError. */
export class BlockPages {
  readonly footer: BlockFooter;
  /** Offsets of pages that cannot be read, each met at least once. */
  readonly damaged = new Set<number>();
  private readonly file: BlockFile;
  private readonly cache: BlockPageCache;
  /** By the counts they are sums of, as long as those are in the cache. */
  private readonly firsts = new WeakMap<NumberArray, Uint32Array>();

  /** As long as the traces they are of are in the cache. */
  private readonly indexes = new WeakMap<core.TracesPage, TraceIndex>();

  /** By column that was searched as it is written. */
  private readonly sound = new Map<ColumnInfo, Uint8Array>();

  private ranges: readonly PageRange[] | undefined;

  constructor(file: BlockFile, footer: BlockFooter, cache: BlockPageCache) {
    this.file = file;
    this.footer = footer;
    this.cache = cache;
  }

  get pageCount(): number {
    return this.footer.core[core.STARTS]?.length ?? 0;
  }

  /** By the newest span in each. */
  newestFirst(): readonly PageRange[] {
    return (this.ranges ??= newestPagesFirst(this.footer.pageStarts, this.pageCount));
  }

  rowCount(page: number): number {
    const { spanCount, rowsPerPage } = this.footer;
    return Math.min(rowsPerPage, spanCount - page * rowsPerPage);
  }

  traces(page: number): core.TracesPage {
    return this.core(core.TRACES, page, core.readTracesPage, tracesBytes);
  }

  /** Leads to the traces of a page. */
  traceIndex(page: number): TraceIndex {
    const traces = this.traces(page);
    const known = this.indexes.get(traces);
    if (known !== undefined) return known;
    const index = indexTraces(traces);
    this.indexes.set(traces, index);
    return index;
  }

  /** Two big-endian words a row. */
  spanIds(page: number): Uint32Array {
    return this.core(core.SPAN_IDS, page, readSpanIds);
  }

  parents(page: number): ParentsPage {
    return this.core(core.PARENTS, page, readParents);
  }

  /** Low word, high word a row. */
  starts(page: number): Uint32Array {
    return this.core(core.STARTS, page, readStarts);
  }

  /** Of one of the core pages that hold a number a row. */
  numbers(kind: number, page: number): NumberArray {
    const hasFirsts = kind === core.EVENT_COUNTS || kind === core.LINK_COUNTS;
    return this.core(kind, page, readRowNumbers, hasFirsts ? countsBytes : arrayBytes);
  }

  /** Where the events or links of each row start; one more than rows. */
  firstChildren(kind: number, page: number): Uint32Array {
    const counts = this.numbers(kind, page);
    const known = this.firsts.get(counts);
    if (known !== undefined) return known;
    const firsts = new Uint32Array(counts.length + 1);
    for (let row = 0; row < counts.length; row++) {
      firsts[row + 1] = (firsts[row] ?? 0) + (counts[row] ?? 0);
    }
    this.firsts.set(counts, firsts);
    return firsts;
  }

  /** Low word, high word an event. */
  eventTimes(page: number): Uint32Array {
    return this.core(core.EVENT_TIMES, page, readEventTimes);
  }

  /** Rows of the column's table in a page: spans, events or links. */
  tableRowCount(info: ColumnInfo, page: number): number {
    switch (info.table) {
      case 0:
        return this.rowCount(page);
      case 1:
        return sum(this.numbers(core.EVENT_COUNTS, page));
      case 2:
        return sum(this.numbers(core.LINK_COUNTS, page));
    }
  }

  /** undefined when no row of the page has a value. */
  column(info: ColumnInfo, page: number): ColumnPage | undefined {
    const ref = info.pages[page];
    if (ref === undefined || ref.length === 0) return undefined;
    return this.load(ref, (source) => readColumnPage(source, this.tableRowCount(info, page), info));
  }

  /**
   * A page of a column as it is written, for a search through many of them: not kept in the cache,
   * where it would take the place of pages that are asked for again. Good until the next one is read,
   * of whatever block; undefined when no row has a value. Its sum is computed when it is read first:
   * that takes longer than the search.
   */
  writtenColumn(info: ColumnInfo, page: number): ByteSource | undefined {
    const ref = info.pages[page];
    if (ref === undefined || ref.length === 0) return undefined;
    return this.attempt(ref, () => {
      const bytes = this.cache.ahead.page(this.file, info.pages, page);
      const sound = this.soundPages(info);
      if (sound[page] === 1) return new ByteSource(bytes.subarray(0, -CRC_BYTES));
      const source = new ByteSource(checkedPage(bytes));
      sound[page] = 1;
      return source;
    });
  }

  /** A 1 for each page of a column whose sum was right. */
  private soundPages(info: ColumnInfo): Uint8Array {
    let known = this.sound.get(info);
    if (known === undefined) {
      known = new Uint8Array(info.pages.length);
      this.sound.set(info, known);
    }
    return known;
  }

  /** Counts the page as damaged when `read` cannot read it. @throws BlockError */
  attempt<T>({ offset }: PageRef, read: () => T): T {
    try {
      return read();
    } catch (error) {
      this.damaged.add(offset);
      if (error instanceof BlockError) throw error;
      throw new BlockError('a page is damaged', { cause: error });
    }
  }

  dictionaryPage(ref: DictionaryPageRef): DictionaryPage {
    return this.load(ref, (source) => readDictionaryPage(source, ref.count));
  }

  entry(refs: readonly DictionaryPageRef[], code: number): DictionaryEntry {
    let rest = code;
    for (const ref of refs) {
      if (rest >= ref.count) {
        rest -= ref.count;
        continue;
      }
      const { bytes, starts, kinds } = this.dictionaryPage(ref);
      return { bytes: bytes.subarray(starts[rest], starts[rest + 1]), kind: kinds[rest] ?? 0 };
    }
    throw new BlockError(`a dictionary has no entry ${code}`);
  }

  /** What `make` makes of a page of rows, from the cache when it is there; one thing of each kind. */
  derived<T extends object>(
    { kind, page }: DerivedPage,
    make: () => T,
    bytesOf: (made: T) => number,
  ): T {
    // Pages of the file have offsets from 0 on.
    const key = -1 - (2 * page + (kind === 'writer' ? 1 : 0));
    const known = this.cache.get(key);
    if (known !== undefined) return known as T;
    const made = make();
    this.cache.set(key, made, bytesOf(made));
    return made;
  }

  /**
   * A page as what `parse` makes of it, from the cache when it is there; `bytesOf` tells what that
   * takes of memory.
   */
  load<T extends object>(
    ref: PageRef,
    parse: (source: ByteSource) => T,
    bytesOf: (page: T) => number = arrayBytes,
  ): T {
    return this.loadFor(0, ref, parse, bytesOf);
  }

  /** Forgets decoded pages of what every span has. */
  forgetRows(): void {
    for (const refs of this.footer.core) for (const { offset } of refs) this.cache.forget(offset);
  }

  close(): void {
    this.cache.clear();
    this.cache.ahead.forget(this.file);
    this.file.close();
  }

  /** Asked for trace by trace: no closure is made when the page is known. */
  private core<T extends object>(
    kind: number,
    page: number,
    parse: ParseRows<T>,
    bytesOf: (page: T) => number = arrayBytes,
  ): T {
    const ref = this.footer.core[kind]?.[page];
    if (ref === undefined) throw new BlockError(`a block has no page ${page}`);
    return this.loadFor(page, ref, parse, bytesOf);
  }

  /** `page` is handed to `parse`. */
  private loadFor<T extends object>(
    page: number,
    ref: PageRef,
    parse: ParseRows<T>,
    bytesOf: (page: T) => number,
  ): T {
    const known = this.cache.get(ref.offset);
    // What is kept for an offset was made by the same kind of parser: pages do not overlap.
    if (known !== undefined) return known as T;
    const made = this.parsePage(page, ref, parse);
    this.cache.set(ref.offset, made, bytesOf(made) || TEXT_FACTOR * ref.length);
    return made;
  }

  private parsePage<T extends object>(page: number, ref: PageRef, parse: ParseRows<T>): T {
    return this.attempt(ref, () => parse(new ByteSource(this.readPage(ref)), this, page));
  }

  private readPage({ offset, length }: PageRef): Buffer {
    if (length === 0) throw new BlockError('a page is empty');
    return checkedPage(this.file.read(offset, length));
  }
}

/** Makes what every span of a page has of the page as it is written. */
type ParseRows<T> = (source: ByteSource, pages: BlockPages, page: number) => T;

function readSpanIds(source: ByteSource, pages: BlockPages, page: number): Uint32Array {
  return core.readWords(source, 2 * pages.rowCount(page));
}

function readStarts(source: ByteSource, pages: BlockPages, page: number): Uint32Array {
  return core.readTimes(source, pages.rowCount(page), pages.traces(page).rowCounts);
}

function readRowNumbers(source: ByteSource, pages: BlockPages, page: number): NumberArray {
  return readNarrowNumbers(source, pages.rowCount(page));
}

function readEventTimes(source: ByteSource, pages: BlockPages, page: number): Uint32Array {
  const counts = pages.numbers(core.EVENT_COUNTS, page);
  const starts = pages.starts(page);
  const owners = new Uint32Array(2 * sum(counts));
  let next = 0;
  for (let row = 0; row < counts.length; row++) {
    for (let event = 0; event < (counts[row] ?? 0); event++) {
      owners[next++] = starts[2 * row] ?? 0;
      owners[next++] = starts[2 * row + 1] ?? 0;
    }
  }
  return core.readChildTimes(source, owners);
}

/** Of traces and their index. */
function tracesBytes(traces: core.TracesPage): number {
  return arrayBytes(traces) + INDEXED_TRACE_BYTES * traces.rowCounts.length;
}

/** Of counts and their sums. */
function countsBytes(counts: NumberArray): number {
  return counts.byteLength + Uint32Array.BYTES_PER_ELEMENT * counts.length;
}

/** Memory of the arrays that a page was decoded to; 0 when it was not to any. */
function arrayBytes(page: object): number {
  if (ArrayBuffer.isView(page)) return page.byteLength;
  return Object.values(page).reduce<number>(
    (bytes, value: unknown) => (ArrayBuffer.isView(value) ? bytes + value.byteLength : bytes),
    0,
  );
}

/** A page without its CRC-32. */
function checkedPage(page: Buffer): Buffer {
  const end = page.length - CRC_BYTES;
  const bytes = page.subarray(0, end);
  if (crc32(bytes) !== page.readUInt32LE(end)) throw new BlockError('a page is damaged');
  return bytes;
}

/** Where the traces of a page are. */
export interface TraceIndex {
  /** By hash: a trace that has it, and by that trace another one. */
  readonly first: ReadonlyMap<number, number>;
  readonly next: ReadonlyMap<number, number>;
  /** First row of each; one more than traces. */
  readonly starts: Uint32Array;
}

function indexTraces({ ids, rowCounts }: core.TracesPage): TraceIndex {
  const first = new Map<number, number>();
  const next = new Map<number, number>();
  const starts = new Uint32Array(rowCounts.length + 1);
  for (let trace = 0; trace < rowCounts.length; trace++) {
    const hash = traceHash(ids, 4 * trace);
    const other = first.get(hash);
    if (other !== undefined) next.set(trace, other);
    first.set(hash, trace);
    starts[trace + 1] = (starts[trace] ?? 0) + (rowCounts[trace] ?? 0);
  }
  return { first, next, starts };
}

/** See `NO_PARENT`, `OTHER_PARENT` and `PARENT_ROW`. */
export interface ParentsPage {
  readonly places: NumberArray;
  /** By row: where the words of another parent are in `others`. */
  readonly otherAt: Uint32Array;
  readonly others: Uint32Array;
}

function readParents(source: ByteSource, pages: BlockPages, page: number): ParentsPage {
  const count = pages.rowCount(page);
  const places = readNarrowNumbers(source, count);
  const otherAt = new Uint32Array(count);
  let others = 0;
  for (let row = 0; row < count; row++) {
    otherAt[row] = 2 * others;
    if (places[row] === core.OTHER_PARENT) others += 1;
  }
  return { places, otherAt, others: core.readWords(source, 2 * others) };
}

export function sum(numbers: NumberArray): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
