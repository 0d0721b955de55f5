import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';
import { TEST_TIME_NANO, aBatch, aSpan, spanId, traceId } from '../harness/a-span.ts';
import { openQueryStorage, QUERY_STORAGES } from './query-storages.ts';
import { startTestQuery } from './start-test-query.ts';
import type { TestAnswer, TestQuery } from './start-test-query.ts';

const START_US = Number(TEST_TIME_NANO / 1000n);
const RANGE = `start=${START_US - 1000}&end=${START_US + 1_000_000}`;
const V3_RANGE =
  'query.startTimeMin=2023-12-31T00:00:00Z&query.startTimeMax=2024-01-02T00:00:00.5+00:00';
const never = new AbortController().signal;

describe.each(QUERY_STORAGES)('over %s storage', (kind) => {
  let storage: Storage;
  let query: TestQuery;

  const get = (path: string): Promise<TestAnswer> => query.ask(path);

  beforeEach(async () => {
    storage = await openQueryStorage(kind);
    query = await startTestQuery(storage);
  });

  afterEach(async () => {
    await query.stop();
    await storage.close();
  });

  describe('an empty server', () => {
    it('answers as Jaeger does, byte for byte', async () => {
      const nothing = (data: string): string =>
        `{"data":${data},"total":0,"limit":0,"offset":0,"errors":null}`;
      const answers = new Map([
        ['/api/services', nothing('null')],
        ['/api/operations?service=x', nothing('[]')],
        ['/api/services/x/operations', nothing('null')],
        ['/api/traces?service=x', nothing('[]')],
        ['/api/dependencies', nothing('[]')],
        ['/api/v3/services', '{"services":[]}'],
        ['/api/v3/operations?service=x', '{"operations":[]}'],
        [`/api/v3/trace-summaries?${V3_RANGE}`, '{}'],
      ]);
      for (const [path, body] of answers) {
        expect([path, await get(path)]).toEqual([
          path,
          { status: 200, type: 'application/json', body },
        ]);
      }
    });
  });

  describe('a stored span', () => {
    const span = aSpan({
      spanId: spanId(2),
      parentSpanId: spanId(1),
      attributes: {
        big: 2n ** 53n,
        bytes: new Uint8Array([1, 2]),
        html: '</script>',
        nan: Number.NaN,
        none: { type: 'array', values: [] },
        safe: 2n ** 53n - 1n,
      },
      status: { code: 'error', message: 'broken' },
    });
    beforeEach(async () => {
      await storage.writer.write(aBatch([span]), never);
    });

    it('comes back as Jaeger JSON, whatever its values', async () => {
      const { status, body } = await get('/api/traces/1?raw=true');
      expect(status).toBe(200);
      expect(body).toBe(
        '{"data":[{"traceID":"0000000000000001","spans":[{"traceID":"0000000000000001",' +
          '"spanID":"0000000000000002","operationName":"GET /","references":[{"refType":"CHILD_OF",' +
          '"traceID":"0000000000000001","spanID":"0000000000000001"}],' +
          `"startTime":${START_US},"duration":1000,"tags":[` +
          '{"key":"big","type":"int64","value":"9007199254740992"},' +
          '{"key":"bytes","type":"binary","value":"AQI="},' +
          '{"key":"html","type":"string","value":"\\u003c/script\\u003e"},' +
          '{"key":"nan","type":"float64","value":"NaN"},' +
          '{"key":"none","type":"string","value":"[]"},' +
          '{"key":"safe","type":"int64","value":9007199254740991},' +
          '{"key":"span.kind","type":"string","value":"server"},' +
          '{"key":"error","type":"bool","value":true},' +
          '{"key":"otel.status_description","type":"string","value":"broken"}],' +
          '"logs":[],"processID":"p1","warnings":null}],' +
          '"processes":{"p1":{"serviceName":"frontend","tags":[]}},"warnings":null}],' +
          '"total":0,"limit":0,"offset":0,"errors":null}',
      );
    });

    it('comes back as OTLP JSON with hex ids and 64-bit integers as text', async () => {
      const { body } = await get(`/api/v3/traces/${traceId(1).toUpperCase()}?rawTraces=true`);
      const parsed: unknown = JSON.parse(body);
      expect(parsed).toMatchObject({
        result: {
          resourceSpans: [
            {
              scopeSpans: [
                {
                  spans: [
                    {
                      traceId: traceId(1),
                      spanId: spanId(2),
                      parentSpanId: spanId(1),
                      kind: 2,
                      startTimeUnixNano: String(TEST_TIME_NANO),
                      status: { code: 2, message: 'broken' },
                    },
                  ],
                },
              ],
            },
          ],
        },
      });
      expect(body).toContain('{"key":"nan","value":{"doubleValue":"NaN"}}');
      expect(body).toContain('{"key":"big","value":{"intValue":"9007199254740992"}}');
      expect(body).toContain('{"key":"none","value":{"arrayValue":{}}}');
    });

    it('is found by the calls that Grafana makes', async () => {
      const envelope = ',"limit":0,"offset":0,"errors":null}';
      expect((await get('/api/services')).body).toBe(`{"data":["frontend"],"total":1${envelope}`);
      expect((await get('/api/services/frontend/operations')).body).toBe(
        `{"data":["GET /"],"total":1${envelope}`,
      );
      const tags = encodeURIComponent('{"bytes":"AQI="}');
      const found = await get(
        `/api/traces?service=frontend&operation=GET%20%2F&tags=${tags}&minDuration=1ms&maxDuration=1s&limit=20&${RANGE}`,
      );
      expect(found.body).toContain('"spanID":"0000000000000002"');
      const byId = await get(`/api/traces/1?start=${START_US - 1000}&end=${START_US + 1000}`);
      expect(byId.status).toBe(200);
      const v3 =
        '/api/v3/traces/1?start_time=2023-12-31T00:00:00+00:00&end_time=2024-01-02T00:00:00Z';
      expect((await get(v3)).status).toBe(200);
    });

    it('is summed up by api_v3', async () => {
      const { body } = await get(`/api/v3/trace-summaries?query.serviceName=frontend&${V3_RANGE}`);
      expect(body).toBe(
        `{"summaries":[{"traceId":"${traceId(1)}","rootServiceName":"frontend",` +
          `"rootOperationName":"GET /","minStartTimeUnixNano":"${TEST_TIME_NANO}",` +
          `"maxEndTimeUnixNano":"${TEST_TIME_NANO + 1_000_000n}","spanCount":1,"errorSpanCount":1,` +
          '"orphanSpanCount":1,"services":[{"name":"frontend","spanCount":1,"errorSpanCount":1}]}]}',
      );
    });

    it('names the missing ones among several traces asked for, each once', async () => {
      const { status, body } = await get('/api/traces?traceID=1&traceID=1&traceID=ff');
      expect(status).toBe(200);
      expect(body.match(/"spanID":"0000000000000002"/g)).toHaveLength(1);
      expect(body).toMatch(
        /"errors":\[\{"msg":"trace not found","traceID":"00000000000000ff"\}\]\}$/,
      );
    });
  });

  describe('errors', () => {
    it.each([
      ['/api/traces/77', 404, 'trace not found'],
      ['/api/operations', 400, "parameter 'service' is required"],
      [
        '/api/traces?service=x&limit=1501',
        400,
        'limit 1501 is above the maximum of 1500 (query.max-traces)',
      ],
      [
        '/api/traces?service=x&minDuration=2s&maxDuration=1s',
        400,
        "'maxDuration' should be greater than 'minDuration'",
      ],
      [
        '/api/traces?service=x&tag=y',
        400,
        "malformed 'tag' parameter, expecting key:value, received: y",
      ],
      [
        '/api/traces?tags=[]',
        400,
        "malformed 'tags' parameter, cannot unmarshal JSON: json: cannot unmarshal array into Go value of type map[string]string",
      ],
      [
        '/api/traces?start=x',
        400,
        'unable to parse param \'start\': strconv.ParseInt: parsing "x": invalid syntax',
      ],
      ['/api/traces?limit=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
      [
        '/api/traces?minDuration=5',
        400,
        'unable to parse param \'minDuration\': time: missing unit in duration "5"',
      ],
      [
        '/api/traces?traceID=1&traceID=x!',
        400,
        'cannot parse traceID param: strconv.ParseUint: parsing "x!": invalid syntax',
      ],
      ['/api/traces/x!', 400, 'strconv.ParseUint: parsing "x!": invalid syntax'],
      ['/api/traces/xyz', 400, 'invalid length for TraceID'],
      [
        '/api/traces/1?raw=maybe',
        400,
        'unable to parse param \'raw\': strconv.ParseBool: parsing "maybe": invalid syntax',
      ],
      [
        '/api/dependencies?endTs=now',
        400,
        'unable to parse param \'endTs\': strconv.ParseInt: parsing "now": invalid syntax',
      ],
      ['/api/metrics/calls?service=x', 501, 'metrics querying is currently disabled'],
      ['/api/metrics/minstep', 501, 'metrics querying is currently disabled'],
      [
        '/api/metrics/errors',
        400,
        "unable to parse param 'service': please provide at least one service name",
      ],
      [
        '/api/metrics/latencies?service=x',
        400,
        'unable to parse param \'quantile\': strconv.ParseFloat: parsing "": invalid syntax',
      ],
      [
        '/api/metrics/calls?service=x&spanKind=big',
        400,
        "unable to parse param 'spanKind': unsupported span kind: 'big'",
      ],
    ])('of %s has the status and text of Jaeger', async (path, status, msg) => {
      expect(await get(path)).toEqual({
        status,
        type: 'text/plain; charset=utf-8',
        body: `{"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":${status},"msg":${JSON.stringify(msg)}}]}\n`,
      });
    });

    it.each([
      ['1', 500, 'archive span storage was not configured'],
      ['77', 500, 'archive span storage was not configured'],
      ['x!', 400, 'strconv.ParseUint: parsing "x!": invalid syntax'],
    ])('of archiving %s are those of a Jaeger without archive', async (id, status, msg) => {
      const { dependencies, reader } = storage;
      const without = await startTestQuery({ dependencies, reader });
      const { body, status: answered } = await without.ask(`/api/archive/${id}`, '');
      await without.stop();
      expect([answered, body]).toEqual([
        status,
        `{"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":${status},"msg":${JSON.stringify(msg)}}]}\n`,
      ]);
    });

    it('of archiving are an empty list when there are none', async () => {
      await storage.writer.write(aBatch([aSpan()]), never);
      expect(await query.ask('/api/archive/1', '')).toEqual({
        status: 200,
        type: 'application/json',
        body: '{"data":[],"total":0,"limit":0,"offset":0,"errors":[]}',
      });
    });

    it('of archiving while nothing can be written is to come back', async () => {
      await storage.writer.write(aBatch([aSpan()]), never);
      const { archive, dependencies, reader } = storage;
      const full = {
        ...{ dependencies, reader },
        archive: archive && {
          reader: archive.reader,
          writer: { write: () => Promise.reject(new Error('the disk is full')) },
        },
      };
      const withoutRoom = await startTestQuery(full);
      const answer = await fetch(`${withoutRoom.url}/api/archive/1`, { method: 'POST' });
      await withoutRoom.stop();
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await answer.text()).toContain(
        '"msg":"the trace cannot be archived now: the disk is full"',
      );
    });

    it('of archiving an unknown trace is that it was not found', async () => {
      const { body, status } = await query.ask('/api/archive/77', '');
      expect([status, body]).toEqual([
        404,
        '{"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":404,"msg":"trace not found"}]}\n',
      ]);
    });

    it.each([
      [`?${V3_RANGE}`, 404, 'No traces found'],
      ['/77', 404, 'No traces found'],
      ['/x!', 400, 'malformed parameter trace_id: strconv.ParseUint: parsing "x!": invalid syntax'],
      ['', 400, 'query.startTimeMin and query.startTimeMax are required'],
      [
        '?query.startTimeMin=2024-01-02T00:00:00Z&query.startTimeMax=2024-01-01T00:00:00Z',
        400,
        'query.startTimeMin must be before query.startTimeMax',
      ],
      [
        '/1?start_time=now',
        400,
        'malformed parameter start_time: parsing time "now" as "2006-01-02T15:04:05.999999999Z07:00": cannot parse "now" as "2006"',
      ],
      [
        `?${V3_RANGE}&query.num_traces=x`,
        400,
        'malformed parameter query.num_traces: strconv.Atoi: parsing "x": invalid syntax',
      ],
      [
        `?${V3_RANGE}&query.durationMin=5`,
        400,
        'malformed parameter query.durationMin: time: missing unit in duration "5"',
      ],
      [
        `?${V3_RANGE}&query.attributes=7`,
        400,
        'malformed parameter query.attributes: json: cannot unmarshal number into Go value of type map[string]string',
      ],
      [
        `?${V3_RANGE}&query.rawTraces=x`,
        400,
        'malformed parameter query.rawTraces: strconv.ParseBool: parsing "x": invalid syntax',
      ],
    ])('of /api/v3/traces%s have the shape and text of api_v3', async (rest, status, message) => {
      expect(await query.ask(`/api/v3/traces${rest}`)).toEqual({
        status,
        type: 'text/plain; charset=utf-8',
        body: `{"error":{"httpCode":${status},"message":${JSON.stringify(message)}}}\n`,
      });
    });

    it('answers an unknown API path and a wrong method with 404', async () => {
      expect((await get('/api/nothing')).body).toBe('404 page not found\n');
      expect((await fetch(query.url + '/api/services', { method: 'POST' })).status).toBe(404);
    });
  });

  describe('hostile requests', () => {
    const names = ['etc/passwd', 'package.json', 'src/main.ts', 'static/../../../package.json'];
    const steps = [
      '../',
      '..%2f',
      '%2e%2e/',
      '%2e%2e%2f',
      '%252e%252e%252f',
      '..\\',
      '..%5c',
      '....//',
    ];
    const payloads = steps.flatMap((step) =>
      names.flatMap((name) => [
        `/${step.repeat(6)}${name}`,
        `/static/${step.repeat(6)}${name}%00.js`,
      ]),
    );
    const values = [
      "' OR 1=1 --",
      '{"$gt":""}',
      '*:*) OR (x',
      '\u0000',
      '${7*7}',
      '%ff',
      '"}',
      ']]>',
    ];
    const searches = values.flatMap((value) => {
      const text = encodeURIComponent(value);
      return [
        `/api/traces?service=${text}`,
        `/api/traces?service=x&tag=a:${text}`,
        `/api/traces?service=x&start=${text}`,
        `/api/traces/${text}`,
        `/api/services/${text}/operations`,
        `/api/v3/traces/${text}`,
      ];
    });

    it(`get no file outside the UI and cause no server error (${payloads.length + searches.length})`, async () => {
      for (const path of [...payloads, ...searches, '/%', '/api/traces/%zz', '//etc/passwd']) {
        const { status, body } = await get(path);
        expect([path, status < 500]).toEqual([path, true]);
        expect([path, body.includes('"devDependencies"') || body.includes('root:')]).toEqual([
          path,
          false,
        ]);
      }
    });

    it('get no CORS header, and a policy that runs no foreign or inline script', async () => {
      const response = await fetch(query.url + '/api/services', {
        headers: { origin: 'http://evil.example' },
      });
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(response.headers.get('content-security-policy')).not.toContain('unsafe');
    });
  });

  describe('a base path', () => {
    it('moves everything below it', async () => {
      await query.stop();
      query = await startTestQuery(storage, {
        'query.base-path': '/jaeger',
        'query.additional-headers': 'X-Team: a',
      });
      const below = await fetch(query.url + '/jaeger/api/services');
      expect([below.status, below.headers.get('x-team')]).toEqual([200, 'a']);
      expect((await get('/api/services')).status).toBe(404);
      expect((await get('/jaegerx/api/services')).status).toBe(404);
    });

    it('is refused when it is none', async () => {
      await expect(startTestQuery(storage, { 'query.base-path': 'jaeger/' })).rejects.toThrow(
        'query.base-path',
      );
    });
  });
});
