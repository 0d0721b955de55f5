import { describe, expect, it } from 'vitest';
import { FILTER_PLACES } from '../../src/model/search-filter.ts';
import type {
  AttributeFilter,
  FilterPlace,
  SpanCondition,
  ValueTest,
} from '../../src/model/search-filter.ts';
import type { Span } from '../../src/model/span.ts';
import type { TraceQuery } from '../../src/model/trace-query.ts';
import type { Storage } from '../../src/storage/storage.ts';
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
import { NEVER_ABORTED, aQuery, findIds, findSummaries } from '../harness/read-traces.ts';

const SECOND = 1_000_000_000n;

/** What a storage promises that searches by operators and page by page. */
export function describeSearchOperators(storage: () => Storage): void {
  const write = async (...batches: readonly (readonly Span[])[]): Promise<void> => {
    for (const spans of batches) await storage().writer.write(aBatch(spans), NEVER_ABORTED);
  };
  /** Numbers of the traces that are found, in order. */
  const find = async (query: Partial<TraceQuery>): Promise<number[]> =>
    (await findIds(storage(), aQuery(query))).map((id) => Number.parseInt(id, 16));
  const findBy = (...filters: readonly SpanCondition[]): Promise<number[]> => find({ filters });

  describe('operators', () => {
    const values: readonly PlainValue[] = [
      'Paid',
      '',
      '0042',
      500n,
      499.5,
      true,
      Uint8Array.of(1, 2, 255),
      9_007_199_254_740_993n,
      NaN,
      'x'.repeat(65_536),
      'a\nb',
    ];
    /** Trace n has the nth value; the last trace has none. */
    const oneEach = values.map((key, index) =>
      aSpan({
        traceId: traceId(index + 1),
        startTimeUnixNano: TEST_TIME_NANO - BigInt(index),
        attributes: { before: 1n, key },
      }),
    );
    const none = aSpan({
      traceId: traceId(values.length + 1),
      startTimeUnixNano: TEST_TIME_NANO - 100n,
    });
    const all = values.map((_, index) => index + 1);
    const except = (...left: readonly number[]): number[] =>
      all.filter((number) => !left.includes(number));

    it.each<[string, ValueTest, readonly number[]]>([
      ['exists', { operator: 'exists' }, all],
      ['absent', { operator: 'absent' }, [12]],
      ['= a text', { operator: '=', value: 'Paid' }, [1]],
      ['= in another case', { operator: '=', value: 'paid' }, []],
      ['= nothing', { operator: '=', value: '' }, [2]],
      ['= a number', { operator: '=', value: '500' }, [4]],
      ['= a boolean', { operator: '=', value: 'true' }, [6]],
      ['= bytes', { operator: '=', value: 'AQL/' }, [7]],
      ['= a long text', { operator: '=', value: 'x'.repeat(65_536) }, [10]],
      ['!=', { operator: '!=', value: 'Paid' }, except(1)],
      ['=~ a whole value', { operator: '=~', value: 'Pai' }, []],
      ['=~ a text', { operator: '=~', value: 'P..d' }, [1]],
      ['=~ numbers', { operator: '=~', value: '[45].*' }, [4, 5]],
      ['=~ over lines', { operator: '=~', value: 'a.b' }, [11]],
      ['=~ a long text', { operator: '=~', value: 'x{1000}(x*)*' }, [10]],
      ['!~', { operator: '!~', value: '(?i)paid|x+' }, except(1, 10)],
      ['<', { operator: '<', value: '499.5' }, [3]],
      ['<=', { operator: '<=', value: '499.5' }, [3, 5]],
      ['>', { operator: '>', value: '499.5' }, [4, 8]],
      ['> with all digits', { operator: '>', value: '9007199254740992' }, [8]],
      ['>=', { operator: '>=', value: '42' }, [3, 4, 5, 8]],
      ['in', { operator: 'in', values: ['Paid', '500', 'other'] }, [1, 4]],
      ['in nothing', { operator: 'in', values: [] }, []],
    ])('compare by %s', async (_, test, expected) => {
      await write([...oneEach, none]);
      expect(await findBy({ subject: { place: 'any', key: 'key' }, test })).toEqual(expected);
      expect(await findBy({ subject: { place: 'span', key: 'key' }, test })).toEqual(expected);
    });

    it('look at the place that is asked for', async () => {
      const places = FILTER_PLACES.filter((place) => place !== 'any');
      await write(
        places.map((place, index) => spanWith(place, { traceId: traceId(index + 1), k: place })),
      );
      for (const [index, place] of places.entries()) {
        const filter = (test: ValueTest, at: FilterPlace = place): AttributeFilter => ({
          subject: { place: at, key: 'k' },
          test,
        });
        expect(await findBy(filter({ operator: 'exists' })), place).toEqual([index + 1]);
        expect(await findBy(filter({ operator: '=', value: place }, 'any'))).toEqual([index + 1]);
        expect(await findBy(filter({ operator: '!=', value: place }))).toEqual([]);
        expect(await findBy(filter({ operator: 'absent' }))).toEqual(
          [1, 2, 3, 4, 5].filter((number) => number !== index + 1),
        );
      }
    });

    it('take every value of a key into account, whichever place has it', async () => {
      const resource = aResource('frontend', { k: 'a' });
      await write([aSpan({ resource, attributes: { k: 'b' } })]);
      const test = (operator: '=' | '!=', value: string): AttributeFilter => ({
        subject: { place: 'any', key: 'k' },
        test: { operator, value },
      });
      expect(await findBy(test('=', 'a'), test('=', 'b'))).toEqual([1]);
      expect(await findBy(test('!=', 'a'))).toEqual([]);
      expect(await findBy(test('!=', 'c'))).toEqual([1]);
    });

    it('know the fields of a span', async () => {
      const status = { code: 'error' as const, message: 'timeout' };
      const scope = aScope({ name: 'lib', version: '1.2' });
      const events = [eventNamed('exception'), eventNamed('retry')];
      await write([
        aSpan({ status, scope, events, name: 'GET /a', kind: 'client', durationNano: 5n }),
        aSpan({ traceId: traceId(2), startTimeUnixNano: TEST_TIME_NANO - 1n, durationNano: -5n }),
      ]);
      const by = (
        field:
          'name' | 'kind' | 'status' | 'statusMessage' | 'eventName' | 'scopeName' | 'duration',
        test: ValueTest,
      ): Promise<number[]> => findBy({ subject: { field }, test });
      expect(await by('name', { operator: '=~', value: 'GET /.+' })).toEqual([1]);
      expect(await by('name', { operator: '!=', value: 'GET /a' })).toEqual([2]);
      expect(await by('kind', { operator: 'in', values: ['client', 'internal'] })).toEqual([1]);
      expect(await by('status', { operator: '!=', value: 'error' })).toEqual([2]);
      expect(await by('statusMessage', { operator: '=', value: 'timeout' })).toEqual([1]);
      expect(await by('statusMessage', { operator: '=', value: '' })).toEqual([2]);
      expect(await by('eventName', { operator: '=', value: 'retry' })).toEqual([1]);
      expect(await by('eventName', { operator: '!=', value: 'retry' })).toEqual([]);
      expect(await by('eventName', { operator: 'absent' })).toEqual([2]);
      expect(await by('scopeName', { operator: '=', value: 'lib' })).toEqual([1]);
      expect(await by('duration', { operator: '>=', value: '5' })).toEqual([1]);
      expect(await by('duration', { operator: '=', value: '0' })).toEqual([2]);
    });

    it('hold together on one span, alternatives too', async () => {
      const is = (key: string, value: string): AttributeFilter => ({
        subject: { place: 'span', key },
        test: { operator: '=', value },
      });
      await write([
        aSpan({ attributes: { a: '1', b: '1' } }),
        aSpan({ spanId: spanId(2), attributes: { a: '2', b: '2' } }),
      ]);
      expect(await findBy(is('a', '1'), is('b', '1'))).toEqual([1]);
      expect(await findBy(is('a', '1'), is('b', '2'))).toEqual([]);
      const twos = [is('a', '2'), is('b', '2')];
      expect(await findBy({ anyOf: [[is('a', '3')], twos] })).toEqual([1]);
      expect(await findBy({ anyOf: [[is('a', '3')], twos] }, is('a', '1'))).toEqual([]);
      expect(await findBy({ anyOf: [] })).toEqual([]);
      expect(await findBy({ anyOf: [[]] })).toEqual([1]);
    });

    it.each(['__proto__', 'constructor', '\u202egnp.exe', 'a b\n"\\', '名前'])(
      'find the odd key and value %j',
      async (odd) => {
        await write([aSpan({ attributes: { [`k${odd}`]: odd, [odd]: 'x' } })]);
        const subject = { place: 'any', key: odd } as const;
        expect(await findBy({ subject, test: { operator: 'exists' } })).toEqual([1]);
        const named = { place: 'span', key: `k${odd}` } as const;
        expect(await findBy({ subject: named, test: { operator: '=', value: odd } })).toEqual([1]);
        expect(await findBy({ subject: named, test: { operator: '!=', value: odd } })).toEqual([]);
      },
    );

    it('read invalid UTF-8 as replacement characters', async () => {
      const { otlp } = aBatch([aSpan({ attributes: { 'k~': 'v~', l: 'w~1' } })]);
      const bytes = otlp.map((byte) => (byte === 0x7e ? 0xff : byte));
      await storage().writer.write(batchOf(bytes), NEVER_ABORTED);
      const by = (key: string, test: ValueTest): Promise<number[]> =>
        findBy({ subject: { place: 'any', key }, test });
      expect(await by('k\ufffd', { operator: 'exists' })).toEqual([1]);
      expect(await by('k\ufffd', { operator: '=', value: 'v\ufffd' })).toEqual([1]);
      expect(await by('l', { operator: '=~', value: 'w\ufffd\\d' })).toEqual([1]);
    });

    it('ask for whole traces, whichever spans match', async () => {
      const child = { parentSpanId: spanId(1), spanId: spanId(2), serviceName: 'db' };
      const late = TEST_TIME_NANO + SECOND;
      await write(
        [aSpan({ ...child }), aSpan({ ...child, traceId: traceId(2), startTimeUnixNano: late })],
        [aSpan({ name: 'root' }), aSpan({ traceId: traceId(2), serviceName: 'other' })],
      );
      const serviceName = 'db';
      const by = (
        field: 'rootService' | 'rootName' | 'duration',
        test: ValueTest,
      ): Promise<number[]> => find({ serviceName, traceFilters: [{ field, test }] });
      expect(await by('rootName', { operator: '=', value: 'root' })).toEqual([1]);
      expect(await by('rootService', { operator: '!=', value: 'frontend' })).toEqual([2]);
      expect(await by('duration', { operator: '>=', value: String(SECOND) })).toEqual([2]);
      expect(await by('duration', { operator: '>', value: '0' })).toEqual([2, 1]);
    });

    it('refuse a pattern that is none', async () => {
      await write([aSpan()]);
      const test = { operator: '=~', value: '(' } as const;
      await expect(findBy({ subject: { place: 'any', key: 'k' }, test })).rejects.toThrow(
        'missing closing )',
      );
    });
  });

  describe('pages', () => {
    const inPages = async (query: Partial<TraceQuery>, limit: number): Promise<number[][]> => {
      const pages: number[][] = [];
      let page = aQuery({ ...query, limit });
      for (;;) {
        const found = await findSummaries(storage(), page);
        expect(await findIds(storage(), page)).toEqual(found.map(({ traceId: id }) => id));
        if (found.length > 0) pages.push(found.map(({ traceId: id }) => Number.parseInt(id, 16)));
        const last = found.at(-1);
        if (last?.matchNano === undefined || found.length < limit) return pages;
        page = { ...page, after: { traceId: last.traceId, startNano: last.matchNano } };
      }
    };
    const at = (number: number, seconds: bigint, more: Parameters<typeof aSpan>[0] = {}): Span =>
      aSpan({
        ...{ traceId: traceId(number), startTimeUnixNano: TEST_TIME_NANO + seconds * SECOND },
        ...more,
      });

    it('go on behind the last trace, ties by trace id', async () => {
      await write([at(4, 7n), at(1, 5n)], [at(2, 9n), at(3, 7n)], [at(6, 7n), at(5, 7n)]);
      expect(await inPages({}, 1)).toEqual([[2], [3], [4], [5], [6], [1]]);
      expect(await inPages({}, 4)).toEqual([
        [2, 3, 4, 5],
        [6, 1],
      ]);
    });

    it('show a trace once whose matching spans are far apart', async () => {
      const other = { spanId: spanId(2) };
      await write([at(1, 1n), at(2, 2n), at(3, 3n)], [at(4, 4n)]);
      await write([at(1, 9n, other), at(2, 0n, other)], [at(3, 8n, { spanId: spanId(3) })]);
      expect(await inPages({}, 1)).toEqual([[1], [3], [4], [2]]);
      expect(await inPages({}, 3)).toEqual([[1, 3, 4], [2]]);
      const early = { startTimeMaxNano: TEST_TIME_NANO + 4n * SECOND };
      expect(await inPages(early, 2)).toEqual([
        [4, 3],
        [2, 1],
      ]);
    });

    it('take only spans that match for the place of a trace', async () => {
      await write([at(1, 1n, { name: 'a' }), at(2, 2n, { name: 'a' }), at(3, 3n, { name: 'a' })]);
      await write([at(1, 9n, { name: 'b', spanId: spanId(2) })]);
      expect(await inPages({ operationName: 'a' }, 2)).toEqual([[3, 2], [1]]);
    });

    it('count traces that are wanted as a whole', async () => {
      const traces = Array.from({ length: 12 }, (_, index) => index + 1);
      await write(
        traces.map((number) =>
          at(number, BigInt(number), { serviceName: number % 3 === 0 ? 'a' : 'b' }),
        ),
      );
      const test = { operator: '=', value: 'a' } as const;
      const traceFilters = [{ field: 'rootService', test }] as const;
      expect(await inPages({ traceFilters }, 2)).toEqual([
        [12, 9],
        [6, 3],
      ]);
    });

    it('do not stumble over a large trace, nor over absurd times', async () => {
      const large = aTrace(10_008);
      for (let from = 0; from < large.length; from += 2500) {
        await write(large.slice(from, from + 2500));
      }
      await write([
        aSpan({ traceId: traceId(2), startTimeUnixNano: 0n, endTimeUnixNano: 0n }),
        aSpan({ traceId: traceId(3), startTimeUnixNano: 2n ** 64n - 1n, endTimeUnixNano: 0n }),
        aSpan({ traceId: traceId(4) }),
      ]);
      expect(await inPages({}, 1)).toEqual([[3], [1], [4], [2]]);
    });
  });
}

