import { SPAN_KINDS, STATUS_CODES } from '../../../model/span.ts';
import type { AttributeCondition, TraceQuery } from '../../../model/trace-query.ts';
import type { SpanRule } from '../../../model/value-rule.ts';
import { columnMatches, isSelective, messageHas, messageText } from './attribute-search.ts';
import type { ColumnMatch } from './attribute-search.ts';
import { BlockError, EVENTS, SPANS, STRING } from './block-format.ts';
import type { ColumnInfo } from './block-format.ts';
import type { BlockPages } from './block-pages.ts';
import { ABSENT, findRows } from './column-page.ts';
import type { SplitSearch } from './column-page.ts';
import * as core from './core-pages.ts';
import { numberTest } from './page-test.ts';
import type { PageTest, SearchedBlock } from './page-test.ts';
import { ruleTest } from './rule-test.ts';
import { NAME_FIELD } from './span-shredder.ts';
import { columnValues } from './column-values.ts';

const ERROR = STATUS_CODES.indexOf('error');
const RESOURCE_ATTRIBUTES = 1;
const SCOPE_ATTRIBUTES = 3;

/**
 * The conditions of a query, cheap ones first; undefined when no row of the block can meet all.
 * @param rules of `query.filters`
 */
export function pageTests(
  block: SearchedBlock,
  query: TraceQuery,
  rules: readonly SpanRule[],
): PageTest[] | undefined {
  const names = operationTests(block, query);
  const durations = durationTests(block.pages, query);
  if (names === undefined || durations === undefined) return undefined;
  const [first, last] = [true, false].map((isFirst) =>
    query.attributes
      .filter((condition) => isSelective(block.pages, condition) === isFirst)
      .map((condition) => attributeTest(block, condition)),
  );
  const tests = [...(first ?? []), ...names, ...durations, ...(last ?? [])];
  for (const rule of rules) {
    const test = ruleTest(block, rule);
    if (test === undefined) return undefined;
    tests.push(test);
  }
  return tests;
}

