import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';
import { TEST_TIME_NANO, aBatch, aSpan, traceId } from '../harness/a-span.ts';
import { openQueryStorage, QUERY_STORAGES } from './query-storages.ts';
import { startTestQuery } from './start-test-query.ts';
import type { TestAnswer, TestQuery } from './start-test-query.ts';

const never = new AbortController().signal;
const RANGE = 'query.startTimeMin=2024-01-01T00:00:00Z&query.startTimeMax=2024-01-02T00:00:00Z';

describe.each(QUERY_STORAGES)('over %s storage', (kind) => {
  let storage: Storage;
  let query: TestQuery | undefined;

  /** Five traces, a second apart; trace 5 is the newest. */
  beforeEach(async () => {
    storage = await openQueryStorage(kind);
    for (let number = 1; number <= 5; number++) {
      const span = aSpan({
        traceId: traceId(number),
        startTimeUnixNano: TEST_TIME_NANO + BigInt(number) * 1_000_000_000n,
        durationNano: BigInt(number) * 1_000_000n,
        serviceName: number === 5 ? 'backend' : 'frontend',
        attributes: { 'http.status_code': BigInt(100 * number), user: `cust-${number}` },
      });
      await storage.writer.write(aBatch([span]), never);
    }
  });

  afterEach(async () => {
    await query?.stop();
    query = undefined;
    await storage.close();
  });

  async function ask(path: string): Promise<TestAnswer> {
    query ??= await startTestQuery(storage);
    return query.ask(path);
  }

  /** Of the traces that a search answers with, in order. */
  async function numbers(path: string): Promise<number[]> {
    const { body, status } = await ask(path);
    expect([status, body]).toEqual([200, body]);
    const ids = [...body.matchAll(/"traceI[dD]":"([0-9a-f]+)"/g)].map(([, id = '']) => id);
    return [...new Set(ids)].map((id) => Number.parseInt(id, 16));
  }

  function filtered(text: string): string {
    return `/api/traces?start=0&filter=${encodeURIComponent(text)}`;
  }

  function jaegerError(code: number, msg: string): string {
    const errors = [{ code, msg }];
    return `${JSON.stringify({ data: null, total: 0, limit: 0, offset: 0, errors })}\n`;
  }

  describe('a search with operators', () => {
    it.each([
      ['http.status_code>=300', [5, 4, 3]],
      ['http.status_code>=300 && resource.service.name!=backend', [4, 3]],
      ['user=~"cust-[12]"', [2, 1]],
      ['user in (cust-1, cust-5)', [5, 1]],
      ['duration<2ms || duration>4ms', [5, 1]],
      ['trace:rootService=backend', [5]],
      ['user absent', []],
      ['', [5, 4, 3, 2, 1]],
    ])('finds what %s says', async (text, expected) => {
      expect(await numbers(filtered(text))).toEqual(expected);
    });

    it('needs all of several filters', async () => {
      const path = `${filtered('user exists')}&filter=kind%3Dserver&filter=duration%3E4ms&service=backend`;
      expect(await numbers(path)).toEqual([5]);
    });

    it('answers api_v3 with traces and with summaries, as JSON or text', async () => {
      const json = encodeURIComponent('[{"key":"http.status_code","operator":">","value":300}]');
      const summaries = `/api/v3/trace-summaries?${RANGE}`;
      expect(await numbers(`${summaries}&query.filter=${json}`)).toEqual([5, 4]);
      expect(await numbers(`${summaries}&filter=user%3Dcust-3`)).toEqual([3]);
      const { body } = await ask(`/api/v3/traces?${RANGE}&query.filter=${json}`);
      expect(body.match(/"spanId"/g)).toHaveLength(2);
    });

    it.each([
      ['a=', "unable to parse param 'filter': column 3: a value is expected, not the end"],
      ['a=~"("', "unable to parse param 'filter': missing closing ): `(`"],
      ['[{]', "unable to parse param 'filter': this is no JSON"],
      ['[1]', "unable to parse param 'filter': [0]: a condition is an object"],
    ])('refuses %s', async (text, message) => {
      expect(await ask(filtered(text))).toEqual({
        status: 400,
        type: 'text/plain; charset=utf-8',
        body: jaegerError(400, message),
      });
    });

    it('says which spelling of api_v3 is wrong', async () => {
      expect(await ask(`/api/v3/traces?${RANGE}&query.filter=a`)).toEqual({
        status: 400,
        type: 'text/plain; charset=utf-8',
        body: '{"error":{"httpCode":400,"message":"malformed parameter query.filter: column 2: an operator is expected, not the end"}}\n',
      });
    });

    it('is refused where the storage cannot', async () => {
      const capabilities = {
        ...storage.reader.capabilities,
        ...{ filters: false, cursor: false, withoutService: false },
      };
      query = await startTestQuery({ ...storage, reader: { ...storage.reader, capabilities } });
      const refusals: [string, string][] = [
        ['/api/traces', "parameter 'service' is required"],
        ['/api/traces?service=x&filter=a%3Db', 'filter: this storage does not search by operators'],
        [
          `/api/traces?service=x&cursor=${'A'.repeat(32)}`,
          'cursor: this storage does not search page by page',
        ],
      ];
      for (const [path, message] of refusals) {
        expect(await ask(path)).toMatchObject({ status: 400, body: jaegerError(400, message) });
      }
    });
  });

  describe('a search in pages', () => {
    it('names the next page as long as pages are full, and repeats nothing', async () => {
      const seen: number[][] = [];
      let cursor = '';
      for (let page = 0; page < 5; page++) {
        const { body } = await ask(`/api/traces?start=0&limit=2&cursor=${cursor}`);
        const answer = JSON.parse(body) as { data: { traceID: string }[]; nextCursor?: string };
        seen.push(answer.data.map(({ traceID }) => Number.parseInt(traceID, 16)));
        if (answer.nextCursor === undefined) break;
        cursor = answer.nextCursor;
      }
      expect(seen).toEqual([[5, 4], [3, 2], [1]]);
    });

    it('puts the cursor behind what Jaeger says', async () => {
      const { body } = await ask('/api/traces?start=0&limit=5');
      expect(body).toMatch(
        /\],"total":0,"limit":0,"offset":0,"errors":null,"nextCursor":"[\w-]{32}"\}$/,
      );
    });

    it('is for clients of api_v3 that ask for pages', async () => {
      const search = `${RANGE}&query.searchDepth=4`;
      for (const path of ['/api/v3/traces', '/api/v3/trace-summaries']) {
        expect((await ask(`${path}?${search}`)).body).not.toContain('nextCursor');
        const { body } = await ask(`${path}?${search}&query.cursor=`);
        const cursor = /,"nextCursor":"([\w-]{32})"\}$/.exec(body)?.[1] ?? '';
        const rest = await ask(`${path}?${search}&query.cursor=${cursor}`);
        expect(rest.body).toContain(traceId(1));
        expect(rest.body).not.toContain('nextCursor');
      }
    });

    it('ends with an empty page when the one before was just full', async () => {
      const search = `${RANGE}&query.searchDepth=5&query.cursor=`;
      const first = await ask(`/api/v3/traces?${search}`);
      const cursor = /"nextCursor":"([\w-]{32})"/.exec(first.body)?.[1] ?? '';
      expect(await ask(`/api/v3/traces?${search}${cursor}`)).toEqual({
        status: 200,
        type: 'application/json',
        body: '{"result":{"resourceSpans":[]}}',
      });
      expect((await ask(`/api/v3/trace-summaries?${search}${cursor}`)).body).toBe('{}');
      const jaeger = await ask(`/api/traces?start=0&cursor=${cursor}`);
      expect(jaeger.body).toBe('{"data":[],"total":0,"limit":0,"offset":0,"errors":null}');
    });

    it.each(['x', 'A'.repeat(31), `${'A'.repeat(31)}=`])(
      'refuses the cursor %s',
      async (cursor) => {
        const why = 'this is no nextCursor of an earlier answer';
        expect(await ask(`/api/traces?cursor=${cursor}`)).toEqual({
          status: 400,
          type: 'text/plain; charset=utf-8',
          body: jaegerError(400, `unable to parse param 'cursor': ${why}`),
        });
        expect((await ask(`/api/v3/traces?${RANGE}&query.cursor=${cursor}`)).body).toBe(
          `{"error":{"httpCode":400,"message":"malformed parameter query.cursor: ${why}"}}\n`,
        );
      },
    );
  });

  describe('attributes', () => {
    const envelope = (data: readonly string[]): string =>
      JSON.stringify({ data, total: data.length, limit: 0, offset: 0, errors: null });

    it.each([
      ['/api/attributes', ['http.status_code', 'service.name', 'user']],
      ['/api/attributes?prefix=u', ['user']],
      ['/api/attributes?limit=1', ['http.status_code']],
      ['/api/attributes?service=frontend', ['http.status_code', 'service.name', 'user']],
      ['/api/attributes?service=other', []],
      ['/api/attributes/user/values', [1, 2, 3, 4, 5].map((number) => `cust-${number}`)],
      ['/api/attributes/service.name/values', ['backend', 'frontend']],
      ['/api/attributes/service.name/values?prefix=fr', ['frontend']],
      ['/api/attributes/service.name/values?prefix=x', []],
      ['/api/attributes/http.status_code/values?prefix=4', ['400']],
      ['/api/attributes/a%2Fb/values', []],
    ])('%s lists %j', async (path, expected) => {
      expect(await ask(path)).toEqual({
        status: 200,
        type: 'application/json',
        body: envelope(expected),
      });
    });

    it('lists no more values than are asked for', async () => {
      const { body } = await ask('/api/attributes/user/values?limit=2');
      expect(JSON.parse(body)).toMatchObject({ total: 2 });
    });

    it.each([
      ['limit=0', 400, 'limit 0 is not between 1 and 1000'],
      ['limit=1001', 400, 'limit 1001 is not between 1 and 1000'],
      [
        'limit=x',
        400,
        'unable to parse param \'limit\': strconv.ParseInt: parsing "x": invalid syntax',
      ],
    ])('refuses %s', async (parameters, status, message) => {
      for (const path of ['/api/attributes', '/api/attributes/user/values']) {
        expect(await ask(`${path}?${parameters}`)).toEqual({
          status,
          type: 'text/plain; charset=utf-8',
          body: jaegerError(status, message),
        });
      }
    });

    it('are not implemented where the storage has no list of them', async () => {
      const reader = { ...storage.reader, attributeKeys: undefined, attributeValues: undefined };
      query = await startTestQuery({ ...storage, reader });
      for (const path of ['/api/attributes', '/api/attributes/user/values']) {
        expect(await ask(path)).toMatchObject({
          status: 501,
          body: jaegerError(501, 'this storage does not list attributes'),
        });
      }
    });
  });
});
