import { Buffer } from 'node:buffer';
import type { SpanScan } from '../../../wire/span-scan.ts';
import { afterField, afterVarint, varintAt } from './attribute-place.ts';
import { writeBlock } from './block-writer.ts';
import type { BlockRows, BuiltBlock } from './block-writer.ts';
import { byteWords } from './bytes-table.ts';
import type { ByteWords } from './bytes-table.ts';
import { GroupTable } from './group-table.ts';
import type { CompressionLevel } from './page-compression.ts';
import { PageWriter } from './page-writer.ts';
import { SpanShredder } from './span-shredder.ts';
import { copyScanned, createSpanRows, growSpanRows } from './span-rows.ts';
import { TraceNumbers } from './trace-numbers.ts';

/**
 * A block: the spans of some time in columns, as one immutable file.
 *
 * ```
 * magic
 * core pages      traces · span ids · parents · starts · durations · kinds · resources · scopes
 *                 · counts of events and links · event times             one page per 4,096 spans
 * columns         per table (spans, events, links), field or attribute key, and value type:
 *                 pages of codes (and numbers), cut at the same spans, then the dictionary's pages
 * resources       dictionary of distinct messages and schema URLs; scopes likewise
 * names           services, operations, which resource is which service
 * trace lookup    sorted hashes of trace ids → page
 * bloom           key=value of every attribute at every level
 * calls           who calls whom how often, by page
 * footer          where all that is, counts, ranges of times; compressed
 * tail            footer's length and CRC, format version, magic
 * ```
 *
 * Rows stand in trace order: traces by their first start, spans of a trace by start. Every page has a
 * CRC of its own. `docs/adr/0007` says why.
 */
export interface BlockBuilder {
  readonly spanCount: number;
  /** Takes all spans of a message; the bytes are not needed afterwards. */
  add(otlp: Uint8Array, scan: SpanScan): void;
  /** The same of spans whose traces have numbers already; a block has spans of one way only. */
  addNumbered(otlp: Uint8Array, scan: NumberedScan, traces: NumberedTraces): void;
  /** The bytes of the block's file, until the next one. Nothing can be added then before `clear`. */
  finish(level: CompressionLevel): BuiltBlock;
  /** Forgets all spans, and keeps the memory for those of another block. */
  clear(): void;
}

export type NumberedScan = Omit<SpanScan, 'traceIds' | 'asciiTexts'>;

export interface NumberedTraces {
  /** Of each span, from 0 on. */
  readonly numbers: ArrayLike<number>;
  /** Four words a trace, by number: those of all spans that are added. */
  readonly ids: Uint32Array;
}

export interface BlockLimits {
  /** Spans to make room for; more are taken. */
  readonly spansExpected?: number;
  /** Columns a table may have; further keys are kept as bytes, and searched more slowly. */
  readonly columnsMax?: number;
  readonly rowsPerPage?: number;
}

const SPANS_EXPECTED = 65_536;
export const COLUMNS_MAX = 1024;
export const ROWS_PER_PAGE = 4096;
/** Their bytes are still in the processor's cache when the values of their columns are read. */
const SPANS_A_TURN = 512;
/** Durations are whole doubles below this. */
const EXACT_MAX = 2 ** 53;
const END_TAG = (8 << 3) | 1;
const END_BYTES = 9;

export function createBlockBuilder(limits: BlockLimits = {}): BlockBuilder {
  return new Builder(limits);
}

class Builder implements BlockBuilder, BlockRows {
  spanCount = 0;
  readonly rowsPerPage: number;
  private readonly seed = Math.trunc(Math.random() * 2 ** 32);
  readonly traces = new TraceNumbers(this.seed);
  readonly resources = new GroupTable(this.seed);
  readonly scopes = new GroupTable(this.seed);
  readonly shredder: SpanShredder;
  readonly services: string[] = [];
  private readonly serviceNumbers = new Map<string, number>();
  readonly serviceOfResource: number[] = [];
  private capacity: number;
  private readonly writer = new PageWriter();
  rows;

  constructor(limits: BlockLimits) {
    this.rowsPerPage = limits.rowsPerPage ?? ROWS_PER_PAGE;
    this.capacity = limits.spansExpected ?? SPANS_EXPECTED;
    this.rows = createSpanRows(this.capacity);
    this.shredder = new SpanShredder(limits.columnsMax ?? COLUMNS_MAX, this.seed);
  }

  add(otlp: Uint8Array, scan: SpanScan): void {
    const firstRow = this.addSpans(otlp, scan);
    const { traces } = this.rows;
    for (let index = 0; index < scan.count; index++) {
      traces[firstRow + index] = this.traces.numberOf(scan.traceIds, 4 * index);
    }
  }

  addNumbered(otlp: Uint8Array, scan: NumberedScan, { numbers, ids }: NumberedTraces): void {
    const firstRow = this.addSpans(otlp, scan);
    copyNumbers(this.rows.traces.subarray(firstRow, firstRow + scan.count), numbers);
    this.traces.take(ids);
  }

