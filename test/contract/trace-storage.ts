import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Span } from '../../src/model/span.ts';
import type { AttributeCondition, TraceQuery } from '../../src/model/trace-query.ts';
import type { Storage } from '../../src/storage/storage.ts';
import type { SpanBatch } from '../../src/wire/span-batch.ts';
import {
  TEST_TIME_NANO,
  aBatch,
  aResource,
  aScope,
  aSpan,
  aTrace,
  batchOf,
  spanId,
  toAttributes,
  traceId,
} from '../harness/a-span.ts';
import type { PlainValue } from '../harness/a-span.ts';
import {
  NEVER_ABORTED,
  aQuery,
  collectTraces,
  findIds,
  findSummaries,
  getSpans,
} from '../harness/read-traces.ts';
import { describeAttributeLists, describeSearchOperators } from './search-operators.ts';
import { describeSearchModel } from './search-model.ts';

const SECOND = 1_000_000_000n;
const MS = 1_000_000n;

/**
 * What every storage promises. `open` gives an empty one; it is closed after each test.
 * @param searchRuns how many random histories are searched
 */
export function describeTraceStorage(
  name: string,
  open: () => Promise<Storage>,
  searchRuns?: number,
): void {
  describe(`trace storage: ${name}`, () => {
    let storage: Storage;

    beforeEach(async () => {
      storage = await open();
    });

    afterEach(async () => {
      await storage.close();
    });

    const write = (spans: readonly Span[], tenant = ''): Promise<unknown> =>
      writeBatch(aBatch(spans, { tenant }));
    const writeBatch = (batch: SpanBatch): Promise<unknown> =>
      storage.writer.write(batch, NEVER_ABORTED);
    const find = (query: Partial<TraceQuery>): Promise<string[]> => findIds(storage, aQuery(query));
    const findTag = (key: string, value: string): Promise<string[]> =>
      find({ attributes: [{ key, value }] });

    describe('keeping', () => {
      it('is healthy and empty when it is new', async () => {
        const { reader, dependencies } = storage;
        expect(await storage.check(NEVER_ABORTED)).toMatchObject({ healthy: true });
        expect(await reader.services('')).toEqual([]);
        expect(await reader.operations('', 'frontend')).toEqual([]);
        expect(await find({})).toEqual([]);
        expect(await findSummaries(storage, aQuery())).toEqual([]);
        expect(await dependencies.links('', 0, 8.64e15)).toEqual([]);
      });

      it('counts what it accepted', async () => {
        expect(await write(aTrace(3))).toEqual({ accepted: 3, refused: [], dropped: [] });
      });

      it('gives back every field of a span', async () => {
        const span = fullSpan();
        await write([span]);
        expect(await getSpans(storage, span.traceId)).toEqual([span]);
      });

      it('finds a trace by an id in capitals', async () => {
        const id = 'abcdef00000000000000000000000000';
        await write([aSpan({ traceId: id })]);
        expect(await getSpans(storage, id.toUpperCase())).toHaveLength(1);
      });

      it('puts spans of one trace together, whatever batch and order they came in', async () => {
        const [root, ...children] = aTrace(5);
        for (const span of [...children.toReversed(), root]) {
          if (span !== undefined) await write([aSpan({ traceId: traceId(9) }), span]);
        }
        const spans = await getSpans(storage, traceId(1));
        expect(spans.map((span) => span.spanId).sort()).toEqual([1, 2, 3, 4, 5].map(spanId));
      });

      it('yields traces in the order asked, unknown ids left out and repeats once', async () => {
        await write([aSpan({ traceId: traceId(1) }), aSpan({ traceId: traceId(2) })]);
        const ids = [traceId(2), traceId(77), 'no id', traceId(1), traceId(2)];
        const traces = await collectTraces(storage.reader.getTraces('', ids, {}, NEVER_ABORTED));
        expect(traces.map((trace) => trace.traceId)).toEqual([traceId(2), traceId(1)]);
      });

      it('shows a span that was delivered three times once', async () => {
        for (let time = 0; time < 3; time++) await write(aTrace(40));
        expect(await getSpans(storage, traceId(1))).toHaveLength(40);
        expect(await findSummaries(storage, aQuery())).toMatchObject([{ spanCount: 40 }]);
        const links = await storage.dependencies.links('', 0, 8.64e15);
        expect(links).toEqual([{ parent: 'frontend', child: 'frontend', callCount: 39 }]);
      });

      it('shows spans with one id and other content each', async () => {
        await write([aSpan({ name: 'a' }), aSpan({ name: 'b' }), aSpan({ serviceName: 'other' })]);
        expect(await getSpans(storage, traceId(1))).toHaveLength(3);
      });

      it('gives back a trace of 10,008 spans whole', async () => {
        const trace = aTrace(10_008, { attributes: { text: 'x'.repeat(200) } });
        for (let at = 0; at < trace.length; at += 1000) await write(trace.slice(at, at + 1000));
        const spans = await getSpans(storage, traceId(1));
        expect(new Set(spans.map((span) => span.spanId)).size).toBe(10_008);
        expect(await findSummaries(storage, aQuery())).toMatchObject([{ spanCount: 10_008 }]);
      });

      it('takes a trace in which 20,000 spans have one id', async () => {
        const spans = aTrace(20_000).map((span) => ({ ...span, spanId: spanId(1) }));
        await write(spans);
        expect(await getSpans(storage, traceId(1))).toHaveLength(20_000);
      }, 20_000);

      it('lets the caller change what it got', async () => {
        await write(aTrace(3));
        for await (const chunk of storage.reader.findTraces('', aQuery(), NEVER_ABORTED)) {
          chunk.otlp.fill(0);
        }
        expect(await getSpans(storage, traceId(1))).toHaveLength(3);
      });

      it('keeps what it took when the sender reuses the memory', async () => {
        const { otlp } = aBatch(aTrace(3));
        const reused = Uint8Array.from(otlp);
        await writeBatch(batchOf(reused));
        reused.fill(0);
        expect(await getSpans(storage, traceId(1))).toHaveLength(3);
      });

      it('takes a batch without spans', async () => {
        expect(await write([])).toEqual({ accepted: 0, refused: [], dropped: [] });
      });
    });

    describe('names', () => {
      it('lists services and operations sorted, with their kinds', async () => {
        await write([
          aSpan({ serviceName: 'b', name: 'get' }),
          aSpan({ serviceName: 'a', name: 'put', kind: 'server' }),
          aSpan({ serviceName: 'a', name: 'get', kind: 'server' }),
          aSpan({ serviceName: 'a', name: 'get', kind: 'client' }),
          aSpan({ serviceName: 'a', name: 'get', kind: 'client', spanId: spanId(2) }),
        ]);
        const { reader } = storage;
        expect(await reader.services('')).toEqual(['a', 'b']);
        expect(await reader.operations('', 'a')).toEqual([
          { name: 'get', spanKind: 'client' },
          { name: 'get', spanKind: 'server' },
          { name: 'put', spanKind: 'server' },
        ]);
        expect(await reader.operations('', 'a', 'client')).toEqual([
          { name: 'get', spanKind: 'client' },
        ]);
      });

      const oddNames = [
        '__proto__',
        'constructor',
        'toString',
        '\u202Egnp.exe',
        'a b\n"\\',
        '名前',
      ];
      it.each([...oddNames, 'x'.repeat(65_536)])('keeps the odd name %.20j', async (odd) => {
        await write([aSpan({ serviceName: odd, name: odd, attributes: { [`k${odd}`]: odd } })]);
        expect(await storage.reader.services('')).toEqual([odd]);
        expect(await storage.reader.operations('', odd)).toEqual([
          { name: odd, spanKind: 'server' },
        ]);
        const attributes = [{ key: `k${odd}`, value: odd }];
        expect(await find({ serviceName: odd, operationName: odd, attributes })).toHaveLength(1);
        expect(await storage.reader.operations('', 'hasOwnProperty')).toEqual([]);
      });

      it('reads invalid UTF-8 as replacement characters, and finds it by them', async () => {
        const { otlp } = aBatch([
          aSpan({ serviceName: 'bad~', name: 'op~', attributes: { k: 'v~' } }),
        ]);
        await writeBatch(batchOf(otlp.map((byte) => (byte === 0x7e ? 0xff : byte))));
        expect(await storage.reader.services('')).toEqual(['bad\ufffd']);
        const attributes = [{ key: 'k', value: 'v\ufffd' }];
        const query = { serviceName: 'bad\ufffd', operationName: 'op\ufffd', attributes };
        expect(await find(query)).toEqual([traceId(1)]);
      });
    });

    describe('search', () => {
      it('lists the newest matching span first, ties by trace id', async () => {
        const at = (number: number, seconds: bigint, serviceName = 'frontend'): Span =>
          aSpan({
            traceId: traceId(number),
            startTimeUnixNano: TEST_TIME_NANO + seconds * SECOND,
            serviceName,
          });
        await write([at(1, 5n), at(4, 7n), at(2, 9n)]);
        await write([at(3, 7n), at(1, 100n, 'other'), at(2, 1n)]);
        expect(await find({ serviceName: 'frontend' })).toEqual([2, 3, 4, 1].map(traceId));
        expect(await find({})).toEqual([1, 2, 3, 4].map(traceId));
        expect(await find({ limit: 2 })).toEqual([1, 2].map(traceId));
      });

      it('needs all conditions on the same span', async () => {
        await write([
          aSpan({ serviceName: 'a', name: 'x', spanId: spanId(1), attributes: { k: 'v' } }),
          aSpan({ serviceName: 'b', name: 'y', spanId: spanId(2), attributes: { l: 'w' } }),
        ]);
        const [k, l]: [AttributeCondition, AttributeCondition] = [
          { key: 'k', value: 'v' },
          { key: 'l', value: 'w' },
        ];
        expect(await find({ serviceName: 'a', operationName: 'x', attributes: [k] })).toHaveLength(
          1,
        );
        expect(await find({ serviceName: 'b', attributes: [k] })).toEqual([]);
        expect(await find({ serviceName: 'a', operationName: 'y' })).toEqual([]);
        expect(await find({ attributes: [k, l] })).toEqual([]);
      });

      it('has inclusive bounds of start and duration', async () => {
        await write([aSpan({ durationNano: 5n * MS })]);
        const start = TEST_TIME_NANO;
        expect(await find({ startTimeMinNano: start, startTimeMaxNano: start })).toHaveLength(1);
        expect(await find({ startTimeMinNano: start + 1n })).toEqual([]);
        expect(await find({ startTimeMaxNano: start - 1n })).toEqual([]);
        expect(await find({ durationMinNano: 5e6, durationMaxNano: 5e6 })).toHaveLength(1);
        expect(await find({ durationMinNano: 5e6 + 1 })).toEqual([]);
        expect(await find({ durationMaxNano: 5e6 - 1 })).toEqual([]);
        expect(await find({ durationMinNano: -1 })).toHaveLength(1);
        expect(await find({ durationMaxNano: -1 })).toEqual([]);
      });

      it('asks for a kind of span', async () => {
        await write([aSpan({ kind: 'consumer' })]);
        expect(await find({ spanKind: 'consumer' })).toHaveLength(1);
        expect(await find({ spanKind: 'server' })).toEqual([]);
      });

      const texts: [string, PlainValue, string][] = [
        ['a string', 'text', 'text'],
        ['an empty string', '', ''],
        ['true', true, 'true'],
        ['false', false, 'false'],
        ['zero', 0n, '0'],
        ['a large int', 9_007_199_254_740_993n, '9007199254740993'],
        ['a negative int', -500n, '-500'],
        ['a double', 1.5, '1.5'],
        ['a whole double', 200, '200'],
        ['a small double', 1e-7, '1e-7'],
        ['NaN', NaN, 'NaN'],
        ['infinity', -Infinity, '-Infinity'],
        ['bytes', Uint8Array.of(1, 2, 255), 'AQL/'],
        ['nothing', { type: 'empty' }, ''],
        [
          'an array',
          {
            type: 'array',
            values: [
              { type: 'int', value: 1n },
              { type: 'string', value: 'a' },
            ],
          },
          '[1,"a"]',
        ],
        ['a map', { type: 'map', entries: toAttributes({ b: 2, a: true }) }, '{"a":true,"b":2}'],
      ];
      it.each(texts)('compares %s as text', async (_, value, text) => {
        await write([aSpan({ attributes: { before: 'x', key: value } })]);
        expect(await findTag('key', text)).toEqual([traceId(1)]);
        expect(await findTag('key', `${text}0`)).toEqual([]);
        expect(await findTag('kez', text)).toEqual([]);
      });

      it.each(['span', 'resource', 'scope', 'event', 'link'])(
        'looks at the attributes of the %s',
        async (level) => {
          await write([fullSpan()]);
          expect(await findTag(`${level}.key`, level)).toEqual([fullSpan().traceId]);
          expect(await findTag(`${level}.key`, 'other')).toEqual([]);
        },
      );

      it('knows the fields that are asked for like attributes', async () => {
        const scope = aScope({ name: 'lib', version: '1.2' });
        const resource = aResource('frontend', { host: 'h1' });
        const status = { code: 'error' as const, message: '' };
        await write([
          aSpan({ scope, resource, status, kind: 'client', attributes: { host: 'h2' } }),
        ]);
        for (const [key, value] of [
          ['error', 'true'],
          ['span.status', 'Error'],
          ['span.kind', 'client'],
          ['scope.name', 'lib'],
          ['scope.version', '1.2'],
          ['resource.host', 'h1'],
          ['service.name', 'frontend'],
        ] as const) {
          expect(await findTag(key, value), key).toEqual([traceId(1)]);
        }
        expect(await findTag('error', 'false')).toEqual([]);
        expect(await findTag('resource.host', 'h2')).toEqual([]);
      });

      it('finds errors by an attribute too', async () => {
        await write([aSpan({ traceId: traceId(1), attributes: { error: true } })]);
        await write([aSpan({ traceId: traceId(2) })]);
        expect(await findTag('error', 'true')).toEqual([traceId(1)]);
        expect(await findTag('error', 'false')).toEqual([traceId(2)]);
      });

      it('takes absurd times as they are', async () => {
        const absurd = [0n, 2n ** 63n, 2n ** 64n - 1n];
        for (const [index, startTimeUnixNano] of absurd.entries()) {
          const id = traceId(index + 1);
          await write([aSpan({ traceId: id, startTimeUnixNano, endTimeUnixNano: 0n })]);
        }
        expect(await find({})).toEqual([3, 2, 1].map(traceId));
        expect(await find({ durationMinNano: 1 })).toEqual([]);
        expect(await find({ startTimeMinNano: 10n, startTimeMaxNano: 5n })).toEqual([]);
      });

      it('answers an aborted search with the reason', async () => {
        await write(aTrace(2));
        const reason = new Error('the client left');
        const chunks = storage.reader.findTraces('', aQuery(), AbortSignal.abort(reason));
        await expect(collectTraces(chunks)).rejects.toThrow('the client left');
      });
    });

    describe('summaries', () => {
      it('sums up the whole trace', async () => {
        const child = { parentSpanId: spanId(1), serviceName: 'db', durationNano: 9n * MS };
        const status = { code: 'error' as const, message: '' };
        await write([
          aSpan({ ...child, spanId: spanId(2), status }),
          aSpan({ name: 'root' }),
          aSpan({ spanId: spanId(3), parentSpanId: spanId(99) }),
        ]);
        expect(await findSummaries(storage, aQuery({ serviceName: 'db' }))).toEqual([
          {
            ...(storage.reader.capabilities.cursor ? { matchNano: TEST_TIME_NANO } : {}),
            traceId: traceId(1),
            rootServiceName: 'frontend',
            rootOperationName: 'root',
            minStartTimeNano: TEST_TIME_NANO,
            maxEndTimeNano: TEST_TIME_NANO + 9n * MS,
            spanCount: 3,
            errorSpanCount: 1,
            orphanSpanCount: 1,
            services: [
              { name: 'db', spanCount: 1, errorSpanCount: 1 },
              { name: 'frontend', spanCount: 2, errorSpanCount: 0 },
            ],
          },
        ]);
      });
    });

    describe('dependencies', () => {
      it('counts calls whose child starts in the window, own calls included', async () => {
        const startMs = Number(TEST_TIME_NANO / MS);
        const parentSpanId = spanId(1);
        const later = TEST_TIME_NANO + 60n * SECOND;
        await write([aSpan({ spanId: spanId(2), parentSpanId, serviceName: 'b' })]);
        await write([
          aSpan({ serviceName: 'a' }),
          aSpan({ spanId: spanId(3), parentSpanId, serviceName: 'a' }),
          aSpan({ spanId: spanId(4), parentSpanId, serviceName: 'b' }),
          aSpan({ spanId: spanId(5), parentSpanId, serviceName: 'c', startTimeUnixNano: later }),
          aSpan({ spanId: spanId(6), parentSpanId: spanId(99), serviceName: 'd' }),
        ]);
        expect(await storage.dependencies.links('', startMs, startMs)).toEqual([
          { parent: 'a', child: 'a', callCount: 1 },
          { parent: 'a', child: 'b', callCount: 2 },
        ]);
        expect(await storage.dependencies.links('', startMs + 1, startMs + 60_000)).toEqual([
          { parent: 'a', child: 'c', callCount: 1 },
        ]);
      });

      it('sees both sides of a call that share a span id', async () => {
        await write([
          aSpan({ kind: 'client', serviceName: 'a' }),
          aSpan({ kind: 'server', serviceName: 'b' }),
          aSpan({ spanId: spanId(2), parentSpanId: spanId(1), kind: 'client', serviceName: 'b' }),
        ]);
        expect(await storage.dependencies.links('', 0, 8.64e15)).toEqual([
          { parent: 'a', child: 'b', callCount: 1 },
          { parent: 'b', child: 'b', callCount: 1 },
        ]);
      });
    });

    it('shows a tenant only what is its own', async () => {
      await write([aSpan({ serviceName: 'mine' })], 'a');
      await write([aSpan({ serviceName: 'yours', name: 'other' })], 'b');
      expect(await storage.reader.services('a')).toEqual(['mine']);
      expect(await storage.reader.operations('a', 'yours')).toEqual([]);
      expect((await getSpans(storage, traceId(1), 'b')).map((span) => span.name)).toEqual([
        'other',
      ]);
      expect(await getSpans(storage, traceId(1))).toEqual([]);
      expect(await findIds(storage, aQuery({ serviceName: 'yours' }), 'a')).toEqual([]);
      expect(await storage.dependencies.links('c', 0, 8.64e15)).toEqual([]);
    });

    describeSearchOperators(() => storage);
    describeAttributeLists(() => storage);

    describeSearchModel(open, searchRuns);
  });
}

