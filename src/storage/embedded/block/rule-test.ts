import { Buffer } from 'node:buffer';
import type { AttributeSubject, FilterPlace, SpanField } from '../../../model/search-filter.ts';
import { SPAN_KINDS, STATUS_CODES } from '../../../model/span.ts';
import type { AttributeCondition } from '../../../model/trace-query.ts';
import { isMet, isMetBy } from '../../../model/value-rule.ts';
import type { SpanRule, ValueRule } from '../../../model/value-rule.ts';
import type { InTurns } from '../../../model/in-turns.ts';
import { ProtobufReader } from '../../../wire/protobuf/reader.ts';
import { messageText } from './attribute-search.ts';
import { ATTRIBUTE_FIELDS, EVENTS, FIELDS, LINKS, SPANS, STRING } from './block-format.ts';
import type { ColumnInfo, TableNumber } from './block-format.ts';
import type { BlockPages } from './block-pages.ts';
import * as core from './core-pages.ts';
import { numberTest } from './page-test.ts';
import type { LongTest, PageTest, SearchedBlock } from './page-test.ts';
import { NO_ROWS, rowsWhere, unionOf } from './rows.ts';
import type { Rows } from './rows.ts';
import { RESOURCE_ATTRIBUTES, SCOPE_ATTRIBUTES } from './searched-groups.ts';
import type { SearchedGroups } from './searched-groups.ts';
import { NAME_FIELD, STATUS_FIELD } from './span-shredder.ts';
import { ColumnLook, MATCHED, NOTHING, PRESENT, attributeBits, bits } from './value-look.ts';
import type { PageLook } from './value-look.ts';

const SCOPE_NAME = 1;
const SCOPE_VERSION = 2;
const EVENT_NAME = 2;
const STATUS_MESSAGE = 2;

/** Adds the bits of what a place has to those of some rows of a page. */
type AddBits = (page: number, rows: Rows, seen: Uint8Array) => InTurns<void>;

/** The test of a `TraceQuery.filters` condition; undefined when no row of the block can meet it. */
export function ruleTest(block: SearchedBlock, rule: SpanRule): LongTest | undefined {
  if (!('anyOf' in rule)) return subjectTest(block, rule);
  const lists = rule.anyOf.flatMap((all) => {
    const tests = all.map((one) => ruleTest(block, one));
    const possible = tests.filter((test) => test !== undefined);
    return possible.length < tests.length ? [] : [possible];
  });
  return lists.length === 0 ? undefined : anyOf(lists);
}

/**
 * Attributes that a span must have to meet all of these: what a filter of the block's attributes can
 * rule out. `error` is no such key: as a condition it stands for the status too.
 */
export function neededTexts(rules: readonly SpanRule[]): readonly AttributeCondition[] {
  return rules.flatMap((one) => {
    if ('anyOf' in one || 'field' in one.subject || one.subject.key === 'error') return [];
    const { onlyText, wants } = one.rule;
    const { key } = one.subject;
    return wants === 'some' && onlyText !== undefined ? [{ key, value: onlyText }] : [];
  });
}

function anyOf(lists: readonly (readonly LongTest[])[]): LongTest {
  return function* (page, rows) {
    let found = NO_ROWS;
    for (const tests of lists) {
      let left = rows;
      for (const test of tests) left = yield* test(page, left);
      found = unionOf(found, left);
    }
    return found;
  };
}

function subjectTest(
  block: SearchedBlock,
  { subject, rule }: Exclude<SpanRule, { readonly anyOf: unknown }>,
): LongTest | undefined {
  if ('field' in subject) return fieldTest(block, subject.field, rule);
  const places = attributePlaces(block, subject, rule);
  if (places.length === 0 && rule.wants !== 'nothing') return undefined;
  return bitsTest(block.pages, rule, places);
}

