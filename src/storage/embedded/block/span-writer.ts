import type { ProtobufWriter } from '../../../wire/protobuf/writer.ts';
import { readable } from './attribute-search.ts';
import { EVENTS, LINKS, SPANS } from './block-format.ts';
import type { TableNumber } from './block-format.ts';
import type { BlockPages, ParentsPage } from './block-pages.ts';
import { columnValues } from './column-values.ts';
import type { ColumnValues } from './column-values.ts';
import * as core from './core-pages.ts';
import { FieldWriter, isOfFields } from './field-writer.ts';
import type { NumberArray } from './number-section.ts';
import { STATUS_FIELD } from './span-shredder.ts';
import type { TraceRun } from './trace-rows.ts';

const WORD = 2 ** 32;
const ID_BYTES = 8;
const PARENT_FIELD = 4;

/** Memory of a value of a column: its code, and in some columns a number. */
const VALUE_BYTES = 4;

/** Writes rows of one page as Span messages. */
export class SpanWriter {
  readonly page: number;
  private readonly pages: BlockPages;
  private readonly tables: TableFields[] = [];
  /** Of statuses. */
  private messages: ColumnValues | undefined;
  private readonly spanIds: Uint32Array;
  private readonly starts: Uint32Array;
  private readonly durations: NumberArray;
  private readonly kinds: NumberArray;
  private readonly parents: ParentsPage;
  /** The page that the last parent stands in, and its ids. */
  private parentPage: number;
  private parentIds: Uint32Array;
  private readonly eventTimes: Uint32Array;
  /** Numbers of the resource and scope of each row. */
  readonly resources: NumberArray;
  readonly scopes: NumberArray;
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
    this.parentPage = page;
    this.parentIds = this.spanIds;
    this.resources = pages.numbers(core.RESOURCES, page);
    this.scopes = pages.numbers(core.SCOPES, page);
    this.firstEvents = pages.firstChildren(core.EVENT_COUNTS, page);
    this.firstLinks = pages.firstChildren(core.LINK_COUNTS, page);
    const hasEvents = (this.firstEvents.at(-1) ?? 0) > 0;
    this.eventTimes = hasEvents ? pages.eventTimes(page) : new Uint32Array(0);
  }

  /** Memory of the decoded pages that it keeps, about. */
  get bytes(): number {
    const { columns, core: ofAll } = this.pages.footer;
    return VALUE_BYTES * this.resources.length * (columns.length + ofAll.length);
  }

  /** Writes the fields of a Span message. @throws BlockError when a page is damaged */
  write(writer: ProtobufWriter, run: TraceRun, row: number): void {
    writer.words(1, run.traceId);
    writeId(writer, 2, this.spanIds, 2 * row);
    this.parent(writer, run, row);
    const kinds = this.kinds[row] ?? 0;
    if (kinds % 8 > 0) writer.uint32(6, kinds % 8);
    this.times(writer, row);
    const { fields, rest } = this.tableOf(SPANS);
    for (const field of fields) field.write(writer, row);
    this.children(writer, row);
    this.status(writer, row, Math.floor(kinds / 8));
    // Behind all else, because of a field that comes twice the last one counts.
    for (const field of rest) field.write(writer, row);
  }

  private status(writer: ProtobufWriter, row: number, code: number): void {
    const message = this.messages?.at(row);
    if (message === undefined && code === 0) return;
    const status = writer.beginMessage(STATUS_FIELD);
    if (message !== undefined) writer.bytes(2, message);
    if (code > 0) writer.uint32(3, code);
    writer.endMessage(status);
  }

  private parent(writer: ProtobufWriter, run: TraceRun, row: number): void {
    const { otherAt, others, places } = this.parents;
    const place = places[row] ?? core.NO_PARENT;
    if (place === core.NO_PARENT) return;
    if (place === core.OTHER_PARENT) {
      writeId(writer, PARENT_FIELD, others, otherAt[row] ?? 0);
      return;
    }
    const { rowsPerPage } = this.pages.footer;
    const parentRow = run.firstRow + place - core.PARENT_ROW;
    const page = Math.floor(parentRow / rowsPerPage);
    // Parents come before their children: few pages have those of a page.
    if (page !== this.parentPage) this.parentIds = this.pages.spanIds(page);
    this.parentPage = page;
    writeId(writer, PARENT_FIELD, this.parentIds, 2 * (parentRow % rowsPerPage));
  }

  private times(writer: ProtobufWriter, row: number): void {
    const low = this.starts[2 * row] ?? 0;
    const high = this.starts[2 * row + 1] ?? 0;
    const duration = this.durations[row] ?? 0;
    if (low > 0 || high > 0) writer.fixed64Halves(7, low, high);
    // The end is kept whole beside a duration that is not exact.
    if (!Number.isSafeInteger(duration)) return;
    if (duration >= 0 && low + duration < WORD) {
      if (low + duration > 0 || high > 0) writer.fixed64Halves(8, low + duration, high);
      return;
    }
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
    const { fields, rest } = this.tableOf(table);
    for (const field of fields) field.write(writer, row);
    for (const field of rest) field.write(writer, row);
  }

  /** Most traces have no events or links: then their columns are never read. */
  private tableOf(table: TableNumber): TableFields {
    const known = this.tables[table];
    if (known !== undefined) return known;
    const all = this.pages.footer.columns
      .filter((info) => info.table === table)
      .flatMap((info) => columnValues(this.pages, info, this.page) ?? [])
      .map((values) => new FieldWriter(values));
    const isStatus = ({ info }: FieldWriter): boolean =>
      table === SPANS && info.field === STATUS_FIELD;
    if (table === SPANS) this.messages = all.find(isStatus)?.values;
    const found: TableFields = {
      fields: all.filter((field) => !isOfFields(field) && !isStatus(field)),
      rest: all.filter(isOfFields),
    };
    this.tables[table] = found;
    return found;
  }
}

