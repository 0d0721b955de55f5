import { Buffer } from 'node:buffer';
import type { AttributeSubject, FilterPlace, SpanField } from '../../../model/search-filter.ts';
import { SPAN_KINDS, STATUS_CODES } from '../../../model/span.ts';
import type { AttributeCondition } from '../../../model/trace-query.ts';
import { isMet, isMetBy } from '../../../model/value-rule.ts';
import type { SpanRule, ValueRule } from '../../../model/value-rule.ts';
import { ProtobufReader } from '../../../wire/protobuf/reader.ts';
import { messageText } from './attribute-search.ts';
import { ATTRIBUTE_FIELDS, EVENTS, FIELDS, LINKS, SPANS, STRING } from './block-format.ts';
import type { ColumnInfo, TableNumber } from './block-format.ts';
import type { BlockPages } from './block-pages.ts';
import * as core from './core-pages.ts';
import type { Group } from './group-table.ts';
import { numberTest } from './page-test.ts';
import type { PageTest, SearchedBlock } from './page-test.ts';
import { NAME_FIELD, STATUS_FIELD } from './span-shredder.ts';
import { ColumnLook, MATCHED, NOTHING, PRESENT, attributeBits, bits } from './value-look.ts';

const RESOURCE_ATTRIBUTES = 1;
const SCOPE_ATTRIBUTES = 3;
const SCOPE_NAME = 1;
const SCOPE_VERSION = 2;
const EVENT_NAME = 2;
const STATUS_MESSAGE = 2;

/** Adds the bits of what a place has to those of each row of a page. */
type AddBits = (page: number, seen: Uint8Array) => void;