/** By the bits of all places together. */
function bitsTest(pages: BlockPages, rule: ValueRule, places: readonly AddBits[]): LongTest {
  const verdicts = [NOTHING, PRESENT, MATCHED, PRESENT | MATCHED].map((seen) =>
    isMet(rule, (seen & PRESENT) !== 0, (seen & MATCHED) !== 0),
  );
  return function* (page, rows) {
    const seen = new Uint8Array(pages.rowCount(page));
    for (const add of places) yield* add(page, rows, seen);
    return rowsWhere(rows, (row) => verdicts[seen[row] ?? 0] === true);
  };
}

/** The places of the block that have the attribute at all. */
function attributePlaces(
  block: SearchedBlock,
  { key, place }: AttributeSubject,
  rule: ValueRule,
): readonly AddBits[] {
  const isPlace = (one: FilterPlace): boolean => place === 'any' || place === one;
  const { pages, resources, scopes } = block;
  const wanted = { key, rule };
  const places: AddBits[] = [];
  for (const info of pages.footer.columns) {
    if (!isPlace(PLACE_OF_TABLE[info.table])) continue;
    const field = ATTRIBUTE_FIELDS[info.table];
    if (info.type === FIELDS) {
      places.push(
        columnBits(
          pages,
          ColumnLook.ofFields(pages, info, (fields) => attributeBits(fields, field, wanted)),
        ),
      );
    } else if (info.field === field && info.key.toString('utf8') === key) {
      places.push(columnBits(pages, ColumnLook.ofValues(pages, info, rule)));
    }
  }
  const groups = (kind: number, searched: SearchedGroups, field: number): void => {
    if (!searched.hasKey(key)) return;
    const seen = searched.groups.map(({ message }) => attributeBits(message, field, wanted));
    places.push(groupBits(pages, kind, seen));
  };
  if (isPlace('resource')) groups(core.RESOURCES, resources, RESOURCE_ATTRIBUTES);
  if (isPlace('scope')) groups(core.SCOPES, scopes, SCOPE_ATTRIBUTES);
  return places;
}

const PLACE_OF_TABLE: Readonly<Record<TableNumber, FilterPlace>> = {
  [SPANS]: 'span',
  [EVENTS]: 'event',
  [LINKS]: 'link',
};

function columnBits(pages: BlockPages, look: ColumnLook): AddBits {
  return function* (page, rows, seen) {
    const bitsOf = look.inPage(page);
    if (bitsOf === undefined) return;
    const firsts = firstsOf(pages, look.info.table, page);
    yield* addLook({ look, bitsOf, firsts }, rows, seen);
  };
}

/** Of each span of a page, where its events or links start; undefined for the table of spans. */
function firstsOf(pages: BlockPages, table: TableNumber, page: number): Uint32Array | undefined {
  if (table === SPANS) return undefined;
  return pages.firstChildren(table === EVENTS ? core.EVENT_COUNTS : core.LINK_COUNTS, page);
}

interface RowLook {
  readonly look: Pick<ColumnLook, 'isTurnOver'> | undefined;
  readonly bitsOf: PageLook;
  readonly firsts: Uint32Array | undefined;
}

/** Adds to each span what is seen in its row, or in all rows of its events, or links. */
function* addLook({ look, bitsOf, firsts }: RowLook, rows: Rows, seen: Uint8Array): InTurns<void> {
  for (const row of rows) {
    const end = firsts === undefined ? row + 1 : (firsts[row + 1] ?? 0);
    for (let place = firsts === undefined ? row : (firsts[row] ?? 0); place < end; place++) {
      seen[row] = (seen[row] ?? 0) | bitsOf(place);
      if (look?.isTurnOver() === true) yield;
    }
  }
}

/** By the bits of each resource, or scope. */
function groupBits(pages: BlockPages, kind: number, bitsOf: readonly number[]): AddBits {
  return function* (page, rows, seen) {
    yield;
    const groups = pages.numbers(kind, page);
    for (const row of rows) {
      seen[row] = (seen[row] ?? 0) | (bitsOf[groups[row] ?? 0] ?? NOTHING);
    }
  };
}

