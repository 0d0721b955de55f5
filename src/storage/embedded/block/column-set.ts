import { Buffer } from 'node:buffer';
import type { TableNumber } from './block-format.ts';
import { ATTRIBUTE_FIELDS } from './block-format.ts';
import { hashBytes } from './bytes-table.ts';
import type { ByteWords } from './bytes-table.ts';
import { ColumnBuilder } from './column-builder.ts';

const NO_KEY = Buffer.alloc(0);

/** The columns of one table; made as their keys are met, up to a limit. */
export class ColumnSet {
  readonly columns: ColumnBuilder[] = [];
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
    if (expected?.name.type === type && isKey(expected.name.key, source.bytes, start, end)) {
      this.previous = expected;
      return expected;
    }
    const found = this.find(source, start, end, type);
    if (found === undefined) return undefined;
    this.previous.next = found;
    this.previous = found;
    return found;
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
    const hash = hashBytes(source, start, end) ^ type ^ this.seed;
    const alike = this.byHash.get(hash) ?? [];
    for (const column of alike) {
      if (column.name.type === type && isKey(column.name.key, source.bytes, start, end)) {
        return column;
      }
    }
    if (this.columns.length >= this.columnsMax) return undefined;
    const key = Buffer.from(source.bytes.subarray(start, end));
    const { table, attributeField, seed } = this;
    const column = new ColumnBuilder({ table, field: attributeField, key, type }, seed);
    this.columns.push(column);
    alike.push(column);
    this.byHash.set(hash, alike);
    return column;
  }
}

function isKey(key: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  for (let at = key.length - 1; at >= 0; at--) if (key[at] !== bytes[start + at]) return false;
  return true;
}
