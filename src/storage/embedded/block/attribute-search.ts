import { Buffer } from 'node:buffer';
import { attributeText } from '../../../model/attribute-text.ts';
import type { AttributeCondition } from '../../../model/trace-query.ts';
import { decodeKeyValue } from '../../../wire/otlp/decode-value.ts';
import { ProtobufReader } from '../../../wire/protobuf/reader.ts';
import { ProtobufWriter } from '../../../wire/protobuf/writer.ts';
import { ATTRIBUTE_FIELDS, BlockError, FIELDS, INT, STRING } from './block-format.ts';
import type { ColumnInfo } from './block-format.ts';
import type { BlockPages } from './block-pages.ts';
import { ABSENT } from './column-page.ts';
import type { ColumnPage, SplitSearch } from './column-page.ts';
import { ColumnValues } from './column-values.ts';
import { createNumberSearch } from './number-search.ts';
import { splitText, splitVarint } from './split-value.ts';
import { valueText } from './value-text.ts';

/** Decoding replaces invalid UTF-8 with this, so a text that has it may stand for other bytes. */
const REPLACEMENT = '\ufffd';

export function isInexact({ key, value }: AttributeCondition): boolean {
  return key.includes(REPLACEMENT) || value.includes(REPLACEMENT);
}

/** Which rows of a page of one column have the text that is looked for. */
export interface ColumnMatch {
  readonly info: ColumnInfo;
  isMatch(page: ColumnPage, row: number): boolean;
  /** Of a split column: looks at written pages instead of read ones. */
  readonly split?: SplitSearch;
}

/**
 * The columns of a block that may have the attribute, each with the entries of its dictionary that
 * do. What cannot match at all is not in the result.
 */
export function columnMatches(
  pages: BlockPages,
  condition: AttributeCondition,
): readonly ColumnMatch[] {
  const matches: ColumnMatch[] = [];
  for (const info of pages.footer.columns) {
    const match =
      info.type === FIELDS
        ? restMatch(pages, info, condition)
        : isColumnOf(info, condition)
          ? attributeMatch(pages, info, condition)
          : undefined;
    if (match !== undefined) matches.push(match);
  }
  return matches;
}

/** Whether a condition is looked up in numbers: few rows meet it, and finding them takes little. */
export function isSelective(pages: BlockPages, condition: AttributeCondition): boolean {
  return pages.footer.columns.some((info) => info.isSplit && isColumnOf(info, condition));
}

function isColumnOf(info: ColumnInfo, condition: AttributeCondition): boolean {
  const { key } = condition;
  if (info.field !== ATTRIBUTE_FIELDS[info.table]) return false;
  // A text never has more UTF-16 units than bytes, nor fewer than a third of them.
  if (info.key.length < key.length || info.key.length > 3 * key.length) return false;
  return info.key.toString('utf8') === key;
}

/** In fields that are kept as bytes. */
function restMatch(
  pages: BlockPages,
  info: ColumnInfo,
  condition: AttributeCondition,
): ColumnMatch | undefined {
  const field = ATTRIBUTE_FIELDS[info.table];
  return entryMatch(pages, info, {
    isWanted: (message) => messageHas(message, field, condition),
    size: undefined,
  });
}

function attributeMatch(
  pages: BlockPages,
  info: ColumnInfo,
  condition: AttributeCondition,
): ColumnMatch | undefined {
  if (isInexact(condition)) {
    const isMatch = (page: ColumnPage, row: number): boolean => {
      const value = new ColumnValues(pages, info, page).at(row);
      return value !== undefined && valueText(info.type, value) === condition.value;
    };
    return { info, isMatch };
  }
  const wanted = wantedBytes(info.type, condition.value);
  if (wanted === undefined) return undefined;
  if (info.isSplit) return splitMatch(pages, info, wanted);
  if (wanted !== 'any') {
    return entryMatch(pages, info, {
      isWanted: (entry) => wanted.equals(entry),
      size: wanted.length,
    });
  }
  const isWanted = (entry: Buffer): boolean => valueText(info.type, entry) === condition.value;
  return entryMatch(pages, info, { isWanted, size: undefined });
}