function fieldTest(block: SearchedBlock, field: SpanField, rule: ValueRule): LongTest {
  const { pages, scopes } = block;
  const judge = (value: string): number => bits(rule.isMatch({ type: 'string', value }));
  const ofKinds = (words: readonly string[], wordOf: (value: number) => number): LongTest => {
    const verdicts = words.map((value) => isMetBy(rule, { type: 'string', value }));
    return inOneTurn(numberTest(pages, core.KINDS, (value) => verdicts[wordOf(value)] === true));
  };
  const ofScope = (number: number): LongTest => {
    const seen = scopes.groups.map(({ message }) => judge(messageText(message, number)));
    return bitsTest(pages, rule, [groupBits(pages, core.SCOPES, seen)]);
  };
  switch (field) {
    case 'name':
      return bitsTest(pages, rule, [textBits(pages, { table: SPANS, field: NAME_FIELD }, rule)]);
    case 'kind':
      return ofKinds(SPAN_KINDS, (value) => value % 8);
    case 'status':
      return ofKinds(STATUS_CODES, (value) => Math.floor(value / 8));
    case 'duration':
      return inOneTurn(
        numberTest(pages, core.DURATIONS, (value) =>
          isMetBy(rule, { type: 'double', value: Math.max(value, 0) }),
        ),
      );
    case 'statusMessage':
      return bitsTest(pages, rule, [statusMessageBits(pages, rule)]);
    case 'eventName':
      return bitsTest(pages, rule, [textBits(pages, { table: EVENTS, field: EVENT_NAME }, rule)]);
    case 'scopeName':
      return ofScope(SCOPE_NAME);
    case 'scopeVersion':
      return ofScope(SCOPE_VERSION);
  }
}

function inOneTurn(test: PageTest): LongTest {
  return function* (page, rows) {
    yield;
    return test(page, rows);
  };
}

interface TextColumn {
  readonly table: typeof SPANS | typeof EVENTS;
  readonly field: number;
}

/** Of a text that every row of the table has: '' where no column has one. */
function textBits(pages: BlockPages, { field, table }: TextColumn, rule: ValueRule): AddBits {
  const info = pages.footer.columns.find(
    (one) => one.table === table && one.field === field && one.type === STRING,
  );
  const look = info === undefined ? undefined : ColumnLook.ofValues(pages, info, rule);
  const empty = bits(rule.isMatch({ type: 'string', value: '' }));
  return function* (page, rows, seen) {
    const ofText = look?.inPage(page);
    const bitsOf: PageLook = (row) => {
      const found = ofText?.(row) ?? NOTHING;
      return found === NOTHING ? empty : found;
    };
    yield* addLook({ look, bitsOf, firsts: firstsOf(pages, table, page) }, rows, seen);
  };
}

/** A status with fields that nobody knows is kept as it came; what that says counts. */
function statusMessageBits(pages: BlockPages, rule: ValueRule): AddBits {
  const addText = textBits(pages, { table: SPANS, field: STATUS_FIELD }, rule);
  const rest = pages.footer.columns
    .filter(({ table, type }: ColumnInfo) => table === SPANS && type === FIELDS)
    .map((info) =>
      ColumnLook.ofFields(pages, info, (fields) => {
        const value = statusMessageOf(fields);
        return value === undefined ? NOTHING : bits(rule.isMatch({ type: 'string', value }));
      }),
    );
  return function* (page, rows, seen) {
    yield* addText(page, rows, seen);
    for (const look of rest) {
      const bitsOf = look.inPage(page);
      for (let at = 0; at < rows.length && bitsOf !== undefined; at++) {
        const row = rows[at] ?? 0;
        const found = bitsOf(row);
        if (found !== NOTHING) seen[row] = found;
        if (look.isTurnOver()) yield;
      }
    }
  };
}

/** Of the last status among some fields of a span. */
function statusMessageOf(fields: Buffer): string | undefined {
  const reader = new ProtobufReader(fields);
  let text: string | undefined;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === ((STATUS_FIELD << 3) | 2)) {
      text = messageText(Buffer.from(reader.bytes()), STATUS_MESSAGE);
    } else {
      reader.skip(tag);
    }
  }
  return text;
}
