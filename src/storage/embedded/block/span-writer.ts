import { Buffer } from 'node:buffer';
import { ProtobufWriter } from '../../../wire/protobuf/writer.ts';
import {
  ATTRIBUTE_FIELDS,
  BOOL,
  EVENTS,
  FIELDS,
  FIXED32,
  INT,
  LINKS,
  SPANS,
} from './block-format.ts';
import type { ColumnInfo, TableNumber } from './block-format.ts';
import type { BlockPages } from './block-pages.ts';
import type { ColumnPage } from './column-page.ts';
import { ABSENT } from './column-page.ts';
import * as core from './core-pages.ts';
import { NUMBER_BYTES_MAX, PLAIN, joinValue } from './split-value.ts';
import { STATUS_FIELD } from './span-shredder.ts';
import type { TraceRun } from './trace-rows.ts';
import { traceIdWords } from './trace-rows.ts';
import { writeValue } from './value-text.ts';

const WORD = 2 ** 32;

/** Writes the rows of one run as Span messages. */
export class SpanWriter {
  private readonly pages: BlockPages;
  private readonly run: TraceRun;
  private readonly traceId: Uint32Array;
  private readonly columns: readonly (readonly [ColumnInfo, ColumnPage])[][];
  private readonly firstEvents: Uint32Array;
  private readonly firstLinks: Uint32Array;

  /** @throws BlockError when a page is damaged */
  constructor(pages: BlockPages, run: TraceRun, traceId: string) {
    this.pages = pages;
    this.run = run;
    this.traceId = traceIdWords(traceId);
    this.firstEvents = firstChildren(pages.numbers(core.EVENT_COUNTS, run.page));
    this.firstLinks = firstChildren(pages.numbers(core.LINK_COUNTS, run.page));
    this.columns = [SPANS, EVENTS, LINKS].map((table) => {
      // Most traces have no events or links: then their columns need not be read.
      if (table === EVENTS && !this.hasChildren(this.firstEvents)) return [];
      if (table === LINKS && !this.hasChildren(this.firstLinks)) return [];
      return pages.footer.columns
        .filter((info) => info.table === table)
        .flatMap((info) => {
          const page = pages.column(info, run.page);
          return page === undefined ? [] : [[info, page] as const];
        });
    });
  }

  /** @throws BlockError when a page is damaged */
  span(row: number): Uint8Array {
    const { pages, run } = this;
    const { page } = run;
    const writer = new ProtobufWriter(1024);
    const ids = pages.spanIds(page);
    writer.words(1, this.traceId);
    writer.words(2, ids.subarray(2 * row, 2 * row + 2));
    const parent = parentWords(pages, run, row);
    if (parent !== undefined) writer.words(4, parent);
    const kinds = pages.numbers(core.KINDS, page)[row] ?? 0;
    if (kinds % 8 > 0) writer.uint32(6, kinds % 8);
    this.times(writer, row);
    let message: Buffer | undefined;
    this.eachValue(SPANS, row, (info, value) => {
      if (info.field === STATUS_FIELD) message = value;
      else if (info.type !== FIELDS) writeField(writer, info, value);
    });
    this.children(writer, row);
    const code = Math.floor(kinds / 8);
    if (message !== undefined || code > 0) {
      const status = writer.beginMessage(STATUS_FIELD);
      if (message !== undefined) writer.bytes(2, message);
      if (code > 0) writer.uint32(3, code);
      writer.endMessage(status);
    }
    this.rest(writer, SPANS, row);
    return writer.finish();
  }

  private hasChildren(firsts: Uint32Array): boolean {
    return firsts[this.run.end] !== firsts[this.run.start];
  }

  private times(writer: ProtobufWriter, row: number): void {
    const { pages, run } = this;
    const starts = pages.starts(run.page);
    const low = starts[2 * row] ?? 0;
    const high = starts[2 * row + 1] ?? 0;
    const duration = pages.numbers(core.DURATIONS, run.page)[row] ?? 0;
    if (low > 0 || high > 0) writer.fixed64Halves(7, low, high);
    // The end is kept whole beside a duration that is not exact.
    if (!Number.isSafeInteger(duration)) return;
    const sum = low + (duration % WORD);
    const endLow = ((sum % WORD) + WORD) % WORD;
    const endHigh = high + Math.trunc(duration / WORD) + Math.floor(sum / WORD);
    if (endLow > 0 || endHigh > 0) writer.fixed64Halves(8, endLow, endHigh);
  }