/** Columns of a table in a page. */
interface TableFields {
  readonly fields: readonly FieldWriter[];
  /** Whole fields, which count more than what other columns say. */
  readonly rest: readonly FieldWriter[];
}

/** The two words of an id. */
function writeId(writer: ProtobufWriter, field: number, words: Uint32Array, at: number): void {
  writer.lengthPrefix(field, ID_BYTES);
  const view = writer.claim(ID_BYTES);
  view.setUint32(writer.position, words[at] ?? 0);
  view.setUint32(writer.position + 4, words[at + 1] ?? 0);
  writer.position += ID_BYTES;
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

/**
 * Puts the ids of the parents of a run's rows behind each other, from a row of `to` on; zeros for a
 * root, and where the page that has the parent is damaged. @throws BlockError for the run's own page
 */
export function copyParentIds(
  pages: BlockPages,
  run: TraceRun,
  to: Uint32Array,
  firstRow = 0,
): void {
  const { rowsPerPage } = pages.footer;
  const { places, otherAt, others } = pages.parents(run.page);
  let page = run.page;
  let ids: Uint32Array | undefined = pages.spanIds(page);
  let next = 2 * firstRow;
  for (let row = run.start; row < run.end; row++) {
    const place = places[row] ?? core.NO_PARENT;
    let from: Uint32Array | undefined;
    let at = 0;
    if (place === core.OTHER_PARENT) {
      from = others;
      at = otherAt[row] ?? 0;
    } else if (place !== core.NO_PARENT) {
      const parentRow = run.firstRow + place - core.PARENT_ROW;
      const parentPage = Math.floor(parentRow / rowsPerPage);
      if (parentPage !== page) ids = readableIds(pages, parentPage);
      page = parentPage;
      from = ids;
      at = 2 * (parentRow % rowsPerPage);
    }
    to[next++] = from?.[at] ?? 0;
    to[next++] = from?.[at + 1] ?? 0;
  }
}

function readableIds(pages: BlockPages, page: number): Uint32Array | undefined {
  return readable(() => pages.spanIds(page));
}
