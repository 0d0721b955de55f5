import { SPAN_KINDS, STATUS_CODES } from '../../../model/span.ts';
import type { AttributeCondition, TraceQuery } from '../../../model/trace-query.ts';
import type { SpanRule } from '../../../model/value-rule.ts';
import type { InTurns } from '../../../model/in-turns.ts';
import { columnMatches, isSelective, messageText } from './attribute-search.ts';
import type { ColumnMatch } from './attribute-search.ts';
import { BlockError, EVENTS, SPANS, STRING } from './block-format.ts';
import type { ColumnInfo, LINKS } from './block-format.ts';
import type { BlockPages } from './block-pages.ts';
import { ABSENT, findRows } from './column-page.ts';
import type { SplitSearch } from './column-page.ts';
import * as core from './core-pages.ts';
import { groupTest, numberTest } from './page-test.ts';
import type { LongTest, PageTest, PageTests, SearchedBlock } from './page-test.ts';
import { NO_ROWS, rowsOfBoth, rowsWhere, unionOf } from './rows.ts';
import type { Rows } from './rows.ts';
import { neededTexts, ruleTest } from './rule-test.ts';
import { NAME_FIELD } from './span-shredder.ts';
import { columnValues } from './column-values.ts';

const ERROR = STATUS_CODES.indexOf('error');

/**
 * The conditions of a query; undefined when no row of the block can meet all.
 * @param rules of `query.filters`
 */
export function pageTests(
  block: SearchedBlock,
  query: TraceQuery,
  rules: readonly SpanRule[],
): PageTests | undefined {
  const names = operationTests(block, query);
  const durations = durationTests(block.pages, query);
  const selective = [...query.attributes, ...neededTexts(rules)].filter((condition) =>
    isSelective(block.pages, condition),
  );
  const others = query.attributes.filter((condition) => !selective.includes(condition));
  const [first, last] = [selective, others].map((conditions) =>
    allOf(conditions.map((condition) => attributeTest(block, condition))),
  );
  const long = allOf(rules.map((rule): LongTest | undefined => ruleTest(block, rule)));
  if (names === undefined || durations === undefined || long === undefined) return undefined;
  if (first === undefined || last === undefined) return undefined;
  return { quick: [...first, ...names, ...durations, ...last], long };
}

/** undefined when one of them is. */
function allOf<T>(tests: readonly (T | undefined)[]): readonly T[] | undefined {
  const possible = tests.filter((test) => test !== undefined);
  return possible.length < tests.length ? undefined : possible;
}

function operationTests(
  { names, pages }: SearchedBlock,
  { operationName, serviceName, spanKind }: TraceQuery,
): PageTest[] | undefined {
  const hasOperation =
    operationName === undefined && spanKind === undefined
      ? serviceName === undefined || names.services.includes(serviceName)
      : names.operations.some(
          ({ service, name, kind }) =>
            (serviceName === undefined || service === serviceName) &&
            (operationName === undefined || name === operationName) &&
            (spanKind === undefined || kind === spanKind),
        );
  if (!hasOperation) return undefined;
  const tests: PageTest[] = [];
  if (serviceName !== undefined) {
    const service = names.services.indexOf(serviceName);
    const verdicts = names.serviceOfResource.map((of) => of === service);
    tests.push(groupTest(pages, core.RESOURCES, verdicts));
  }
  if (spanKind !== undefined) {
    const kind = SPAN_KINDS.indexOf(spanKind);
    tests.push(numberTest(pages, core.KINDS, (value) => value % 8 === kind));
  }
  if (operationName !== undefined) tests.push(nameTest(pages, operationName));
  return tests;
}

function durationTests(
  pages: BlockPages,
  { durationMaxNano = Infinity, durationMinNano = -Infinity }: TraceQuery,
): PageTest[] | undefined {
  if (durationMinNano === -Infinity && durationMaxNano === Infinity) return [];
  const { footer } = pages;
  if (footer.durationMaxNano < durationMinNano) return undefined;
  if (footer.durationMinNano > durationMaxNano) return undefined;
  const isInRange = (value: number): boolean =>
    value >= durationMinNano && value <= durationMaxNano;
  return [numberTest(pages, core.DURATIONS, isInRange)];
}

function nameTest(pages: BlockPages, name: string): PageTest {
  const info = pages.footer.columns.find(
    ({ table, field, type }) => table === SPANS && field === NAME_FIELD && type === STRING,
  );
  const known = new Map<number, boolean>();
  return (page, rows) => {
    const column = info === undefined ? undefined : pages.column(info, page);
    const values = info === undefined ? undefined : columnValues(pages, info, page);
    if (info === undefined || column === undefined) return name === '' ? rows : NO_ROWS;
    const isName = (row: number): boolean => (values?.at(row)?.toString('utf8') ?? '') === name;
    return rowsWhere(rows, (row) => {
      const code = column.codes[row] ?? ABSENT;
      let verdict = info.isSplit ? undefined : known.get(code);
      if (verdict === undefined) {
        verdict = isName(row);
        known.set(code, verdict);
      }
      return verdict;
    });
  };
}

