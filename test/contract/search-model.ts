import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FilterError, buildFilter } from '../../src/model/build-filter.ts';
import type { Subject } from '../../src/model/build-filter.ts';
import { FILTER_PLACES, SPAN_FIELDS, TRACE_FIELDS } from '../../src/model/search-filter.ts';
import type {
  AttributeFilter,
  SpanCondition,
  TraceFilter,
  ValueTest,
} from '../../src/model/search-filter.ts';
import type { Attribute, Span, SpanEvent, SpanLink } from '../../src/model/span.ts';
import { SPAN_KINDS, STATUS_CODES } from '../../src/model/span.ts';
import type { TraceQuery } from '../../src/model/trace-query.ts';
import { summarizeTrace } from '../../src/model/trace-summary.ts';
import type { Storage } from '../../src/storage/storage.ts';
import {
  TEST_TIME_NANO,
  aBatch,
  aResource,
  aScope,
  aSpan,
  spanId,
  toAttributes,
  traceId,
} from '../harness/a-span.ts';
import { NEVER_ABORTED, aQuery, findIds, findSummaries, getSpans } from '../harness/read-traces.ts';
import { plainSearch } from './plain-search.ts';

// Few values of each kind, so that random queries often match and random times often tie.
const name = fc.constantFrom('a', 'b', '__proto__');
const key = fc.constantFrom('k', 'l', 'kk');
const value = fc.constantFrom<[string | bigint | boolean | number, string]>(
  ['x', 'x'],
  ['cust-1', 'cust-1'],
  ['cust-12', 'cust-12'],
  ['1', '1'],
  [1n, '1'],
  [1, '1'],
  [-3n, '-3'],
  [2.5, '2.5'],
  [true, 'true'],
);
const attributes = fc
  .dictionary(
    key,
    value.map(([plain]) => plain),
    { maxKeys: 2 },
  )
  .map((plain) => toAttributes(sortedByKey({ ...plain })));
const few = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant<T[]>([]) }, fc.array(one, { maxLength: 2 }));

const event: fc.Arbitrary<SpanEvent> = fc
  .record({ name: fc.constantFrom('', 'e', 'exception'), attributes })
  .map((parts) => ({ ...parts, timeUnixNano: TEST_TIME_NANO, droppedAttributesCount: 0 }));
const link: fc.Arbitrary<SpanLink> = attributes.map((attributes) => ({
  ...{ traceId: traceId(9), spanId: spanId(9), traceState: '', flags: 0 },
  attributes,
  droppedAttributesCount: 0,
}));

export const modelSpan: fc.Arbitrary<Span> = fc
  .record({
    trace: fc.integer({ min: 1, max: 6 }),
    span: fc.integer({ min: 1, max: 4 }),
    parent: fc.integer({ min: 0, max: 5 }),
    seconds: fc.integer({ min: 0, max: 5 }),
    durationNano: fc.bigInt({ min: -1n, max: 3n }),
    serviceName: name,
    name,
    kind: fc.constantFrom(...SPAN_KINDS),
    status: fc.record({
      code: fc.constantFrom(...STATUS_CODES),
      message: fc.constantFrom('', 'timeout'),
    }),
    attributes,
    resourceAttributes: attributes,
    scope: fc.record({ name: fc.constantFrom('', 'lib'), attributes }).map(aScope),
    events: few(event),
    links: few(link),
  })
  .map(({ trace, span, parent, seconds, serviceName, resourceAttributes, ...rest }) =>
    aSpan({
      ...rest,
      resource: {
        ...aResource(serviceName),
        attributes: [...aResource(serviceName).attributes, ...resourceAttributes],
      },
      traceId: traceId(trace),
      spanId: spanId(span),
      parentSpanId: parent === 0 ? '' : spanId(parent),
      startTimeUnixNano: TEST_TIME_NANO + BigInt(seconds),
    }),
  );