/** The test of a `TraceQuery.filters` condition; undefined when no row of the block can meet it. */
export function ruleTest(block: SearchedBlock, rule: SpanRule): PageTest | undefined {
  if (!('anyOf' in rule)) return subjectTest(block, rule);
  const lists = rule.anyOf.flatMap((all) => {
    const tests = all.map((one) => ruleTest(block, one));
    const possible = tests.filter((test) => test !== undefined);
    return possible.length < tests.length ? [] : [possible];
  });
  if (lists.length === 0) return undefined;
  return (page) => anyOf(block.pages.rowCount(page), lists, page);
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

function anyOf(
  rowCount: number,
  lists: readonly (readonly PageTest[])[],
  page: number,
): Uint8Array {
  const mask = new Uint8Array(rowCount);
  for (const tests of lists) {
    const all = new Uint8Array(rowCount).fill(1);
    for (const test of tests) {
      const one = test(page);
      for (let row = 0; row < rowCount; row++) if (one?.[row] !== 1) all[row] = 0;
    }
    for (let row = 0; row < rowCount; row++) if (all[row] === 1) mask[row] = 1;
  }
  return mask;
}

function subjectTest(
  block: SearchedBlock,
  { subject, rule }: Exclude<SpanRule, { readonly anyOf: unknown }>,
): PageTest | undefined {
  if ('field' in subject) return fieldTest(block, subject.field, rule);
  const places = attributePlaces(block, subject, rule);
  if (places.length === 0 && rule.wants !== 'nothing') return undefined;
  return bitsTest(block.pages, rule, places);
}

/** By the bits of all places together. */
function bitsTest(pages: BlockPages, rule: ValueRule, places: readonly AddBits[]): PageTest {
  const verdicts = [NOTHING, PRESENT, MATCHED, PRESENT | MATCHED].map((seen) =>
    isMet(rule, (seen & PRESENT) !== 0, (seen & MATCHED) !== 0) ? 1 : 0,
  );
  return (page) => {
    const seen = new Uint8Array(pages.rowCount(page));
    for (const add of places) add(page, seen);
    for (let row = 0; row < seen.length; row++) seen[row] = verdicts[seen[row] ?? 0] ?? 0;
    return seen;
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
  const groups = (kind: number, all: readonly Group[], field: number): void => {
    const seen = all.map(({ message }) => attributeBits(message, field, wanted));
    if (seen.some((one) => one !== NOTHING)) places.push(groupBits(pages, kind, seen));
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
  const { table } = look.info;
  return (page, seen) => {
    const found = look.inPage(page);
    if (found === undefined) return;
    if (table === SPANS) {
      for (let row = 0; row < seen.length; row++) seen[row] = (seen[row] ?? 0) | (found[row] ?? 0);
    } else {
      addChildren(pages, table, { page, seen, found });
    }
  };
}

/** The bits of events, or of links, to the spans they belong to. */
function addChildren(
  pages: BlockPages,
  table: typeof EVENTS | typeof LINKS,
  { page, seen, found }: { page: number; seen: Uint8Array; found: Uint8Array },
): void {
  const counts = pages.numbers(table === EVENTS ? core.EVENT_COUNTS : core.LINK_COUNTS, page);
  for (let row = 0, child = 0; row < seen.length; row++) {
    const end = child + (counts[row] ?? 0);
    for (; child < end; child++) seen[row] = (seen[row] ?? 0) | (found[child] ?? 0);
  }
}

/** By the bits of each resource, or scope. */
function groupBits(pages: BlockPages, kind: number, bitsOf: readonly number[]): AddBits {
  return (page, seen) => {
    const groups = pages.numbers(kind, page);
    for (let row = 0; row < seen.length; row++) {
      seen[row] = (seen[row] ?? 0) | (bitsOf[groups[row] ?? 0] ?? NOTHING);
    }
  };
}

function fieldTest(block: SearchedBlock, field: SpanField, rule: ValueRule): PageTest | undefined {
  const { pages, scopes } = block;
  const judge = (value: string): number => bits(rule.isMatch({ type: 'string', value }));
  const ofKinds = (words: readonly string[], wordOf: (value: number) => number): PageTest => {
    const verdicts = words.map((value) => isMetBy(rule, { type: 'string', value }));
    return numberTest(pages, core.KINDS, (value) => verdicts[wordOf(value)] === true);
  };
  const ofScope = (number: number): PageTest => {
    const seen = scopes.map(({ message }) => judge(messageText(message, number)));
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
      return numberTest(pages, core.DURATIONS, (value) =>
        isMetBy(rule, { type: 'double', value: Math.max(value, 0) }),
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

interface TextColumn {
  readonly table: typeof SPANS | typeof EVENTS;
  readonly field: number;
}

/** Of a text that every row has: '' where no column has one. */
function textBits(pages: BlockPages, column: TextColumn, rule: ValueRule): AddBits {
  const inPage = textLook(pages, column, rule);
  return (page, seen) => {
    if (column.table === SPANS) {
      const found = inPage(page, seen.length);
      for (let row = 0; row < seen.length; row++) seen[row] = found[row] ?? 0;
    } else {
      let children = 0;
      for (const count of pages.numbers(core.EVENT_COUNTS, page)) children += count;
      addChildren(pages, EVENTS, { page, seen, found: inPage(page, children) });
    }
  };
}

function textLook(
  pages: BlockPages,
  { field, table }: TextColumn,
  rule: ValueRule,
): (page: number, rowCount: number) => Uint8Array {
  const info = pages.footer.columns.find(
    (one) => one.table === table && one.field === field && one.type === STRING,
  );
  const look = info === undefined ? undefined : ColumnLook.ofValues(pages, info, rule);
  const empty = bits(rule.isMatch({ type: 'string', value: '' }));
  return (page, rowCount) => {
    const found = look?.inPage(page) ?? new Uint8Array(rowCount);
    for (let row = 0; row < rowCount; row++) if (found[row] === NOTHING) found[row] = empty;
    return found;
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
  return (page, seen) => {
    addText(page, seen);
    for (const look of rest) {
      const found = look.inPage(page);
      for (let row = 0; row < seen.length && found !== undefined; row++) {
        if (found[row] !== NOTHING) seen[row] = found[row] ?? 0;
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