  /** Returns the row of the first. */
  private addSpans(otlp: Uint8Array, scan: NumberedScan): number {
    const firstRow = this.spanCount;
    while (firstRow + scan.count > this.capacity) {
      this.capacity *= 2;
      this.rows = growSpanRows(this.rows, this.capacity);
    }
    const source = byteWords(otlp);
    copyScanned(this.rows, firstRow, scan);
    const { resources, scopes } = this.rows;
    const end = firstRow + scan.count;
    putNumbers(
      resources.subarray(firstRow, end),
      this.resourcesOf(source, scan),
      scan.resourceRows,
    );
    putNumbers(scopes.subarray(firstRow, end), this.scopesOf(source, scan), scan.scopeRows);
    this.addEach(source, scan);
    this.spanCount += scan.count;
    return firstRow;
  }

  private addEach(source: ByteWords, { count, spanStarts, spanEnds }: NumberedScan): void {
    const firstRow = this.spanCount;
    for (let index = 0; index < count; index++) {
      this.addSpan(firstRow + index, source, spanStarts[index] ?? 0, spanEnds[index] ?? 0);
      if ((index + 1) % SPANS_A_TURN === 0) this.shredder.takePlaced(source);
    }
    this.shredder.takePlaced(source);
  }

  clear(): void {
    this.spanCount = 0;
    this.traces.clear();
    this.resources.clear();
    this.scopes.clear();
    this.shredder.clear();
    this.services.length = 0;
    this.serviceNumbers.clear();
    this.serviceOfResource.length = 0;
  }

  finish(level: CompressionLevel): BuiltBlock {
    return writeBlock(this, level, this.writer);
  }

  private addSpan(row: number, source: ByteWords, start: number, end: number): void {
    const { rows, shredder } = this;
    const firstEvent = shredder.eventOwners.length;
    const firstLink = shredder.linkOwners.length;
    shredder.span(row, source, start, end);
    rows.firstEvents[row] = firstEvent;
    rows.eventCounts[row] = shredder.eventOwners.length - firstEvent;
    rows.firstLinks[row] = firstLink;
    rows.linkCounts[row] = shredder.linkOwners.length - firstLink;
    const duration = rows.durations[row] ?? 0;
    // Such a duration is rounded, so the end is kept beside it.
    if (Math.abs(duration) >= EXACT_MAX) shredder.keep(row, endField(source.bytes, start, end));
  }

  private resourcesOf({ bytes }: ByteWords, { resources }: NumberedScan): Uint32Array {
    const numbers = new Uint32Array(resources.count);
    for (let row = 0; row < resources.count; row++) {
      const number = this.resources.numberOf(bytes, {
        start: resources.starts[row] ?? 0,
        end: resources.ends[row] ?? 0,
        schemaStart: resources.schemaUrlStarts[row] ?? 0,
        schemaEnd: resources.schemaUrlEnds[row] ?? 0,
      });
      const { serviceNameStarts, serviceNameEnds } = resources;
      numbers[row] = number;
      this.serviceOfResource[number] ??= this.serviceNumber(
        bytes.toString('utf8', serviceNameStarts[row], serviceNameEnds[row]),
      );
    }
    return numbers;
  }

  private scopesOf({ bytes }: ByteWords, { scopes }: NumberedScan): Uint32Array {
    const numbers = new Uint32Array(scopes.count);
    for (let row = 0; row < scopes.count; row++) {
      numbers[row] = this.scopes.numberOf(bytes, {
        start: scopes.starts[row] ?? 0,
        end: scopes.ends[row] ?? 0,
        schemaStart: scopes.schemaUrlStarts[row] ?? 0,
        schemaEnd: scopes.schemaUrlEnds[row] ?? 0,
      });
    }
    return numbers;
  }

  private serviceNumber(name: string): number {
    const known = this.serviceNumbers.get(name);
    if (known !== undefined) return known;
    const number = this.services.push(name) - 1;
    this.serviceNumbers.set(name, number);
    return number;
  }
}

function copyNumbers(target: Uint32Array, numbers: ArrayLike<number>): void {
  for (let row = 0; row < target.length; row++) target[row] = numbers[row] ?? 0;
}

/** Writes the number of each row's group. */
function putNumbers(target: Uint32Array, numbers: Uint32Array, groups: Uint32Array): void {
  for (let row = 0; row < target.length; row++) target[row] = numbers[groups[row] ?? 0] ?? 0;
}

/** The last end time in the Span message [start, end), as a whole field; 0 when there is none. */
function endField(bytes: Buffer, start: number, end: number): Buffer {
  const field = Buffer.alloc(END_BYTES);
  field[0] = END_TAG;
  for (let at = start; at < end;) {
    const tag = varintAt(bytes, at);
    const next = afterField(bytes, afterVarint(bytes, at), tag);
    if (tag === END_TAG) bytes.copy(field, 0, at, next);
    at = next;
  }
  return field;
}
