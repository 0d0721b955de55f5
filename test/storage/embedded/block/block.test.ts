import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeText } from '../../../../src/model/attribute-text.ts';
import type { Attribute, Span } from '../../../../src/model/span.ts';
import { SPAN_KINDS } from '../../../../src/model/span.ts';
import type { AttributeCondition, TraceQuery } from '../../../../src/model/trace-query.ts';
import { summarizeTrace } from '../../../../src/model/trace-summary.ts';
import type { Block } from '../../../../src/storage/embedded/block/block.ts';
import { openBlock } from '../../../../src/storage/embedded/block/block.ts';
import { createBlockBuilder } from '../../../../src/storage/embedded/block/block-builder.ts';
import type { BlockLimits } from '../../../../src/storage/embedded/block/block-builder.ts';
import { BlockError } from '../../../../src/storage/embedded/block/block-format.ts';
import { memoryBlockFile } from '../../../../src/storage/embedded/block/block-file.ts';
import type { FoundTrace } from '../../../../src/storage/embedded/block/find-traces.ts';
import { mergeBlocks } from '../../../../src/storage/embedded/block/merge-blocks.ts';
import { PageCache } from '../../../../src/storage/embedded/block/page-cache.ts';
import { decodeSpans } from '../../../../src/wire/otlp/decode-trace.ts';
import { encodeSpans } from '../../../../src/wire/otlp/encode-trace.ts';
import { scanSpans } from '../../../../src/wire/otlp/scan-spans.ts';
import {
  TEST_TIME_NANO,
  aResource,
  aScope,
  aSpan,
  aTrace,
  spanId,
  toAttributes,
  traceId,
} from '../../../harness/a-span.ts';
import type { PlainValue } from '../../../harness/a-span.ts';
import { blockOfVersion } from '../../../harness/later-version.ts';
import { aQuery } from '../../../harness/read-traces.ts';
import { arbitrarySpans } from '../../../wire/otlp/arbitrary-spans.ts';

/** Small pages, so that a few spans fill several. */
const SMALL: BlockLimits = { rowsPerPage: 3, spansExpected: 2 };

function bytesOf(batches: readonly (readonly Span[])[], limits: BlockLimits = SMALL): Buffer {
  const builder = createBlockBuilder(limits);
  for (const spans of batches) {
    const otlp = encodeSpans(spans);
    builder.add(otlp, scanSpans(otlp));
  }
  return Buffer.from(builder.finish(1).bytes);
}

function open(bytes: Buffer): Block {
  return openBlock(memoryBlockFile(bytes), new PageCache(2 ** 20));
}

function blockOf(...batches: (readonly Span[])[]): Block {
  return open(bytesOf(batches));
}

function merged(blocks: readonly Block[], limits: BlockLimits = { rowsPerPage: 3 }): Block {
  const merge = mergeBlocks(blocks, limits);
  for (;;) {
    const { done, value } = merge.next();
    if (done === true) return open(Buffer.from(value.bytes));
  }
}

function readTrace(block: Block, id: string): Span[] {
  return [...block.readTrace(id)].flatMap((otlp) => decodeSpans(otlp));
}