/**
 * Names that mean a field of the span where no attribute has them. undefined when no row of the block
 * has such an attribute.
 */
function attributeTest(block: SearchedBlock, condition: AttributeCondition): PageTest | undefined {
  const { pages, scopes, resources } = block;
  const { key, value } = condition;
  const literal = anyLevelTest(block, condition);
  const ofStatus = (code: number): PageTest =>
    numberTest(pages, core.KINDS, (kinds) => Math.floor(kinds / 8) === code);
  if (key === 'error' && value === 'true') return either(literal, ofStatus(ERROR));
  if (key === 'error' && value === 'false') {
    const isError = either(anyLevelTest(block, { key, value: 'true' }), ofStatus(ERROR));
    return (page, rows) => rowsOfBoth(rows, isError(page, rows), false);
  }
  if (key === 'span.status') {
    const code = STATUS_CODES.findIndex((name) => name === value.toLowerCase());
    return either(literal, ofStatus(code));
  }
  if (key === 'span.kind') {
    const kind = SPAN_KINDS.findIndex((name) => name === value.toLowerCase());
    return either(
      literal,
      numberTest(pages, core.KINDS, (kinds) => kinds % 8 === kind),
    );
  }
  if (key === 'scope.name' || key === 'scope.version') {
    const field = key === 'scope.name' ? 1 : 2;
    const verdicts = scopes.groups.map(({ message }) => messageText(message, field) === value);
    return either(literal, groupTest(pages, core.SCOPES, verdicts));
  }
  if (key.startsWith('resource.')) {
    const verdicts = resources.having({ key: key.slice('resource.'.length), value });
    return either(literal, groupTest(pages, core.RESOURCES, verdicts));
  }
  return literal;
}

function either(first: PageTest | undefined, second: PageTest): PageTest {
  if (first === undefined) return second;
  return (page, rows) => unionOf(first(page, rows), second(page, rows));
}

/** Attributes of the span, its events and links, its resource and scope. */
function anyLevelTest(block: SearchedBlock, condition: AttributeCondition): PageTest | undefined {
  const { pages, resources, scopes } = block;
  const tests = columnMatches(pages, condition).map((match) => columnTest(pages, match));
  const inResource = resources.having(condition);
  const inScope = scopes.having(condition);
  if (inResource.includes(true)) tests.push(groupTest(pages, core.RESOURCES, inResource));
  if (inScope.includes(true)) tests.push(groupTest(pages, core.SCOPES, inScope));
  const [first, ...others] = tests;
  return first === undefined ? undefined : others.reduce(either, first);
}

function columnTest(pages: BlockPages, match: ColumnMatch): PageTest {
  const { info, split } = match;
  if (info.table !== SPANS) return childrenTest(pages, info.table, match);
  if (split !== undefined) return splitTest(pages, info, split);
  return (page, rows) => {
    const column = pages.column(info, page);
    if (column === undefined) return NO_ROWS;
    return rowsWhere(rows, (row) => match.isMatch(column, row));
  };
}

/** Spans of which an event, or a link, matches. */
function childrenTest(
  pages: BlockPages,
  table: typeof EVENTS | typeof LINKS,
  match: ColumnMatch,
): PageTest {
  return (page, rows) => {
    const column = pages.column(match.info, page);
    if (column === undefined) return NO_ROWS;
    const kind = table === EVENTS ? core.EVENT_COUNTS : core.LINK_COUNTS;
    const firsts = pages.firstChildren(kind, page);
    return rowsWhere(rows, (row) => {
      const end = firsts[row + 1] ?? 0;
      for (let child = firsts[row] ?? 0; child < end; child++) {
        if (match.isMatch(column, child)) return true;
      }
      return false;
    });
  };
}

function splitTest(pages: BlockPages, info: ColumnInfo, split: SplitSearch): PageTest {
  return (page, rows) => {
    const source = pages.writtenColumn(info, page);
    const ref = info.pages[page];
    if (source === undefined || ref === undefined) return NO_ROWS;
    const rowCount = pages.rowCount(page);
    const found = pages.attempt(ref, () => findRows(source, rowCount, info, split));
    if (found.length === 0) return NO_ROWS;
    return rows.length === rowCount
      ? Uint32Array.from(found)
      : rowsOfBoth(Uint32Array.from(found), rows);
  };
}

/** Of some rows of a page those that meet all tests; none when the page is damaged. */
export function* matchingRows({ long, quick }: PageTests, page: number, rows: Rows): InTurns<Rows> {
  try {
    let left = rows;
    for (const test of quick) {
      left = test(page, left);
      if (left.length === 0) return left;
    }
    for (const test of long) {
      left = yield* test(page, left);
      if (left.length === 0) return left;
    }
    return left;
  } catch (error) {
    if (error instanceof BlockError) return NO_ROWS;
    throw error;
  }
}
