import { Buffer } from 'node:buffer';
import type { ValueRule } from '../../../model/value-rule.ts';
import { decodeKeyValue } from '../../../wire/otlp/decode-value.ts';
import { ProtobufReader } from '../../../wire/protobuf/reader.ts';
import { BlockError, STRING } from './block-format.ts';
import type { ColumnInfo } from './block-format.ts';
import type { BlockPages } from './block-pages.ts';
import { ABSENT } from './column-page.ts';
import { ColumnValues } from './column-values.ts';
import { PLAIN, TAIL, VARINT } from './split-value.ts';
import { valueOf } from './value-text.ts';

/** What is known of a subject in a row: bits, added up over the columns that may have it. */
export const NOTHING = 0;
export const PRESENT = 1;
export const MATCHED = 2;
const BOTH = PRESENT | MATCHED;

/** Instead of a verdict: not judged yet; a pattern, which stands for another value in each row. */
const UNKNOWN = 255;
const BY_BYTES = 254;
const BY_NUMBER = 253;

/** A pattern is matched against so many bytes in a few milliseconds; beginning takes as long as some. */
const WORK_A_TURN = 2 ** 17;
const WORK_A_VALUE = 32;

/** Gives the bits of a row of the column's table. @throws BlockError */
export type PageLook = (row: number) => number;

/** Gives the bits of a value of a column, by its bytes. */
type Judge = (value: Buffer) => number;

interface Judgement {
  readonly judge: Judge;
  /** Of an integer that is split off. */
  readonly judgeNumber?: (value: number) => number;
  readonly prefix?: string;
}

/** Judges the values of one column: each distinct value once, those of a pattern row by row. */
export class ColumnLook {
  readonly info: ColumnInfo;
  private readonly pages: BlockPages;
  private readonly judge: Judge;
  private readonly judgeNumber: (value: number) => number;
  /** Of the text of every value that matches. */
  private readonly prefix: Buffer;
  /** By code. */
  private readonly verdicts: Uint8Array;
  /** Since the turn began: rows looked at, and bytes of the values that were judged. */
  private work = 0;

  private constructor(
    pages: BlockPages,
    info: ColumnInfo,
    { judge, judgeNumber = () => NOTHING, prefix = '' }: Judgement,
  ) {
    this.pages = pages;
    this.info = info;
    this.judge = judge;
    this.judgeNumber = judgeNumber;
    this.prefix = Buffer.from(prefix);
    const entries = info.dictionary.reduce((sum, { count }) => sum + count, 0);
    this.verdicts = new Uint8Array(entries).fill(UNKNOWN);
  }

  /** Of a column of values, or of texts. */
  static ofValues(pages: BlockPages, info: ColumnInfo, rule: ValueRule): ColumnLook {
    const look = new ColumnLook(pages, info, {
      judge: (value) => bits(rule.isMatch(valueOf(info.type, value))),
      // A split integer is below 2^53, where doubles say the same texts.
      judgeNumber: (value) => bits(rule.isMatch({ type: 'double', value })),
      ...(rule.prefix === undefined || info.type !== STRING ? {} : { prefix: rule.prefix }),
    });
    if (rule.isAnyValue === true) look.verdicts.fill(BOTH);
    return look;
  }

  /** Of a column that keeps fields as they came. */
  static ofFields(pages: BlockPages, info: ColumnInfo, judge: Judge): ColumnLook {
    return new ColumnLook(pages, info, { judge });
  }

  /** Looks at a page; undefined when no row of the column's table has a value. @throws BlockError */
  inPage(page: number): PageLook | undefined {
    const { info, pages, verdicts } = this;
    const column = pages.column(info, page);
    if (column === undefined) return undefined;
    const { codes, numbers } = column;
    const values = new ColumnValues(pages, info, column);
    return (row) => {
      this.work += 1;
      const code = codes[row] ?? ABSENT;
      if (code === ABSENT) return NOTHING;
      let verdict = verdicts[code] ?? UNKNOWN;
      if (verdict === UNKNOWN) {
        verdict = this.verdictOf(code, values, row);
        verdicts[code] = verdict;
      }
      if (verdict === BY_NUMBER) return this.judgeNumber(numbers?.[row] ?? 0);
      return verdict === BY_BYTES ? this.judgeRow(values, row) : verdict;
    };
  }

  /** Whether it is time to let others have a turn. Begins another turn. */
  isTurnOver(): boolean {
    if (this.work < WORK_A_TURN) return false;
    this.work = 0;
    return true;
  }

  private verdictOf(code: number, values: ColumnValues, row: number): number {
    const { info, pages } = this;
    if (!info.isSplit) return this.judgeRow(values, row);
    const { bytes, kind } = pages.entry(info.dictionary, code);
    if (kind === VARINT) return BY_NUMBER;
    if (kind === PLAIN) return this.judgeRow(values, row);
    return kind === TAIL && !this.mayMatch(bytes) ? PRESENT : BY_BYTES;
  }

  /** Whether a value that begins so can match, as far as beginnings tell. */
  private mayMatch(beginning: Buffer): boolean {
    const size = Math.min(beginning.length, this.prefix.length);
    return this.prefix.compare(beginning, 0, size, 0, size) === 0;
  }

  private judgeRow(values: ColumnValues, row: number): number {
    const value = values.at(row);
    if (value === undefined) throw new BlockError('a row has no value of its code');
    this.work += WORK_A_VALUE + value.length;
    return this.judge(value);
  }
}

export function bits(isMatch: boolean): number {
  return isMatch ? BOTH : PRESENT;
}

/** Among the attributes in field `attributeField` of a message. */
export function attributeBits(
  message: Buffer,
  attributeField: number,
  { key, rule }: { readonly key: string; readonly rule: ValueRule },
): number {
  const reader = new ProtobufReader(message);
  let seen = NOTHING;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag !== ((attributeField << 3) | 2)) {
      reader.skip(tag);
      continue;
    }
    const attribute = decodeKeyValue(reader);
    if (attribute.key === key) seen |= bits(rule.isMatch(attribute.value));
  }
  return seen;
}