const text = fc.oneof(
  value.map(([, text]) => text),
  fc.constantFrom('a', 'server', 'error', 'timeout', 'exception', 'lib', '2', ''),
);
const test: fc.Arbitrary<ValueTest> = fc.oneof(
  fc.record({ operator: fc.constantFrom('exists' as const, 'absent' as const) }),
  fc.record({ operator: fc.constantFrom('=' as const, '!=' as const), value: text }),
  fc.record({
    operator: fc.constantFrom('=~' as const, '!~' as const),
    value: fc.constantFrom('cust-.*', 'x|1', '.', '.*', 'server|client', '[a-f]+', '\\d+', ''),
  }),
  fc.record({
    operator: fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const),
    value: fc.constantFrom('1', '2', '-3', '2.5', '0', '1e3'),
  }),
  fc.record({ operator: fc.constant('in' as const), values: fc.array(text, { maxLength: 3 }) }),
);
/** What nobody can ask, such as a kind that is none, is not asked. */
function isAskable(subject: Subject, test: ValueTest): boolean {
  const values = 'values' in test ? test.values : 'value' in test ? [test.value] : [];
  try {
    return isDeepStrictEqual(buildFilter(subject, test.operator, values).test, test);
  } catch (error) {
    if (error instanceof FilterError) return false;
    throw error;
  }
}

const filter: fc.Arbitrary<AttributeFilter> = fc
  .record({
    subject: fc.oneof(
      { weight: 3, arbitrary: fc.record({ place: fc.constantFrom(...FILTER_PLACES), key }) },
      fc.record({ field: fc.constantFrom(...SPAN_FIELDS) }),
    ),
    test,
  })
  .filter(({ subject, test }) => isAskable(subject, test));
const condition: fc.Arbitrary<SpanCondition> = fc.oneof(
  { weight: 4, arbitrary: filter },
  fc.record({ anyOf: fc.array(fc.array(filter, { maxLength: 2 }), { maxLength: 3 }) }),
);
const traceFilter: fc.Arbitrary<TraceFilter> = fc
  .record({ field: fc.constantFrom(...TRACE_FIELDS), test })
  .filter(({ field, test }) => isAskable({ trace: field }, test));

export const modelQuery: fc.Arbitrary<TraceQuery> = fc
  .record(
    {
      serviceName: name,
      operationName: name,
      spanKind: fc.constantFrom(...SPAN_KINDS),
      attributes: few(fc.tuple(key, value).map(([key, [, text]]) => ({ key, value: text }))),
      filters: fc.array(condition, { maxLength: 2 }),
      traceFilters: few(traceFilter),
      startTimeMinNano: fc.integer({ min: 0, max: 6 }).map((at) => TEST_TIME_NANO + BigInt(at)),
      startTimeMaxNano: fc.integer({ min: 0, max: 6 }).map((at) => TEST_TIME_NANO + BigInt(at)),
      durationMinNano: fc.integer({ min: 1, max: 3 }),
      durationMaxNano: fc.integer({ min: 1, max: 3 }),
      limit: fc.integer({ min: 1, max: 7 }),
    },
    { requiredKeys: [] },
  )
  .map((all) => {
    const { serviceName, operationName, spanKind, filters = [], traceFilters, ...rest } = all;
    // Several conditions at once match next to nothing.
    const isFiltered = filters.length > 0;
    const names = { serviceName, operationName, spanKind };
    const used = isFiltered
      ? {}
      : Object.fromEntries(Object.entries(names).filter(([, v]) => v !== undefined));
    return aQuery({
      ...rest,
      ...used,
      ...(isFiltered ? { filters, attributes: [] } : {}),
      ...(traceFilters === undefined ? {} : { traceFilters }),
    });
  });

/** Random writes and searches, compared with the plainest storage that could be written. */
export function describeSearchModel(open: () => Promise<Storage>, numRuns = 60): void {
  it('answers random searches as a plain list of spans does', async () => {
    const batches = fc.array(fc.array(modelSpan, { maxLength: 12 }), { maxLength: 6 });
    const queries = fc.array(modelQuery, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(batches, queries, async (batches, queries) => {
        const storage = await open();
        for (const spans of batches) await storage.writer.write(aBatch(spans), NEVER_ABORTED);
        await expectSameAnswers(storage, uniqueSpans(batches.flat()), queries);
        await storage.close();
      }),
      { numRuns },
    );
  }, 60_000);
}