/** Everything of a span but the order of its attributes. */
function identity(span: Span): string {
  return JSON.stringify(sorted(span), (_, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`;
    if (typeof part === 'number' && !Number.isFinite(part)) return `${part}`;
    return Object.is(part, -0) ? '-0' : part;
  });
}

function sorted(span: Span): Span {
  return {
    ...span,
    attributes: sortedAttributes(span.attributes),
    events: span.events.map((event) => ({
      ...event,
      attributes: sortedAttributes(event.attributes),
    })),
    links: span.links.map((link) => ({ ...link, attributes: sortedAttributes(link.attributes) })),
  };
}

function sortedAttributes(attributes: readonly Attribute[]): Attribute[] {
  const text = (attribute: Attribute): string =>
    `${attribute.key} ${attribute.value.type} ${attributeText(attribute.value)}`;
  return [...attributes].sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

function identities(spans: readonly Span[]): string[] {
  return [...new Set(spans.map(identity))].sort();
}

function expectSameSpans(block: Block, spans: readonly Span[]): void {
  const ids = new Set(spans.map((span) => span.traceId));
  for (const id of ids) {
    const own = spans.filter((span) => span.traceId === id);
    expect(readTrace(block, id).map(identity).sort()).toEqual(identities(own));
  }
  const all = [...block.readAll()].flatMap((otlp) => decodeSpans(otlp));
  expect(all.map(identity).sort()).toEqual(identities(spans));
}

describe('a block', () => {
  it('gives back every span as it came, but for the order of attributes', () => {
    fc.assert(
      fc.property(fc.array(arbitrarySpans, { minLength: 1, maxLength: 4 }), (batches) => {
        const decoded = batches.map((spans) => decodeSpans(encodeSpans(spans)));
        if (decoded.flat().length === 0) return;
        expectSameSpans(blockOf(...decoded), decoded.flat());
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('is the same in memory that another block left', () => {
    fc.assert(
      fc.property(arbitrarySpans, arbitrarySpans, (before, spans) => {
        const builder = createBlockBuilder(SMALL);
        for (const batch of [before, spans]) {
          builder.clear();
          const otlp = encodeSpans(batch);
          builder.add(otlp, scanSpans(otlp));
        }
        expect(builder.finish(1).bytes.equals(bytesOf([spans]))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('is the same whoever numbered its traces', () => {
    fc.assert(
      fc.property(arbitrarySpans, (spans) => {
        const otlp = encodeSpans(spans);
        const scan = scanSpans(otlp);
        const words: number[] = [];
        const known = new Map<string, number>();
        const numbers = Array.from({ length: scan.count }, (_, row) => {
          const id = scan.traceIds.subarray(4 * row, 4 * row + 4);
          const number = known.get(id.join()) ?? known.size;
          if (number === known.size) words.push(...id);
          known.set(id.join(), number);
          return number;
        });
        const builder = createBlockBuilder(SMALL);
        builder.addNumbered(otlp, scan, { numbers, ids: Uint32Array.from(words) });
        expect(builder.finish(1).bytes.equals(bytesOf([spans]))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('gives back every span after blocks were merged', () => {
    fc.assert(
      fc.property(arbitrarySpans, arbitrarySpans, (first, second) => {
        const a = decodeSpans(encodeSpans(first));
        const b = decodeSpans(encodeSpans(second));
        if (a.length === 0 || b.length === 0) return;
        expectSameSpans(merged([blockOf(a), blockOf(b), blockOf(a)]), [...a, ...b]);
      }),
      { numRuns: 100 },
    );
  });
});

// Few values of each kind, so that random queries often match and random times often tie.
const name = fc.constantFrom('a', 'b', '__proto__');
const key = fc.constantFrom('k', 'l', '__proto__', 'error');
const plainValue = fc.constantFrom<PlainValue>(
  'x',
  '1',
  'x1',
  'x01',
  '10.0.0.1',
  '10.0.0.01',
  '4000000000',
  '',
  1n,
  -1n,
  4_000_000_000n,
  2n ** 60n,
  1,
  -0,
  0.5,
  Number.NaN,
  true,
  false,
  Uint8Array.of(1, 2),
  { type: 'empty' },
  { type: 'array', values: [{ type: 'int', value: 1n }] },
);
const attributes = fc
  .array(
    fc.tuple(key, plainValue).map(([key, value]) => toAttributes({ [key]: value })),
    { maxLength: 3 },
  )
  .map((lists) => lists.flat());

const searchedSpan: fc.Arbitrary<Span> = fc
  .record({
    trace: fc.integer({ min: 1, max: 8 }),
    span: fc.integer({ min: 1, max: 6 }),
    parent: fc.integer({ min: 0, max: 7 }),
    nano: fc.integer({ min: 0, max: 5 }),
    durationNano: fc.bigInt({ min: -1n, max: 3n }),
    service: name,
    name: fc.constantFrom('a', 'b', 'b7', ''),
    kind: fc.constantFrom(...SPAN_KINDS),
    code: fc.constantFrom('unset' as const, 'ok' as const, 'error' as const),
    lists: fc.array(attributes, { minLength: 5, maxLength: 5 }),
    scopeName: name,
  })
  .map(({ trace, span, parent, nano, service, code, lists, scopeName, ...rest }) => {
    const [own = [], event = [], link = [], resource = [], scope = []] = lists;
    const named = aResource(service);
    return aSpan({
      ...rest,
      traceId: traceId(trace),
      spanId: spanId(span),
      parentSpanId: parent === 0 ? '' : spanId(parent),
      startTimeUnixNano: TEST_TIME_NANO + BigInt(nano),
      status: { code, message: '' },
      attributes: own,
      events: event.length === 0 ? [] : [anEvent(event)],
      links: link.length === 0 ? [] : [aLink(link)],
      resource: { ...named, attributes: [...named.attributes, ...resource] },
      scope: aScope({ name: scopeName, attributes: scope }),
    });
  });

function anEvent(list: readonly Attribute[]): Span['events'][number] {
  return {
    timeUnixNano: TEST_TIME_NANO,
    name: 'event',
    attributes: list,
    droppedAttributesCount: 0,
  };
}

function aLink(list: readonly Attribute[]): Span['links'][number] {
  return {
    traceId: traceId(9),
    spanId: spanId(9),
    traceState: '',
    attributes: list,
    droppedAttributesCount: 0,
    flags: 0,
  };
}

const condition: fc.Arbitrary<AttributeCondition> = fc.oneof(
  fc.record({
    key: fc.oneof(
      key,
      key.map((inner) => `resource.${inner}`),
    ),
    value: plainValue.map((value) => {
      const [attribute] = toAttributes({ value });
      return attribute === undefined ? '' : attributeText(attribute.value);
    }),
  }),
  fc.record({ key: fc.constant('error'), value: fc.constantFrom('true', 'false') }),
  fc.record({ key: fc.constant('span.kind'), value: fc.constantFrom('client', 'Server', 'no') }),
  fc.record({ key: fc.constant('span.status'), value: fc.constantFrom('error', 'OK', 'no') }),
  fc.record({ key: fc.constant('scope.name'), value: name }),
);

const searchedQuery: fc.Arbitrary<TraceQuery> = fc
  .record(
    {
      serviceName: name,
      operationName: fc.constantFrom('a', 'b7', '', 'none'),
      spanKind: fc.constantFrom(...SPAN_KINDS),
      attributes: fc.array(condition, { maxLength: 2 }),
      startTimeMinNano: fc.integer({ min: 0, max: 6 }).map((at) => TEST_TIME_NANO + BigInt(at)),
      startTimeMaxNano: fc.integer({ min: 0, max: 6 }).map((at) => TEST_TIME_NANO + BigInt(at)),
      durationMinNano: fc.integer({ min: -1, max: 3 }),
      durationMaxNano: fc.integer({ min: -1, max: 3 }),
      limit: fc.integer({ min: 1, max: 9 }),
    },
    { requiredKeys: [] },
  )
  .map((overrides) => aQuery(overrides));

/** The plainest search that could be written. */
function modelFind(spans: readonly Span[], query: TraceQuery): FoundTrace[] {
  const newest = new Map<string, bigint>();
  for (const span of spans) {
    if (!isMatch(span, query)) continue;
    const before = newest.get(span.traceId) ?? -1n;
    if (span.startTimeUnixNano > before) newest.set(span.traceId, span.startTimeUnixNano);
  }
  return [...newest]
    .sort(([idA, a], [idB, b]) => (a === b ? (idA < idB ? -1 : 1) : b > a ? 1 : -1))
    .map(([traceId, startNano]) => ({ traceId, startNano }));
}

function isMatch(span: Span, query: TraceQuery): boolean {
  const duration = Number(span.endTimeUnixNano - span.startTimeUnixNano);
  return (
    (query.serviceName === undefined || span.resource.serviceName === query.serviceName) &&
    (query.operationName === undefined || span.name === query.operationName) &&
    (query.spanKind === undefined || span.kind === query.spanKind) &&
    span.startTimeUnixNano >= query.startTimeMinNano &&
    span.startTimeUnixNano <= query.startTimeMaxNano &&
    duration >= (query.durationMinNano ?? -Infinity) &&
    duration <= (query.durationMaxNano ?? Infinity) &&
    query.attributes.every((wanted) => meets(span, wanted))
  );
}

function meets(span: Span, { key, value }: AttributeCondition): boolean {
  const literal = has(allAttributes(span), key, value);
  const isError = span.status.code === 'error' || has(allAttributes(span), 'error', 'true');
  if (key === 'error' && value === 'true') return isError;
  if (key === 'error' && value === 'false') return !isError;
  if (key === 'span.kind') return literal || span.kind === value.toLowerCase();
  if (key === 'span.status') return literal || span.status.code === value.toLowerCase();
  if (key === 'scope.name') return literal || span.scope.name === value;
  const inner = key.startsWith('resource.') ? key.slice('resource.'.length) : undefined;
  return literal || (inner !== undefined && has(span.resource.attributes, inner, value));
}

function allAttributes(span: Span): readonly Attribute[] {
  return [
    ...span.attributes,
    ...span.events.flatMap((event) => event.attributes),
    ...span.links.flatMap((link) => link.attributes),
    ...span.resource.attributes,
    ...span.scope.attributes,
  ];
}

function has(list: readonly Attribute[], key: string, text: string): boolean {
  return list.some((attribute) => attribute.key === key && attributeText(attribute.value) === text);
}

/** As many distinct values of each type as make a column split, none of which is searched for. */
function fillers(): Span[] {
  return Array.from({ length: 700 }, (_, index) =>
    aSpan({
      traceId: traceId(1000 + index),
      startTimeUnixNano: 5n,
      serviceName: 'filler',
      name: `filler${index}`,
      attributes: [
        ...toAttributes({ k: `filler-${index}` }),
        ...toAttributes({ k: BigInt(index) * 7_000_000n + 50n }),
      ],
    }),
  );
}

describe('a search in a block', () => {
  it.each([
    ['with few values', [] as Span[], SMALL],
    ['with columns of patterns and numbers', fillers(), { rowsPerPage: 64 }],
    ['with more keys than columns', [] as Span[], { rowsPerPage: 4, columnsMax: 4 }],
  ])(
    'finds what a plain list of spans has, %s',
    async (_, filler, limits) => {
      const runs = filler.length > 0 ? 60 : 400;
      const batches = fc.array(fc.array(searchedSpan, { maxLength: 10 }), { maxLength: 4 });
      const queries = fc.array(searchedQuery, { minLength: 1, maxLength: 10 });
      await fc.assert(
        fc.asyncProperty(batches, queries, async (batches, queries) => {
          const spans = [...filler, ...batches.flat()];
          if (spans.length === 0) return;
          const block = open(bytesOf([filler, ...batches], limits));
          for (const query of queries) {
            const inTime = { ...query, startTimeMinNano: query.startTimeMinNano || 6n };
            const expected = modelFind(spans, inTime);
            expect(await block.find(inTime)).toEqual(expected.slice(0, query.limit));
            const [after] = expected;
            if (after === undefined) continue;
            const next = await block.find(inTime, { after });
            expect(next).toEqual(expected.slice(1, query.limit + 1));
          }
        }),
        { numRuns: runs },
      );
    },
    60_000,
  );
});

describe('the next page of a search', () => {
  it('holds an older trace when one that seemed to be next was on the page before', async () => {
    const at = (trace: number, nano: bigint, name: string): Span =>
      aSpan({
        traceId: traceId(trace),
        spanId: spanId(Number(nano)),
        startTimeUnixNano: nano,
        name,
      });
    // Rows: 5 at 2, 6 at 2 and 9, 7 at 3 | 7 at 4. The first page is looked at first.
    const spans = [at(5, 2n, 'x'), at(6, 2n, 'y'), at(6, 9n, 'y'), at(7, 3n, 'x'), at(7, 4n, 'x')];
    const block = open(bytesOf([spans], { rowsPerPage: 4 }));
    const query = aQuery({ operationName: 'x', limit: 1 });
    const after = { traceId: traceId(7), startNano: 4n };
    expect(await block.find(query)).toEqual([after]);
    expect(await block.find(query, { after })).toEqual([{ traceId: traceId(5), startNano: 2n }]);
  });
});

describe('what a block knows besides', () => {
  const trace = aTrace(8);
  const other = aSpan({ traceId: traceId(2), serviceName: 'cart', name: 'pay', kind: 'client' });

  it('sums up a trace as its spans do', () => {
    const block = blockOf(trace.slice(0, 5), [other], trace.slice(5));
    expect(summarizeTrace(traceId(1), block.summarySpans(traceId(1)))).toEqual(
      summarizeTrace(traceId(1), trace),
    );
    expect(block.summarySpans(traceId(3))).toEqual([]);
  });

  it('lists services, operations, keys and values', () => {
    const attributes = { b: 'x', a: 1n, ['__proto__']: true };
    const block = blockOf([...trace, aSpan({ ...other, attributes })]);
    expect([...block.names().services].sort()).toEqual(['cart', 'frontend']);
    expect(block.names().operations).toContainEqual({
      service: 'cart',
      name: 'pay',
      kind: 'client',
    });
    expect([...block.attributeKeys()].sort()).toEqual(['__proto__', 'a', 'b', 'service.name']);
    const values = new Set<string>();
    block.addAttributeValues({ key: 'a', prefix: '', limit: 10 }, values);
    block.addAttributeValues({ key: 'none', prefix: '', limit: 10 }, values);
    expect([...values]).toEqual(['1']);
  });

  it('keeps a span that comes three times once, and counts the others', () => {
    const builder = createBlockBuilder(SMALL);
    for (let time = 0; time < 3; time++) {
      const otlp = encodeSpans(trace);
      builder.add(otlp, scanSpans(otlp));
    }
    const built = builder.finish(1);
    expect(built).toMatchObject({ spanCount: 8, repeatedSpanCount: 16 });
  });

  it('takes 20,000 spans of one trace with one id', () => {
    const spans = aTrace(20_000).map((span) => ({ ...span, spanId: spanId(1) }));
    const block = open(bytesOf([spans], {}));
    expect(readTrace(block, traceId(1))).toHaveLength(20_000);
  });

  it('gives back values that come again and again, and rows without one', () => {
    const spans = aTrace(500).map((span, row) =>
      aSpan({
        ...span,
        name: `name ${row % 3}`,
        attributes: {
          ...(row % 2 === 0 ? { text: `text ${'x'.repeat(row % 7)}` } : {}),
          ...{ truth: row % 3 === 0, share: (row % 5) / 4, count: BigInt(row % 11) },
          ...(row % 50 === 0 ? { 'seldom there': Uint8Array.of(row % 4) } : {}),
        },
      }),
    );
    const block = open(bytesOf([spans], {}));
    expect(readTrace(block, traceId(1)).map(identity)).toEqual(spans.map(identity));
  });

  it('keeps values of 64 kB and unknown fields', () => {
    const long = aSpan({ attributes: { text: 'x'.repeat(65_536) } });
    expect(readTrace(blockOf([long]), traceId(1))[0]?.attributes).toEqual(long.attributes);
    // Field 2000 of the span, a varint 7, which no reader knows.
    const unknown = Buffer.of(0x80, 0x7d, 7);
    const otlp = withSpanField(encodeSpans([aSpan()]), unknown);
    const builder = createBlockBuilder();
    builder.add(otlp, scanSpans(otlp));
    const [read = new Uint8Array()] = open(builder.finish(1).bytes).readTrace(traceId(1));
    expect(Buffer.from(read).includes(unknown)).toBe(true);
  });
});

/** The message of one span with a field added to it. */
function withSpanField(otlp: Uint8Array, field: Buffer): Uint8Array {
  const scan = scanSpans(otlp);
  const span = Buffer.from(otlp.subarray(scan.spanStarts[0], scan.spanEnds[0]));
  const scopeSpans = lengthField(2, lengthField(2, Buffer.concat([span, field])));
  return lengthField(1, scopeSpans);
}

function lengthField(number: number, payload: Buffer): Buffer {
  const size = payload.length;
  const length = size < 0x80 ? [size] : [(size & 0x7f) | 0x80, size >>> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), payload]);
}

describe('a damaged block', () => {
  const traces = Array.from({ length: 6 }, (_, index) =>
    aTrace(3, {
      traceId: traceId(index + 1),
      startTimeUnixNano: TEST_TIME_NANO + BigInt(index) * 1_000_000_000n,
      attributes: { k: `value ${index}` },
    }),
  );
  const bytes = bytesOf(traces);

  it('never fails for a flipped byte once it is open, and loses no more than it counts', async () => {
    let lostNothing = 0;
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      const block = openOrUndefined(flipped);
      if (block === undefined) continue;
      const found = await block.find(aQuery({ serviceName: 'frontend' }));
      const tagged = await block.find(aQuery({ attributes: [{ key: 'k', value: 'value 3' }] }));
      const read = traces.flatMap((_, index) => readTrace(block, traceId(index + 1)));
      const isWhole = found.length === 6 && tagged.length === 1 && read.length === 18;
      if (isWhole) lostNothing += 1;
      else expect(block.damagedPages).toBeGreaterThan(0);
    }
    expect(lostNothing).toBeLessThan(bytes.length);
  }, 60_000);

  it('does not open when it is cut off anywhere', () => {
    for (let size = 0; size < bytes.length; size++) {
      expect(() => open(bytes.subarray(0, size))).toThrow(BlockError);
    }
  });

  it('is refused by the number of its version when that is newer', () => {
    expect(() => open(blockOfVersion(bytes, 3))).toThrow(
      'the block has format version 3; this program reads up to 2',
    );
  });

  it('keeps what other pages hold', () => {
    const flipped = Buffer.from(bytes);
    // The first page of the file: a column of the three spans of the first trace.
    flipped[9] = (flipped[9] ?? 0) ^ 0xff;
    const block = open(flipped);
    expect(readTrace(block, traceId(1))).toEqual([]);
    expect(readTrace(block, traceId(2))).toHaveLength(3);
    expect(block.damagedPages).toBe(1);
  });
});

function openOrUndefined(bytes: Buffer): Block | undefined {
  try {
    return open(bytes);
  } catch (error) {
    if (error instanceof BlockError) return undefined;
    throw error;
  }
}