/** A span in which every field has a value of its own. */
function fullSpan(): Span {
  const level = (name: string): ReturnType<typeof toAttributes> =>
    toAttributes({ [`${name}.key`]: name });
  return aSpan({
    traceId: '0123456789abcdeffedcba9876543210',
    spanId: 'fedcba9876543210',
    parentSpanId: '0123456789abcdef',
    traceState: 'a=b',
    flags: 0x101,
    attributes: level('span'),
    droppedAttributesCount: 1,
    events: [
      {
        timeUnixNano: TEST_TIME_NANO,
        name: 'event',
        attributes: level('event'),
        droppedAttributesCount: 2,
      },
    ],
    droppedEventsCount: 3,
    links: [
      {
        traceId: traceId(5),
        spanId: spanId(5),
        traceState: 'c=d',
        attributes: level('link'),
        droppedAttributesCount: 4,
        flags: 1,
      },
    ],
    droppedLinksCount: 5,
    status: { code: 'error', message: 'broken' },
    resource: {
      ...aResource('frontend', { 'resource.key': 'resource' }),
      droppedAttributesCount: 6,
      schemaUrl: 'https://schema/1',
    },
    scope: aScope({
      name: 'lib',
      version: '1',
      attributes: level('scope'),
      droppedAttributesCount: 7,
      schemaUrl: 'https://schema/2',
    }),
    warnings: ['a warning'],
  });
}
