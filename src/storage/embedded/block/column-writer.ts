import type { ColumnInfo, DictionaryPageRef, PageRef } from './block-format.ts';
import type { ColumnBuilder } from './column-builder.ts';
import { writeColumnPage } from './column-page.ts';
import type { PageValues } from './column-page.ts';
import { entriesOfPage, writeDictionaryPage } from './dictionary-page.ts';
import type { CompressionLevel } from './page-compression.ts';
import type { PageWriter } from './page-writer.ts';

/** Rows of a table in the order of the block, and where its pages start. */
export interface TableOrder {
  /** Old row by new row. */
  readonly rows: Uint32Array;
  /** First new row of each page; one more than pages. */
  readonly pageStarts: Uint32Array;
  /** Old rows there are, left out ones included. */
  readonly oldCount: number;
}

/** Codes of a column with more entries than this, and than a quarter of its values, are fresh. */
const COMMON_ENTRIES_MAX = 256;
const NONE = 0;

/** Writes columns of one table. */
export class ColumnWriter {
  private readonly writer: PageWriter;
  private readonly order: TableOrder;
  private readonly level: CompressionLevel;
  /** Place of a value in the column plus one, by old row. */
  private readonly places: Uint32Array;
  private readonly values: Omit<PageValues, 'rowCount' | 'count'>;
  /** Places of the values of a page in their column. */
  private readonly found: Uint32Array;

  constructor(writer: PageWriter, order: TableOrder, level: CompressionLevel) {
    this.writer = writer;
    this.order = order;
    this.level = level;
    this.places = new Uint32Array(order.oldCount);
    const rows = largestPage(order.pageStarts);
    this.found = new Uint32Array(rows);
    this.values = {
      positions: new Uint32Array(rows),
      codes: new Uint32Array(rows),
      numbers: new Float64Array(rows),
    };
  }

  write(column: ColumnBuilder): ColumnInfo {
    const { places, order } = this;
    // In a column that every row has a value of, places are rows.
    if (column.count < order.oldCount) {
      places.fill(NONE);
      for (let at = 0; at < column.count; at++) places[column.rows[at] ?? 0] = at + 1;
    }
    const isSplit = column.numbers !== undefined;
    const isFresh =
      column.entries.count > COMMON_ENTRIES_MAX && column.entries.count * 4 > column.count;
    const entries = new EntryOrder(column.entries.count, isFresh);
    const pages: PageRef[] = [];
    for (let page = 0; page + 1 < order.pageStarts.length; page++) {
      const firstFresh = isFresh ? entries.used : undefined;
      const values = this.collect(column, page, entries);
      pages.push(
        this.writer.page((sink) => {
          if (values.count > 0) writeColumnPage(sink, values, { isSplit, firstFresh }, this.level);
        }),
      );
    }
    const dictionary = this.writeDictionary(column, entries.inOrder());
    return { ...column.name, isSplit, isFresh, pages, dictionary };
  }

  private collect(column: ColumnBuilder, page: number, entries: EntryOrder): PageValues {
    const { rows: order, pageStarts, oldCount } = this.order;
    const rows = order.subarray(pageStarts[page], pageStarts[page + 1]);
    const isDense = column.count === oldCount;
    const { positions, codes, numbers } = this.values;
    const count = isDense ? rows.length : findPlaces(rows, this.places, positions, this.found);
    const found = isDense ? rows : this.found.subarray(0, count);
    entries.codesOf(column.codes, found, codes);
    if (column.numbers !== undefined) gather(column.numbers, found, numbers);
    return { ...this.values, rowCount: rows.length, count };
  }

  private writeDictionary(column: ColumnBuilder, order: Uint32Array): DictionaryPageRef[] {
    const { starts } = column.entries;
    const lengths = order.map((entry) => (starts[entry + 1] ?? 0) - (starts[entry] ?? 0));
    const pages: DictionaryPageRef[] = [];
    for (let first = 0; first < order.length;) {
      const count = entriesOfPage(lengths, first);
      const part = order.subarray(first, first + count);
      const page = this.writer.page((sink) => {
        writeDictionaryPage(sink, column.entries, part, this.level);
      });
      pages.push({ ...page, count });
      first += count;
    }
    return pages;
  }
}

/** Numbers entries by their first use, so that neighbours in rows are neighbours in the dictionary. */
class EntryOrder {
  used = 0;
  private readonly isFresh: boolean;
  /** New number plus one. */
  private readonly numbers: Uint32Array;
  private readonly order: Uint32Array;

  constructor(count: number, isFresh: boolean) {
    this.isFresh = isFresh;
    this.numbers = new Uint32Array(count);
    this.order = new Uint32Array(count);
  }

  /** Writes the codes of the values in these places of a column. */
  codesOf(column: Uint32Array, places: Uint32Array, codes: Uint32Array): void {
    const { numbers, order } = this;
    const first = this.isFresh ? 0 : 1;
    let { used } = this;
    for (let at = 0; at < places.length; at++) {
      const entry = column[places[at] ?? 0] ?? 0;
      const number = numbers[entry] ?? NONE;
      if (number === NONE) {
        order[used] = entry;
        used += 1;
        numbers[entry] = used;
        codes[at] = this.isFresh ? 0 : used - 1;
      } else {
        codes[at] = number - first;
      }
    }
    this.used = used;
  }

  inOrder(): Uint32Array {
    return this.order.subarray(0, this.used);
  }
}

function largestPage(pageStarts: Uint32Array): number {
  let largest = 0;
  for (let page = 0; page + 1 < pageStarts.length; page++) {
    largest = Math.max(largest, (pageStarts[page + 1] ?? 0) - (pageStarts[page] ?? 0));
  }
  return largest;
}

/** Finds the rows that have a value: their places in the page, and in the column. Returns how many. */
function findPlaces(
  rows: Uint32Array,
  places: Uint32Array,
  positions: Uint32Array,
  found: Uint32Array,
): number {
  let count = 0;
  for (let position = 0; position < rows.length; position++) {
    const place = places[rows[position] ?? 0] ?? NONE;
    if (place === NONE) continue;
    positions[count] = position;
    found[count] = place - 1;
    count += 1;
  }
  return count;
}

function gather(column: Float64Array, places: Uint32Array, numbers: Float64Array): void {
  for (let at = 0; at < places.length; at++) numbers[at] = column[places[at] ?? 0] ?? 0;
}
