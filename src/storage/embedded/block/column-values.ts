import { Buffer } from 'node:buffer';
import { BlockError } from './block-format.ts';
import type { ColumnInfo } from './block-format.ts';
import type { BlockPages } from './block-pages.ts';
import { ABSENT } from './column-page.ts';
import type { ColumnPage } from './column-page.ts';
import type { DictionaryPage } from './dictionary-page.ts';
import { NUMBER_BYTES_MAX, PLAIN, joinNumber } from './split-value.ts';

const SHORT_BYTES = 64;

/** The values of one column in one page; remembers the parts of the dictionary that they need. */
export class ColumnValues {
  readonly info: ColumnInfo;
  /** Where the value is that was found last; `view` is of the same bytes. */
  bytes: Buffer = Buffer.alloc(0);
  view: DataView = viewOf(this.bytes);
  start = 0;
  end = 0;
  private readonly pages: BlockPages;
  private readonly page: ColumnPage;
  private readonly dictionary: (ViewedPage | undefined)[] = [];
  private scratch: Viewed = viewed(Buffer.alloc(0));

  constructor(pages: BlockPages, info: ColumnInfo, page: ColumnPage) {
    this.pages = pages;
    this.info = info;
    this.page = page;
  }

  /** Of a row; `ABSENT` when it has no value. */
  codeOf(row: number): number {
    return this.page.codes[row] ?? ABSENT;
  }

  /**
   * The bytes of a row's value; undefined when it has none. Good until the next call.
   * @throws BlockError when the part of the dictionary is damaged
   */
  at(row: number): Buffer | undefined {
    return this.find(row) ? this.bytes.subarray(this.start, this.end) : undefined;
  }

  /**
   * Points `bytes`, `start` and `end` to a row's value until the next call; false when it has none.
   * @throws BlockError when the part of the dictionary is damaged
   */
  find(row: number): boolean {
    const code = this.codeOf(row);
    if (code === ABSENT) return false;
    let entry = code;
    let part = 0;
    for (const { count } of this.info.dictionary) {
      if (entry < count) break;
      entry -= count;
      part += 1;
    }
    const { bytes, kinds, starts, view } = this.dictionary[part] ?? this.part(part);
    const start = starts[entry] ?? 0;
    const end = starts[entry + 1] ?? 0;
    const kind = kinds[entry] ?? PLAIN;
    if (kind === PLAIN) {
      this.bytes = bytes;
      this.view = view;
      this.start = start;
      this.end = end;
    } else {
      const prefixEnd = this.beginJoined(bytes, start, end);
      this.end = joinNumber(this.bytes, prefixEnd, kind, this.page.numbers?.[row] ?? 0);
    }
    return true;
  }

  /** Begins a value that is put together with [start, end) of `source`; returns where that ends. */
  private beginJoined(source: Buffer, start: number, end: number): number {
    const size = end - start + NUMBER_BYTES_MAX;
    if (this.scratch.bytes.length < size) this.scratch = viewed(Buffer.alloc(2 * size));
    const { bytes, view } = this.scratch;
    // Most are short: to copy these one by one takes less than to make a view of them.
    if (size > SHORT_BYTES) source.copy(bytes, 0, start, end);
    else for (let at = start; at < end; at++) bytes[at - start] = source[at] ?? 0;
    this.bytes = bytes;
    this.view = view;
    this.start = 0;
    return end - start;
  }

  private part(number: number): ViewedPage {
    const ref = this.info.dictionary[number];
    if (ref === undefined) throw new BlockError('a code is not in the dictionary');
    const page = this.pages.dictionaryPage(ref);
    const own = { ...page, view: viewOf(page.bytes) };
    this.dictionary[number] = own;
    return own;
  }
}

interface Viewed {
  readonly bytes: Buffer;
  readonly view: DataView;
}

type ViewedPage = DictionaryPage & Viewed;

function viewed(bytes: Buffer): Viewed {
  return { bytes, view: viewOf(bytes) };
}

function viewOf({ buffer, byteLength, byteOffset }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** The values of a column in a page; undefined when no row of it has one. @throws BlockError */
export function columnValues(
  pages: BlockPages,
  info: ColumnInfo,
  page: number,
): ColumnValues | undefined {
  const column = pages.column(info, page);
  return column === undefined ? undefined : new ColumnValues(pages, info, column);
}
