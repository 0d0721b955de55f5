import type { Buffer } from 'node:buffer';
import { grown } from '../../../model/grown.ts';
import { INT, STRING } from './block-format.ts';
import type { TableNumber } from './block-format.ts';
import { BytesTable, byteWords } from './bytes-table.ts';
import type { ByteWords } from './bytes-table.ts';
import { splitText, splitVarint } from './split-value.ts';
import type { SplitValue } from './split-value.ts';

const FIRST_VALUES = 16;
/** A column with more distinct values than this, and than a quarter of its values, is split. */
const WHOLE_ENTRIES_MAX = 512;
/** A column keeps memory for so many times the values it had. */
const SPARE_MAX = 8;

/** What a column is of. */
export interface ColumnName {
  readonly table: TableNumber;
  readonly field: number;
  readonly key: Buffer;
  readonly type: number;
}

/** The values of one column as they come: rows ascend, and not every row has a value. */
export class ColumnBuilder {
  readonly name: ColumnName;
  entries: BytesTable;
  count = 0;
  rows = new Uint32Array(FIRST_VALUES);
  codes = new Uint32Array(FIRST_VALUES);
  /** Of the same place in `rows`, once the column is split. */
  numbers: Float64Array | undefined;
  /** The key, to compare with. */
  readonly key: ByteWords;
  /** The column whose attribute came next the last time. */
  next: ColumnBuilder | undefined;
  lastRow = -1;
  /** Where the values are that were placed, and have no codes yet: the last of `count`. */
  private readonly placed = new PlacedValues();
  private readonly split: SplitValue = { kind: 0, end: 0, number: 0 };
  private readonly whole: BytesTable;
  /** Entries and numbers of a split column. */
  private readonly patterns: BytesTable;
  private spareNumbers: Float64Array | undefined;

  constructor(name: ColumnName, seed: number) {
    this.name = name;
    this.key = byteWords(name.key);
    this.whole = new BytesTable(seed);
    this.patterns = new BytesTable(seed);
    this.entries = this.whole;
  }

  /** Forgets all values, and keeps their memory for those of another block. */
  clear(): void {
    if (SPARE_MAX * this.count < this.rows.length) {
      this.rows = new Uint32Array(FIRST_VALUES);
      this.codes = new Uint32Array(FIRST_VALUES);
      this.numbers = undefined;
    }
    this.spareNumbers = this.numbers;
    this.numbers = undefined;
    this.whole.clear();
    this.patterns.clear();
    this.entries = this.whole;
    this.count = 0;
    this.next = undefined;
    this.lastRow = -1;
  }

  /**
   * Sets the value of a row, which must not be less than the row before; the last one counts. The
   * bytes are read by `takePlaced`.
   */
  place(row: number, start: number, end: number): void {
    const { placed } = this;
    if (row === this.lastRow) {
      this.count -= 1;
      placed.drop();
    }
    this.lastRow = row;
    if (this.count === this.rows.length) this.grow();
    this.rows[this.count] = row;
    this.count += 1;
    placed.add(start, end);
  }

  /** Gives codes to all values that were placed in the source. */
  takePlaced(source: ByteWords): void {
    const { count } = this.placed;
    if (count === 0) return;
    const first = this.count - count;
    const whole = this.numbers === undefined ? this.takeWhole(source, first) : 0;
    if (whole < count) this.takeSplit(source, first, whole);
    this.placed.count = 0;
  }

  /** Returns how many were taken before it was time to split the column. */
  private takeWhole(source: ByteWords, first: number): number {
    const { codes, entries } = this;
    const { starts, ends, count } = this.placed;
    for (let at = 0; at < count; at++) {
      codes[first + at] = entries.intern(source, starts[at] ?? 0, ends[at] ?? 0, 0);
      if (entries.count <= WHOLE_ENTRIES_MAX || 4 * entries.count <= first + at) continue;
      if (this.splitAll(first + at + 1)) return at + 1;
    }
    return count;
  }

  private takeSplit(source: ByteWords, first: number, from: number): void {
    const { codes, numbers = codes, split } = this;
    const { starts, ends, count } = this.placed;
    for (let at = from; at < count; at++) {
      codes[first + at] = this.internSplit(source, starts[at] ?? 0, ends[at] ?? 0);
      numbers[first + at] = split.number;
    }
  }

  /** Splits all values, from the first on: of a column that is split in a block already. */
  splitFromStart(): void {
    if (this.numbers !== undefined) return;
    this.entries = this.patterns;
    this.numbers = new Float64Array(this.codes.length);
  }

  /** Code of an entry that is split already, or need not be. */
  internEntry(source: ByteWords, start: number, end: number, kind: number): number {
    return this.entries.intern(source, start, end, kind);
  }

  /** As `put`, of the code of an entry; the number counts in a split column. */
  putCode(row: number, code: number, number: number): void {
    const at = this.count;
    if (at === this.rows.length) this.grow();
    this.lastRow = row;
    this.rows[at] = row;
    this.codes[at] = code;
    if (this.numbers !== undefined) this.numbers[at] = number;
    this.count = at + 1;
  }

  /** Code of the entry that a value's pattern has; its number is left in `split`. */
  private internSplit(source: ByteWords, start: number, end: number): number {
    const { split } = this;
    if (this.name.type === INT) splitVarint(source.bytes, start, end, split);
    else splitText(source.bytes, start, end, split);
    return this.entries.intern(source, start, split.end, split.kind);
  }

  /** Makes patterns and numbers of the values there are, for good; false for a type that has none. */
  private splitAll(count: number): boolean {
    const { type } = this.name;
    if (type !== STRING && type !== INT) return false;
    const { whole } = this;
    this.entries = this.patterns;
    const codes = new Uint32Array(whole.count);
    const entryNumbers = new Float64Array(whole.count);
    for (let entry = 0; entry < whole.count; entry++) {
      const start = whole.starts[entry] ?? 0;
      codes[entry] = this.internSplit(whole.words, start, whole.starts[entry + 1] ?? 0);
      entryNumbers[entry] = this.split.number;
    }
    const spare = this.spareNumbers;
    const numbers =
      spare?.length === this.codes.length ? spare : new Float64Array(this.codes.length);
    for (let at = 0; at < count; at++) {
      const entry = this.codes[at] ?? 0;
      this.codes[at] = codes[entry] ?? 0;
      numbers[at] = entryNumbers[entry] ?? 0;
    }
    this.numbers = numbers;
    return true;
  }

  private grow(): void {
    const size = 2 * this.rows.length;
    const { rows, codes, numbers } = this;
    this.rows = new Uint32Array(size);
    this.rows.set(rows);
    this.codes = new Uint32Array(size);
    this.codes.set(codes);
    if (numbers === undefined) return;
    this.numbers = new Float64Array(size);
    this.numbers.set(numbers);
  }
}

/** Ranges of bytes that wait to be read. */
class PlacedValues {
  count = 0;
  starts = new Uint32Array(FIRST_VALUES);
  ends = new Uint32Array(FIRST_VALUES);

  add(start: number, end: number): void {
    const at = this.count;
    if (at === this.starts.length) {
      this.starts = grown(Uint32Array, this.starts, 2 * at);
      this.ends = grown(Uint32Array, this.ends, 2 * at);
    }
    this.starts[at] = start;
    this.ends[at] = end;
    this.count = at + 1;
  }

  /** Forgets the last one, if it still waits. */
  drop(): void {
    this.count = Math.max(0, this.count - 1);
  }
}