async function expectSameAnswers(
  storage: Storage,
  spans: readonly Span[],
  queries: readonly TraceQuery[],
): Promise<void> {
  const { reader, dependencies } = storage;
  expect(await reader.services('')).toEqual(sortedUnique(spans.map(serviceOf)));
  expect(await dependencies.links('', 0, 8.64e15)).toEqual(modelLinks(spans));
  const { capabilities } = reader;
  for (const asked of queries) {
    const query = capabilities.filters ? asked : { ...asked, filters: [], traceFilters: [] };
    const expected = plainSearch(spans, query);
    expect(await findIds(storage, query)).toEqual(expected.map(({ traceId }) => traceId));
    expect(await findSummaries(storage, query)).toEqual(
      expected.map(({ traceId, startNano }) => ({
        ...summarizeTrace(traceId, ofTrace(spans, traceId)),
        ...(capabilities.cursor ? { matchNano: startNano } : {}),
      })),
    );
    if (!capabilities.cursor) continue;
    expect(await idsInPages(storage, query)).toEqual(
      plainSearch(spans, { ...query, limit: Infinity }).map(({ traceId }) => traceId),
    );
  }
  for (const id of sortedUnique(spans.map((span) => span.traceId))) {
    const stored = await getSpans(storage, id);
    expect(stored.map(identity).sort()).toEqual(ofTrace(spans, id).map(identity).sort());
  }
}

/** Page after page, until one is not full. */
async function idsInPages(storage: Storage, query: TraceQuery): Promise<string[]> {
  const ids: string[] = [];
  let page = query;
  for (;;) {
    const found = await findSummaries(storage, page);
    ids.push(...found.map(({ traceId }) => traceId));
    const last = found.at(-1);
    if (found.length < query.limit || last?.matchNano === undefined) return ids;
    page = { ...query, after: { traceId: last.traceId, startNano: last.matchNano } };
  }
}

/** So that spans with the same attributes have the same bytes. */
function sortedByKey<T>(attributes: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function modelLinks(spans: readonly Span[]): unknown {
  const counts = new Map<string, number>();
  for (const child of spans) {
    const parent = modelParent(child, ofTrace(spans, child.traceId));
    if (parent === undefined || parent === child) continue;
    const pair = JSON.stringify([serviceOf(parent), serviceOf(child)]);
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([pair, callCount]) => {
      const [parent, child]: unknown[] = JSON.parse(pair) as unknown[];
      return { parent, child, callCount };
    });
}

/** Of several that could be it, the one that started first, then the one that came first. */
function modelParent(child: Span, spans: readonly Span[]): Span | undefined {
  const roughStart = (span: Span): number => Number(span.startTimeUnixNano);
  const trace = spans.toSorted((a, b) => roughStart(a) - roughStart(b));
  const isCaller = ({ kind }: Span): boolean => kind === 'client' || kind === 'producer';
  const isCalled = ({ kind }: Span): boolean => kind === 'server' || kind === 'consumer';
  const shared = trace.find((span) => span.spanId === child.spanId && isCaller(span));
  if (isCalled(child) && shared !== undefined) return shared;
  const parents = trace.filter((span) => span.spanId === child.parentSpanId);
  return parents.find(isCalled) ?? parents[0];
}

function uniqueSpans(spans: readonly Span[]): Span[] {
  return [...new Map(spans.map((span) => [identity(span), span] as const)).values()];
}

/** All there is of a span, as text; a storage need not keep the order of attributes. */
function identity(span: Span): string {
  return JSON.stringify(span, (_, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`;
    if (Array.isArray(part)) {
      const items: readonly unknown[] = part;
      return items.every(hasKey) ? items.toSorted(byKey) : items;
    }
    return part !== null && typeof part === 'object'
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part;
  });
}

function hasKey(part: unknown): part is Attribute {
  return part !== null && typeof part === 'object' && 'key' in part;
}

function byKey(a: Attribute, b: Attribute): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function ofTrace(spans: readonly Span[], id: string): Span[] {
  return spans.filter((span) => span.traceId === id);
}

function serviceOf(span: Span): string {
  return span.resource.serviceName;
}

function sortedUnique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