/** The only bytes that have the text; 'any' when several may, undefined when none do. */
function wantedBytes(type: number, text: string): Buffer | 'any' | undefined {
  if (type === STRING) return Buffer.from(text);
  if (type !== INT) return 'any';
  if (!/^-?\d{1,19}$/.test(text)) return undefined;
  const value = BigInt(text);
  if (String(value) !== text || BigInt.asIntN(64, value) !== value) return undefined;
  const writer = new ProtobufWriter(16);
  writer.int64(1, value);
  return Buffer.from(writer.finish().subarray(1));
}

function splitMatch(
  pages: BlockPages,
  info: ColumnInfo,
  wanted: Buffer | 'any',
): ColumnMatch | undefined {
  if (wanted === 'any') return undefined;
  const split = { kind: 0, end: 0, number: 0 };
  if (info.type === INT) splitVarint(wanted, 0, wanted.length, split);
  else splitText(wanted, 0, wanted.length, split);
  const prefix = wanted.subarray(0, split.end);
  const found = entryMatch(pages, info, {
    isWanted: (entry, kind) => kind === split.kind && prefix.equals(entry),
    size: prefix.length,
  });
  if (found === undefined) return undefined;
  const { number } = split;
  return {
    info,
    isMatch: (page, row) => page.numbers?.[row] === number && found.isMatch(page, row),
    split: { search: createNumberSearch(number), isCode: found.isCode },
  };
}

interface EntryMatch extends ColumnMatch {
  readonly isCode: (code: number) => boolean;
}

interface EntryTest {
  readonly isWanted: (entry: Buffer, kind: number) => boolean;
  /** Of a wanted entry, when only one will do. */
  readonly size: number | undefined;
}

/** Looks at each entry of the dictionary once. */
function entryMatch(pages: BlockPages, info: ColumnInfo, test: EntryTest): EntryMatch | undefined {
  const codes = new Set<number>();
  let first = 0;
  for (const ref of info.dictionary) {
    // Entries of a damaged page are counted as lost and match nothing.
    for (const code of readable(() => codesOf(pages, ref, test)) ?? []) codes.add(first + code);
    first += ref.count;
  }
  if (codes.size === 0) return undefined;
  const only = codes.size === 1 ? Math.max(...codes) : undefined;
  const isCode = (code: number): boolean => (only === undefined ? codes.has(code) : code === only);
  return { info, isCode, isMatch: (page, row) => isCode(page.codes[row] ?? ABSENT) };
}

function codesOf(
  pages: BlockPages,
  ref: ColumnInfo['dictionary'][number],
  { isWanted, size }: EntryTest,
): number[] {
  const { bytes, starts, kinds } = pages.dictionaryPage(ref);
  const codes: number[] = [];
  for (let code = 0; code < ref.count; code++) {
    const start = starts[code] ?? 0;
    const end = starts[code + 1] ?? 0;
    if (size !== undefined && end - start !== size) continue;
    if (isWanted(bytes.subarray(start, end), kinds[code] ?? 0)) codes.push(code);
  }
  return codes;
}

/** What `read` gives, undefined when a page it needs is damaged. */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof BlockError) return undefined;
    throw error;
  }
}

/** Whether an attribute in field `attributeField` of a message matches. */
export function messageHas(
  message: Buffer,
  attributeField: number,
  condition: AttributeCondition,
): boolean {
  if (!isInexact(condition) && !message.includes(condition.key)) return false;
  const reader = new ProtobufReader(message);
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag !== ((attributeField << 3) | 2)) {
      reader.skip(tag);
      continue;
    }
    const { key, value } = decodeKeyValue(reader);
    if (key === condition.key && attributeText(value) === condition.value) return true;
  }
  return false;
}

/** The text of a string field of a message; the last one counts. */
export function messageText(message: Buffer, field: number): string {
  const reader = new ProtobufReader(message);
  let text = '';
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === ((field << 3) | 2)) text = reader.string();
    else reader.skip(tag);
  }
  return text;
}