  private children(writer: ProtobufWriter, row: number): void {
    const { page } = this.run;
    const { firstEvents, firstLinks } = this;
    for (let event = firstEvents[row] ?? 0; event < (firstEvents[row + 1] ?? 0); event++) {
      const message = writer.beginMessage(11);
      const times = this.pages.eventTimes(page);
      const low = times[2 * event] ?? 0;
      const high = times[2 * event + 1] ?? 0;
      if (low > 0 || high > 0) writer.fixed64Halves(1, low, high);
      this.fields(writer, EVENTS, event);
      writer.endMessage(message);
    }
    for (let link = firstLinks[row] ?? 0; link < (firstLinks[row + 1] ?? 0); link++) {
      const message = writer.beginMessage(13);
      this.fields(writer, LINKS, link);
      writer.endMessage(message);
    }
  }

  private fields(writer: ProtobufWriter, table: TableNumber, row: number): void {
    this.eachValue(table, row, (info, value) => {
      if (info.type !== FIELDS) writeField(writer, info, value);
    });
    this.rest(writer, table, row);
  }

  /** Behind all else, because of a field that comes twice the last one counts. */
  private rest(writer: ProtobufWriter, table: TableNumber, row: number): void {
    this.eachValue(table, row, (info, value) => {
      if (info.type === FIELDS) writer.raw(value);
    });
  }

  private eachValue(
    table: TableNumber,
    row: number,
    visit: (info: ColumnInfo, value: Buffer) => void,
  ): void {
    for (const [info, page] of this.columns[table] ?? []) {
      const value = columnValue(this.pages, info, page, row);
      if (value !== undefined) visit(info, value);
    }
  }
}

/** The two words of the parent's id of a row of a run; undefined for a root. */
export function parentWords(
  pages: BlockPages,
  run: TraceRun,
  row: number,
): Uint32Array | undefined {
  const { places, otherAt, others } = pages.parents(run.page);
  const place = places[row] ?? core.NO_PARENT;
  if (place === core.NO_PARENT) return undefined;
  if (place === core.OTHER_PARENT) {
    const at = otherAt[row] ?? 0;
    return others.subarray(at, at + 2);
  }
  const parentRow = run.firstRow + place - core.PARENT_ROW;
  const { rowsPerPage } = pages.footer;
  const at = 2 * (parentRow % rowsPerPage);
  return pages.spanIds(Math.floor(parentRow / rowsPerPage)).subarray(at, at + 2);
}

/** The bytes of a column's value in a row of a page; undefined when it has none. */
export function columnValue(
  pages: BlockPages,
  info: ColumnInfo,
  page: ColumnPage,
  row: number,
): Buffer | undefined {
  const code = page.codes[row] ?? ABSENT;
  if (code === ABSENT) return undefined;
  const { bytes, kind } = pages.entry(info.dictionary, code);
  if (kind === PLAIN) return bytes;
  const value = Buffer.alloc(bytes.length + NUMBER_BYTES_MAX);
  const end = joinValue(value, 0, bytes, { kind, number: page.numbers?.[row] ?? 0 });
  return value.subarray(0, end);
}

function writeField(writer: ProtobufWriter, info: ColumnInfo, value: Buffer): void {
  const { field, type } = info;
  if (field === ATTRIBUTE_FIELDS[info.table]) {
    const attribute = writer.beginMessage(field);
    writer.bytes(1, info.key);
    writeValue(writer, type, value);
    writer.endMessage(attribute);
  } else if (type === INT || type === BOOL) {
    writer.raw(tagBytes(field, 0));
    writer.raw(value);
  } else if (type === FIXED32) {
    writer.raw(tagBytes(field, 5));
    writer.raw(value);
  } else {
    writer.bytes(field, value);
  }
}

function tagBytes(field: number, wireType: number): Buffer {
  const tag = (field << 3) | wireType;
  return tag < 0x80 ? Buffer.of(tag) : Buffer.of((tag & 0x7f) | 0x80, tag >>> 7);
}

/** Where the children of each row start; one more than rows. */
export function firstChildren(counts: Float64Array): Uint32Array {
  const firsts = new Uint32Array(counts.length + 1);
  for (let row = 0; row < counts.length; row++) {
    firsts[row + 1] = (firsts[row] ?? 0) + (counts[row] ?? 0);
  }
  return firsts;
}
