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
import type { BlockPages, ParentsPage } from './block-pages.ts';
import { columnValues } from './column-values.ts';
import type { ColumnValues } from './column-values.ts';
import * as core from './core-pages.ts';
import { STATUS_FIELD } from './span-shredder.ts';
import type { TraceRun } from './trace-rows.ts';
import { writeValue } from './value-text.ts';

const WORD = 2 ** 32;

/** Writes rows of one page as Span messages. */
export class SpanWriter {
  readonly page: number;
  private readonly pages: BlockPages;
  private readonly columns: ColumnValues[][] = [];
  private readonly spanIds: Uint32Array;
  private readonly starts: Uint32Array;
  private readonly durations: Float64Array;
  private readonly kinds: Float64Array;
  private readonly parents: ParentsPage;
  private readonly eventTimes: Uint32Array;
  /** Numbers of the resource and scope of each row. */
  readonly resources: Float64Array;
  readonly scopes: Float64Array;
  private readonly firstEvents: Uint32Array;
  private readonly firstLinks: Uint32Array;

  /** @throws BlockError when a page is damaged */
  constructor(pages: BlockPages, page: number) {
    this.pages = pages;
    this.page = page;
    this.spanIds = pages.spanIds(page);
    this.starts = pages.starts(page);
    this.durations = pages.numbers(core.DURATIONS, page);
    this.kinds = pages.numbers(core.KINDS, page);
    this.parents = pages.parents(page);
    this.resources = pages.numbers(core.RESOURCES, page);
    this.scopes = pages.numbers(core.SCOPES, page);
    this.firstEvents = pages.firstChildren(core.EVENT_COUNTS, page);
    this.firstLinks = pages.firstChildren(core.LINK_COUNTS, page);
    const hasEvents = (this.firstEvents.at(-1) ?? 0) > 0;
    this.eventTimes = hasEvents ? pages.eventTimes(page) : new Uint32Array(0);
  }

  /** @throws BlockError when a page is damaged */
  span(run: TraceRun, row: number): Uint8Array {
    const writer = new ProtobufWriter(1024);
    writer.words(1, run.traceId);
    writer.words(2, this.spanIds.subarray(2 * row, 2 * row + 2));
    const parent = this.parent(run, row);
    if (parent !== undefined) writer.words(4, parent);
    const kinds = this.kinds[row] ?? 0;
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

  private parent(run: TraceRun, row: number): Uint32Array | undefined {
    const place = this.parents.places[row] ?? core.NO_PARENT;
    if (place === core.NO_PARENT) return undefined;
    const here = run.firstRow + place - core.PARENT_ROW - this.page * this.pages.footer.rowsPerPage;
    if (place >= core.PARENT_ROW && here >= 0 && 2 * here < this.spanIds.length) {
      return this.spanIds.subarray(2 * here, 2 * here + 2);
    }
    return parentWords(this.pages, run, row);
  }

  private times(writer: ProtobufWriter, row: number): void {
    const low = this.starts[2 * row] ?? 0;
    const high = this.starts[2 * row + 1] ?? 0;
    const duration = this.durations[row] ?? 0;
    if (low > 0 || high > 0) writer.fixed64Halves(7, low, high);
    // The end is kept whole beside a duration that is not exact.
    if (!Number.isSafeInteger(duration)) return;
    const sum = low + (duration % WORD);
    const endLow = ((sum % WORD) + WORD) % WORD;
    const endHigh = high + Math.trunc(duration / WORD) + Math.floor(sum / WORD);
    if (endLow > 0 || endHigh > 0) writer.fixed64Halves(8, endLow, endHigh);
  }

  private children(writer: ProtobufWriter, row: number): void {
    const { eventTimes: times, firstEvents, firstLinks } = this;
    for (let event = firstEvents[row] ?? 0; event < (firstEvents[row + 1] ?? 0); event++) {
      const message = writer.beginMessage(11);
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
    for (const column of this.columnsOf(table)) {
      const value = column.at(row);
      if (value !== undefined) visit(column.info, value);
    }
  }

  /** Most traces have no events or links: then their columns are never read. */
  private columnsOf(table: TableNumber): readonly ColumnValues[] {
    const known = this.columns[table];
    if (known !== undefined) return known;
    const columns = this.pages.footer.columns
      .filter((info) => info.table === table)
      .flatMap((info) => columnValues(this.pages, info, this.page) ?? []);
    this.columns[table] = columns;
    return columns;
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

/** Puts the ids of the parents of a run's rows behind each other; zeros for a root. @throws BlockError */
export function copyParentIds(pages: BlockPages, run: TraceRun, to: Uint32Array): void {
  const { rowsPerPage } = pages.footer;
  const { places, otherAt, others } = pages.parents(run.page);
  let page = run.page;
  let ids = pages.spanIds(page);
  for (let row = run.start; row < run.end; row++) {
    const place = places[row] ?? core.NO_PARENT;
    if (place === core.NO_PARENT) continue;
    let from = others;
    let at = otherAt[row] ?? 0;
    if (place !== core.OTHER_PARENT) {
      const parentRow = run.firstRow + place - core.PARENT_ROW;
      const parentPage = Math.floor(parentRow / rowsPerPage);
      if (parentPage !== page) ids = pages.spanIds(parentPage);
      page = parentPage;
      from = ids;
      at = 2 * (parentRow % rowsPerPage);
    }
    to[2 * (row - run.start)] = from[at] ?? 0;
    to[2 * (row - run.start) + 1] = from[at + 1] ?? 0;
  }
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