/** What a storage promises that lists keys and values of attributes; others have no such functions. */
export function describeAttributeLists(storage: () => Storage): void {
  it('lists keys and values of attributes of spans, their events, links and resources', async () => {
    const { attributeKeys, attributeValues } = storage().reader;
    if (attributeKeys === undefined || attributeValues === undefined) return;
    const events = [
      { ...eventNamed('e'), attributes: toAttributes({ inEvent: 7n, __proto__x: '' }) },
    ];
    const spans = [
      aSpan({ attributes: { user: 'b', code: 200n } }),
      aSpan({ spanId: spanId(2), attributes: { user: 'a', code: 404.5 }, events }),
      aSpan({
        ...{ spanId: spanId(3), attributes: { user: 'ab' } },
        resource: aResource('other', { 'host.name': 'cart-0', user: 'root' }),
      }),
    ];
    await storage().writer.write(aBatch(spans), NEVER_ABORTED);
    const keys = ['__proto__x', 'code', 'host.name', 'inEvent', 'service.name', 'user'];
    expect(await attributeKeys('')).toEqual(keys);
    const ofFrontend = keys.filter((key) => key !== 'host.name');
    expect(await attributeKeys('', 'frontend')).toEqual(expect.arrayContaining(ofFrontend));
    expect(await attributeKeys('', 'other')).toEqual(expect.arrayContaining(['host.name', 'user']));
    expect(await attributeKeys('another tenant')).toEqual([]);
    expect(await attributeValues('', 'user', '', 10)).toEqual(['a', 'ab', 'b', 'root']);
    expect(await attributeValues('', 'host.name', 'cart', 10)).toEqual(['cart-0']);
    expect(await attributeValues('', 'user', 'a', 10)).toEqual(['a', 'ab']);
    expect(await attributeValues('', 'user', '', 2)).toHaveLength(2);
    expect(await attributeValues('', 'code', '', 10)).toEqual(['200', '404.5']);
    expect(await attributeValues('', 'inEvent', '', 10)).toEqual(['7']);
    expect(await attributeValues('', 'none', '', 10)).toEqual([]);
  });
}

type OtherPlace = Exclude<(typeof FILTER_PLACES)[number], 'any'>;

function spanWith(place: OtherPlace, { traceId, k }: { traceId: string; k: string }): Span {
  const attributes = toAttributes({ k });
  const number = BigInt(Number.parseInt(traceId, 16));
  const span = aSpan({ traceId, startTimeUnixNano: TEST_TIME_NANO - number });
  switch (place) {
    case 'span':
      return { ...span, attributes };
    case 'resource':
      return { ...span, resource: aResource('frontend', { k }) };
    case 'scope':
      return { ...span, scope: aScope({ attributes }) };
    case 'event':
      return { ...span, events: [{ ...eventNamed('e'), attributes }] };
    case 'link':
      return {
        ...span,
        links: [
          {
            ...{ traceId, spanId: spanId(1), traceState: '', flags: 0 },
            ...{ attributes, droppedAttributesCount: 0 },
          },
        ],
      };
  }
}

function eventNamed(name: string): Span['events'][number] {
  return { timeUnixNano: TEST_TIME_NANO, name, attributes: [], droppedAttributesCount: 0 };
}
