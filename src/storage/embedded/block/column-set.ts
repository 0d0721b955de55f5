import { Buffer } from 'node:buffer';
import type { TableNumber } from './block-format.ts';
import { ATTRIBUTE_FIELDS } from './block-format.ts';
import { seededHash } from './bytes-table.ts';
import type { ByteWords } from './bytes-table.ts';
import { ColumnBuilder } from './column-builder.ts';

const NO_KEY = Buffer.alloc(0);

/** The columns of one table; made as their keys are met, up to a limit. */
export class ColumnSet {
  columns: ColumnBuilder[] = [];
  private readonly table: TableNumber;
  private readonly attributeField: number;
  private readonly columnsMax: number;
  private readonly seed: number;
  private readonly byHash = new Map<number, ColumnBuilder[]>();
  private readonly fields: (ColumnBuilder | undefined)[] = [];
  /** Stands before the first attribute of a row. */
  private readonly first: ColumnBuilder;
  private previous: ColumnBuilder;

  constructor(table: TableNumber, columnsMax: number, seed: number) {
    this.table = table;
    this.attributeField = ATTRIBUTE_FIELDS[table];
    this.columnsMax = columnsMax;
    this.seed = seed;
    this.first = new ColumnBuilder({ table, field: 0, key: NO_KEY, type: 0 }, seed);
    this.previous = this.first;
  }

  /** To be called before the attributes of each row. */
  startRow(): void {
    this.previous = this.first;
  }

  /** The column of a field that is no attribute. */
  field(field: number, type: number): ColumnBuilder {
    const known = this.fields[field];
    if (known !== undefined) return known;
    const { table, seed } = this;
    const column = new ColumnBuilder({ table, field, key: NO_KEY, type }, seed);
    this.fields[field] = column;
    this.columns.push(column);
    return column;
  }

  /** The column of an attribute; undefined when there are too many columns. */
  attribute(
    source: ByteWords,
    start: number,
    end: number,
    type: number,
  ): ColumnBuilder | undefined {
    // Spans of one place in a program carry the same keys in the same order.
    const expected = this.previous.next;
    if (expected?.name.type === type && isKeyOf(expected, source, start, end)) {
      this.previous = expected;
      return expected;
    }
    const found = this.find(source, start, end, type);
    if (found === undefined) return undefined;
    this.previous.next = found;
    this.previous = found;
    return found;
  }

  /** Gives codes to all values that were placed in the source. */
  takePlaced(source: ByteWords): void {
    for (const column of this.columns) column.takePlaced(source);
  }

  /**
   * Forgets all values. Columns that had one keep their memory, unless there are so many that none
   * would be left for other keys.
   */
  clear(): void {
    const used = this.columns.filter(({ count }) => count > 0);
    const kept = 2 * used.length > this.columnsMax ? [] : used;
    this.columns = [];
    this.fields.length = 0;
    this.byHash.clear();
    for (const column of kept) {
      column.clear();
      this.columns.push(column);
      if (column.name.field === this.attributeField) this.remember(column);
      else this.fields[column.name.field] = column;
    }
    this.first.next = undefined;
    this.startRow();
  }

  /** Fields by number, then attributes by key and type: an order that does not depend on the data. */
  inOrder(): ColumnBuilder[] {
    return this.columns
      .filter((column) => column.count > 0)
      .sort(({ name: a }, { name: b }) => {
        const isAttribute = (field: number): number => (field === this.attributeField ? 1 : 0);
        return (
          isAttribute(a.field) - isAttribute(b.field) ||
          a.field - b.field ||
          Buffer.compare(a.key, b.key) ||
          a.type - b.type
        );
      });
  }

  private find(
    source: ByteWords,
    start: number,
    end: number,
    type: number,
  ): ColumnBuilder | undefined {
    const hash = seededHash(source, start, end, this.seed ^ type);
    for (const column of this.byHash.get(hash) ?? []) {
      if (column.name.type === type && isKeyOf(column, source, start, end)) return column;
    }
    if (this.columns.length >= this.columnsMax) return undefined;
    const key = Buffer.from(source.bytes.subarray(start, end));
    const { table, attributeField, seed } = this;
    const column = new ColumnBuilder({ table, field: attributeField, key, type }, seed);
    this.columns.push(column);
    this.remember(column);
    return column;
  }

  private remember(column: ColumnBuilder): void {
    const { key, name } = column;
    const hash = seededHash(key, 0, key.bytes.length, this.seed ^ name.type);
    const alike = this.byHash.get(hash) ?? [];
    alike.push(column);
    this.byHash.set(hash, alike);
  }
}

function isKeyOf({ key }: ColumnBuilder, source: ByteWords, start: number, end: number): boolean {
  const size = end - start;
  if (key.bytes.length !== size) return false;
  if (size < 4) {
    for (let at = 0; at < size; at++) {
      if (key.bytes[at] !== source.bytes[start + at]) return false;
    }
    return true;
  }
  for (let at = size - 4; at > 0; at -= 4) {
    if (key.view.getInt32(at, true) !== source.view.getInt32(start + at, true)) return false;
  }
  return key.view.getInt32(0, true) === source.view.getInt32(start, true);
}
