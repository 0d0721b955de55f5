/**
 * Version of the files written here. A reader opens every version up to its own and refuses a newer
 * one by name. Version 2 has who calls whom.
 */
export const BLOCK_VERSION = 2;

/** First and last eight bytes of a block file. */
export const BLOCK_MAGIC = 'JTRBLOCK';

/** What has columns: spans, and the events and links of spans. */
export const SPANS = 0;
export const EVENTS = 1;
export const LINKS = 2;
export type TableNumber = typeof SPANS | typeof EVENTS | typeof LINKS;
export const TABLE_NUMBERS: readonly TableNumber[] = [SPANS, EVENTS, LINKS];

/** OTLP field of the attributes of a span, event and link. */
export const ATTRIBUTE_FIELDS = [9, 3, 4] as const;

/** Type of the values of a column: the number of the AnyValue field that holds them. */
export const STRING = 1;
export const BOOL = 2;
export const INT = 3;
export const DOUBLE = 4;
export const BYTES = 7;
/** A whole AnyValue message: lists, maps, empty values, and whatever is not written plainly. */
export const RAW = 8;
/** The four bytes of a fixed32 field. */
export const FIXED32 = 9;
/** Whole fields of the message, as they came. */
export const FIELDS = 10;

/** Field number of the column that keeps what no other column can hold. */
export const REST_FIELD = 0;

/** A block file that cannot be read, or a part of one. */
export class BlockError extends Error {
  override readonly name: string = 'BlockError';
}

/** A block file that a later version of this program wrote. */
export class BlockVersionError extends BlockError {
  override readonly name = 'BlockVersionError';
}

/** A part of a block file; the last four of its bytes are a CRC-32 of the others. */
export interface PageRef {
  readonly offset: number;
  /** 0 when the page has nothing. */
  readonly length: number;
}

/** Values of one field, or of one attribute key and value type, of one table. */
export interface ColumnInfo {
  readonly table: TableNumber;
  /** OTLP field number in the table's message. */
  readonly field: number;
  /** Attribute key; empty for a field that is not an attribute. */
  readonly key: Buffer;
  readonly type: number;
  /** Whether values are split into a pattern and a number; see `split-value.ts`. */
  readonly isSplit: boolean;
  /** Whether codes are coded as first uses; see `column-page.ts`. */
  readonly isFresh: boolean;
  /** One a row page. */
  readonly pages: readonly PageRef[];
  readonly dictionary: readonly DictionaryPageRef[];
}

export interface DictionaryPageRef extends PageRef {
  /** Entries in it. */
  readonly count: number;
}