function operationTests(
  { names, pages }: SearchedBlock,
  { operationName, serviceName, spanKind }: TraceQuery,
): PageTest[] | undefined {
  const hasOperation = names.operations.some(
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

/** By a verdict on each resource, or scope. */
function groupTest(pages: BlockPages, kind: number, verdicts: readonly boolean[]): PageTest {
  const wanted = Uint8Array.from(verdicts, Number);
  return (page) => {
    const groups = pages.numbers(kind, page);
    const mask = new Uint8Array(groups.length);
    for (let row = 0; row < mask.length; row++) mask[row] = wanted[groups[row] ?? 0] ?? 0;
    return mask;
  };
}

function nameTest(pages: BlockPages, name: string): PageTest {
  const info = pages.footer.columns.find(
    ({ table, field, type }) => table === SPANS && field === NAME_FIELD && type === STRING,
  );
  const known = new Map<number, boolean>();
  return (page) => {
    const mask = new Uint8Array(pages.rowCount(page));
    const column = info === undefined ? undefined : pages.column(info, page);
    const values = info === undefined ? undefined : columnValues(pages, info, page);
    if (info === undefined || column === undefined) return mask.fill(name === '' ? 1 : 0);
    const isName = (row: number): boolean => (values?.at(row)?.toString('utf8') ?? '') === name;
    for (let row = 0; row < mask.length; row++) {
      const code = column.codes[row] ?? ABSENT;
      let verdict = info.isSplit ? undefined : known.get(code);
      if (verdict === undefined) {
        verdict = isName(row);
        known.set(code, verdict);
      }
      if (verdict) mask[row] = 1;
    }
    return mask;
  };
}

/** Names that mean a field of the span where no attribute has them. */
function attributeTest(block: SearchedBlock, condition: AttributeCondition): PageTest {
  const { pages, scopes, resources } = block;
  const { key, value } = condition;
  const literal = anyLevelTest(block, condition);
  const ofStatus = (code: number): PageTest =>
    numberTest(pages, core.KINDS, (kinds) => Math.floor(kinds / 8) === code);
  if (key === 'error' && value === 'true') return either(literal, ofStatus(ERROR));
  if (key === 'error' && value === 'false') {
    const isError = either(anyLevelTest(block, { key, value: 'true' }), ofStatus(ERROR));
    return (page) =>
      isError(page)?.map((verdict) => 1 - verdict) ?? new Uint8Array(pages.rowCount(page)).fill(1);
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
    const verdicts = scopes.map(({ message }) => messageText(message, field) === value);
    return either(literal, groupTest(pages, core.SCOPES, verdicts));
  }
  if (key.startsWith('resource.')) {
    const inner = { key: key.slice('resource.'.length), value };
    const verdicts = resources.map(({ message }) =>
      messageHas(message, RESOURCE_ATTRIBUTES, inner),
    );
    return either(literal, groupTest(pages, core.RESOURCES, verdicts));
  }
  return literal;
}

function either(first: PageTest, second: PageTest): PageTest {
  return (page) => {
    const mask = first(page);
    const other = second(page);
    if (mask === undefined || other === undefined) return mask ?? other;
    for (let row = 0; row < mask.length; row++) if (other[row] === 1) mask[row] = 1;
    return mask;
  };
}

/** Attributes of the span, its events and links, its resource and scope. */
function anyLevelTest(block: SearchedBlock, condition: AttributeCondition): PageTest {
  const { pages, resources, scopes } = block;
  const columns = columnMatches(pages, condition);
  const inResource = resources.map(({ message }) =>
    messageHas(message, RESOURCE_ATTRIBUTES, condition),
  );
  const inScope = scopes.map(({ message }) => messageHas(message, SCOPE_ATTRIBUTES, condition));
  const tests = columns.map((match) => columnTest(pages, match));
  if (inResource.includes(true)) tests.push(groupTest(pages, core.RESOURCES, inResource));
  if (inScope.includes(true)) tests.push(groupTest(pages, core.SCOPES, inScope));
  const [only] = tests;
  if (only !== undefined && tests.length === 1) return only;
  return (page) => {
    const mask = new Uint8Array(pages.rowCount(page));
    for (const test of tests) {
      const other = test(page);
      if (other === undefined) continue;
      for (let row = 0; row < mask.length; row++) if (other[row] === 1) mask[row] = 1;
    }
    return mask;
  };
}

function columnTest(pages: BlockPages, match: ColumnMatch): PageTest {
  const { info, split } = match;
  if (split !== undefined && info.table === SPANS) return splitTest(pages, info, split);
  return (page) => {
    const mask = new Uint8Array(pages.rowCount(page));
    const column = pages.column(info, page);
    if (column === undefined) return mask;
    if (info.table === SPANS) {
      for (let row = 0; row < mask.length; row++) if (match.isMatch(column, row)) mask[row] = 1;
      return mask;
    }
    const kind = info.table === EVENTS ? core.EVENT_COUNTS : core.LINK_COUNTS;
    const counts = pages.numbers(kind, page);
    for (let row = 0, child = 0; row < mask.length; row++) {
      const end = child + (counts[row] ?? 0);
      for (; child < end; child++) if (match.isMatch(column, child)) mask[row] = 1;
    }
    return mask;
  };
}

function splitTest(pages: BlockPages, info: ColumnInfo, split: SplitSearch): PageTest {
  return (page) => {
    const source = pages.writtenColumn(info, page);
    const ref = info.pages[page];
    if (source === undefined || ref === undefined) return undefined;
    const rowCount = pages.rowCount(page);
    const rows = pages.attempt(ref, () => findRows(source, rowCount, info, split));
    if (rows.length === 0) return undefined;
    const mask = new Uint8Array(rowCount);
    for (const row of rows) mask[row] = 1;
    return mask;
  };
}

/**
 * All tests of a page, one after the other while rows are left; undefined when none is, or the page is
 * damaged.
 */
export function matchingRows(
  pages: BlockPages,
  tests: readonly PageTest[],
  page: number,
): Uint8Array | undefined {
  try {
    let mask: Uint8Array | undefined;
    for (const test of tests) {
      const other = test(page);
      if (other === undefined) return undefined;
      if (mask === undefined) mask = other;
      else keepBoth(mask, other);
      if (!mask.includes(1)) return undefined;
    }
    return mask ?? new Uint8Array(pages.rowCount(page)).fill(1);
  } catch (error) {
    if (error instanceof BlockError) return undefined;
    throw error;
  }
}

function keepBoth(mask: Uint8Array, other: Uint8Array): void {
  for (let row = 0; row < mask.length; row++) mask[row] = (mask[row] ?? 0) & (other[row] ?? 0);
}
