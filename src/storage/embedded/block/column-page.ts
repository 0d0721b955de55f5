import { Buffer } from 'node:buffer';
import { BlockError } from './block-format.ts';
import type { ColumnInfo } from './block-format.ts';
import type { ByteSink } from './byte-sink.ts';
import type { ByteSource } from './byte-source.ts';
import type { NumberSearch } from './number-search.ts';
import { readNarrowNumbers, readNumbers, skipNumbers, writeNumbers } from './number-section.ts';
import type { NumberArray } from './number-section.ts';
import type { CompressionLevel } from './page-compression.ts';

/*
 * A page of a column: which of its rows have a value (a byte, and then
 *   ALL        nothing
 *   BITMAP     a bit a row
 *   POSITIONS  the count of values, and numbers: the gap before each),
 * then the codes of the values as numbers, and then, in a split column, the numbers of the values.
 * In a fresh column a code is 0 for an entry that has not been used in any row before, and the first
 * such entry of the page comes in front; every other code is its entry plus one.
 */
const ALL = 0;
const BITMAP = 1;
const POSITIONS = 2;

/** One row in so many must have a value for a bitmap to be smaller. */
const SPARSE = 10;

/** Values of some rows, ready to be written. */
export interface PageValues {
  /** Rows of the page. */
  readonly rowCount: number;
  /** Values, in the first places of the arrays. */
  count: number;
  readonly positions: Uint32Array;
  readonly codes: Uint32Array;
  /** Used in a split column. */
  readonly numbers: Float64Array;
}

export interface PageLayout {
  readonly isSplit: boolean;
  readonly isFresh: boolean;
}

export function writeColumnPage(
  sink: ByteSink,
  values: PageValues,
  { isSplit, firstFresh }: { readonly isSplit: boolean; readonly firstFresh: number | undefined },
  level: CompressionLevel,
): void {
  writePresence(sink, values, level);
  if (firstFresh !== undefined) sink.varint(firstFresh);
  writeNumbers(sink, values.codes, values.count, level);
  if (isSplit) writeNumbers(sink, values.numbers, values.count, level);
}

function writePresence(sink: ByteSink, values: PageValues, level: CompressionLevel): void {
  const { rowCount, count, positions } = values;
  if (count === rowCount) {
    sink.u8(ALL);
  } else if (count * SPARSE < rowCount) {
    sink.u8(POSITIONS);
    sink.varint(count);
    const gaps = new Uint32Array(count);
    for (let at = 0, next = 0; at < count; at++) {
      const position = positions[at] ?? 0;
      gaps[at] = position - next;
      next = position + 1;
    }
    writeNumbers(sink, gaps, count, level);
  } else {
    sink.u8(BITMAP);
    const bitmap = Buffer.alloc((rowCount + 7) >>> 3);
    for (let at = 0; at < count; at++) {
      const position = positions[at] ?? 0;
      bitmap[position >>> 3] = (bitmap[position >>> 3] ?? 0) | (1 << (position & 7));
    }
    sink.bytes(bitmap);
  }
}

/** No value in this row. */
export const ABSENT = -1;

/** Codes, or `ABSENT`, in as few bytes as they fit in. */
type CodeArray = Int8Array | Int16Array | Int32Array;

/** A page as it is read: a place a row. */
export interface ColumnPage {
  readonly codes: CodeArray;
  /** Undefined in a column that is not split. */
  readonly numbers: NumberArray | undefined;
}

/** @throws BlockError */
export function readColumnPage(
  source: ByteSource,
  rowCount: number,
  { dictionary, isFresh, isSplit }: PageLayout & Pick<ColumnInfo, 'dictionary'>,
): ColumnPage {
  const { codes: coded, count, positions } = readCodes(source, rowCount, { isSplit, isFresh });
  const entryCount = dictionary.reduce((sum, page) => sum + page.count, 0);
  const codes = codeArray(rowCount, entryCount);
  if (positions === undefined) {
    codes.set(coded);
  } else {
    codes.fill(ABSENT);
    for (let at = 0; at < count; at++) codes[positions[at] ?? 0] = coded[at] ?? 0;
  }
  if (!isSplit) return { codes, numbers: undefined };
  const numbers = readNarrowNumbers(source, count);
  if (positions === undefined) return { codes, numbers };
  const spread = new Float64Array(rowCount);
  for (let at = 0; at < count; at++) spread[positions[at] ?? 0] = numbers[at] ?? 0;
  return { codes, numbers: spread };
}

/** For so many rows, with codes of so many entries. */
function codeArray(rowCount: number, entryCount: number): CodeArray {
  if (entryCount <= 2 ** 7) return new Int8Array(rowCount);
  return entryCount <= 2 ** 15 ? new Int16Array(rowCount) : new Int32Array(rowCount);
}

/** A value of a split column. */
export interface SplitSearch {
  readonly search: NumberSearch;
  readonly isCode: (code: number) => boolean;
}

/** The rows of a page of a split column that have a value, read no further than it takes. @throws BlockError */
export function findRows(
  source: ByteSource,
  rowCount: number,
  layout: PageLayout,
  { search, isCode }: SplitSearch,
): readonly number[] {
  const start = source.position;
  const count = skipPresence(source, rowCount);
  if (layout.isFresh) source.varint();
  skipNumbers(source, count);
  const places = search(source, count);
  if (places.length === 0) return [];
  source.position = start;
  const { codes, positions } = readCodes(source, rowCount, layout);
  const found = places.filter((place) => isCode(codes[place] ?? ABSENT));
  return positions === undefined ? found : found.map((place) => positions[place] ?? 0);
}

interface Codes {
  /** Of rows that have one. */
  readonly codes: NumberArray;
  /** Rows that have one; undefined when all have. */
  readonly positions: Uint32Array | undefined;
  readonly count: number;
}

function readCodes(source: ByteSource, rowCount: number, { isFresh }: PageLayout): Codes {
  const positions = readPresence(source, rowCount);
  const count = positions?.length ?? rowCount;
  if (!isFresh) return { codes: readNarrowNumbers(source, count), positions, count };
  let fresh = source.varint();
  const codes = readNumbers(source, count);
  for (let at = 0; at < count; at++) {
    const code = codes[at] ?? 0;
    codes[at] = code === 0 ? fresh++ : code - 1;
  }
  return { codes, positions, count };
}

/** How many rows have a value. */
function skipPresence(source: ByteSource, rowCount: number): number {
  const start = source.position;
  if (source.u8() === ALL) return rowCount;
  source.position = start;
  return readPresence(source, rowCount)?.length ?? rowCount;
}

/** undefined when all rows have a value. */
function readPresence(source: ByteSource, rowCount: number): Uint32Array | undefined {
  const how = source.u8();
  switch (how) {
    case ALL:
      return undefined;
    case BITMAP: {
      const bitmap = source.bytes((rowCount + 7) >>> 3);
      const positions: number[] = [];
      for (let row = 0; row < rowCount; row++) {
        if (((bitmap[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0) positions.push(row);
      }
      return Uint32Array.from(positions);
    }
    case POSITIONS: {
      const count = source.varint();
      if (count > rowCount) throw new BlockError('a page has more values than rows');
      const gaps = readNumbers(source, count);
      const positions = new Uint32Array(count);
      for (let at = 0, next = 0; at < count; at++) {
        next += gaps[at] ?? 0;
        positions[at] = next;
        next += 1;
      }
      return positions;
    }
    default:
      throw new BlockError(`presence written in an unknown way ${how}`);
  }
}
