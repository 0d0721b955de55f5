import fc from 'fast-check';
import { expect, it } from 'vitest';
import { attributeText } from '../../src/model/attribute-text.ts';
import type { Attribute, Span } from '../../src/model/span.ts';
import { SPAN_KINDS } from '../../src/model/span.ts';
import type { TraceQuery } from '../../src/model/trace-query.ts';
import { summarizeTrace } from '../../src/model/trace-summary.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { TEST_TIME_NANO, aBatch, aSpan, spanId, traceId } from '../harness/a-span.ts';
import { NEVER_ABORTED, aQuery, findIds, findSummaries, getSpans } from '../harness/read-traces.ts';

// Few values of each kind, so that random queries often match and random times often tie.
const name = fc.constantFrom('a', 'b', '__proto__');
const key = fc.constantFrom('k', 'l', 'kk');
const value = fc.constantFrom<[string | bigint | boolean | number, string]>(
  ['x', 'x'],
  ['1', '1'],
  [1n, '1'],
  [1, '1'],
  [true, 'true'],
);

const span: fc.Arbitrary<Span> = fc
  .record({
    trace: fc.integer({ min: 1, max: 6 }),
    span: fc.integer({ min: 1, max: 4 }),
    parent: fc.integer({ min: 0, max: 5 }),
    seconds: fc.integer({ min: 0, max: 5 }),
    durationNano: fc.bigInt({ min: 0n, max: 3n }),
    serviceName: name,
    name,
    kind: fc.constantFrom(...SPAN_KINDS),
    attributes: fc
      .dictionary(
        key,
        value.map(([plain]) => plain),
      )
      .map(sortedByKey),
  })
  .map(({ trace, span, parent, seconds, attributes, ...rest }) =>
    aSpan({
      ...rest,
      attributes: { ...attributes },
      traceId: traceId(trace),
      spanId: spanId(span),
      parentSpanId: parent === 0 ? '' : spanId(parent),
      startTimeUnixNano: TEST_TIME_NANO + BigInt(seconds),
    }),
  );

const query: fc.Arbitrary<TraceQuery> = fc
  .record(
    {
      serviceName: name,
      operationName: name,
      spanKind: fc.constantFrom(...SPAN_KINDS),
      attributes: fc.array(
        fc.tuple(key, value).map(([key, [, text]]) => ({ key, value: text })),
        { maxLength: 2 },
      ),
      startTimeMinNano: fc.integer({ min: 0, max: 6 }).map((at) => TEST_TIME_NANO + BigInt(at)),
      startTimeMaxNano: fc.integer({ min: 0, max: 6 }).map((at) => TEST_TIME_NANO + BigInt(at)),
      durationMinNano: fc.integer({ min: 1, max: 3 }),
      durationMaxNano: fc.integer({ min: 1, max: 3 }),
      limit: fc.integer({ min: 1, max: 7 }),
    },
    { requiredKeys: [] },
  )
  .map(aQuery);

/** Random writes and searches, compared with the plainest storage that could be written. */
export function describeSearchModel(open: () => Promise<Storage>, numRuns = 60): void {
  it('answers random searches as a plain list of spans does', async () => {
    const batches = fc.array(fc.array(span, { maxLength: 12 }), { maxLength: 6 });
    const queries = fc.array(query, { minLength: 1, maxLength: 12 });
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
  for (const query of queries) {
    const expected = modelFind(spans, query);
    expect(await findIds(storage, query)).toEqual(expected);
    expect(await findSummaries(storage, query)).toEqual(
      expected.map((id) => summarizeTrace(id, ofTrace(spans, id))),
    );
  }
  for (const id of sortedUnique(spans.map((span) => span.traceId))) {
    const stored = await getSpans(storage, id);
    expect(stored.map(identity).sort()).toEqual(ofTrace(spans, id).map(identity).sort());
  }
}

/** So that spans with the same attributes have the same bytes. */
function sortedByKey<T>(attributes: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function modelFind(spans: readonly Span[], query: TraceQuery): string[] {
  const newest = new Map<string, bigint>();
  for (const span of spans) {
    if (!isMatch(span, query)) continue;
    const before = newest.get(span.traceId) ?? -1n;
    if (span.startTimeUnixNano > before) newest.set(span.traceId, span.startTimeUnixNano);
  }
  return [...newest]
    .sort(([idA, a], [idB, b]) => (a === b ? (idA < idB ? -1 : 1) : b > a ? 1 : -1))
    .slice(0, query.limit)
    .map(([id]) => id);
}

function isMatch(span: Span, query: TraceQuery): boolean {
  const duration = Number(span.endTimeUnixNano - span.startTimeUnixNano);
  return (
    (query.serviceName === undefined || serviceOf(span) === query.serviceName) &&
    (query.operationName === undefined || span.name === query.operationName) &&
    (query.spanKind === undefined || span.kind === query.spanKind) &&
    span.startTimeUnixNano >= query.startTimeMinNano &&
    span.startTimeUnixNano <= query.startTimeMaxNano &&
    duration >= (query.durationMinNano ?? -Infinity) &&
    duration <= (query.durationMaxNano ?? Infinity) &&
    query.attributes.every((wanted) =>
      span.attributes.some(
        ({ key, value }: Attribute) => key === wanted.key && attributeText(value) === wanted.value,
      ),
    )
  );
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

/** All there is of a random span, as text; a storage need not keep the order of attributes. */
function identity(span: Span): string {
  const attributes = span.attributes.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return JSON.stringify({ ...span, attributes }, (_, part: unknown) =>
    typeof part === 'bigint' ? `${part}n` : part,
  );
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
