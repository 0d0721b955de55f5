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

  constructor(writer: PageWriter, order: TableOrder, level: CompressionLevel) {
    this.writer = writer;
    this.order = order;
    this.level = level;
    this.places = new Uint32Array(order.oldCount);
    const rows = largestPage(order.pageStarts);
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
    const { places } = this;
    const { rows, pageStarts, oldCount } = this.order;
    const isDense = column.count === oldCount;
    const { positions, codes, numbers } = this.values;
    const first = pageStarts[page] ?? 0;
    const rowCount = (pageStarts[page + 1] ?? 0) - first;
    let count = 0;
    for (let position = 0; position < rowCount; position++) {
      const row = rows[first + position] ?? 0;
      const place = isDense ? row + 1 : (places[row] ?? NONE);
      if (place === NONE) continue;
      positions[count] = position;
      codes[count] = entries.code(column.codes[place - 1] ?? 0);
      if (column.numbers !== undefined) numbers[count] = column.numbers[place - 1] ?? 0;
      count += 1;
    }
    return { ...this.values, rowCount, count };
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

  code(entry: number): number {
    const number = this.numbers[entry] ?? NONE;
    if (number !== NONE) return this.isFresh ? number : number - 1;
    this.order[this.used] = entry;
    this.used += 1;
    this.numbers[entry] = this.used;
    return this.isFresh ? 0 : this.used - 1;
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
