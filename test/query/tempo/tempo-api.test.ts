import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStorage } from '../../../src/storage/memory/memory-storage.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { decodeSpans } from '../../../src/wire/otlp/decode-trace.ts';
import {
  TEST_TIME_NANO,
  aBatch,
  aResource,
  aSpan,
  spanId,
  toAttributes,
  traceId,
} from '../../harness/a-span.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { startTestQuery } from '../start-test-query.ts';
import type { TestAnswer, TestQuery } from '../start-test-query.ts';

const never = new AbortController().signal;
const JSON_TYPE = 'application/json';
const TEXT = 'text/plain; charset=utf-8';
const SECOND = 1_000_000_000n;
const START = Number(TEST_TIME_NANO / SECOND);

let storage: Storage;
let query: TestQuery;

/** Trace 1, a second later 2: a request of `shop` and, in it, a payment at `bank` that fails in 2. */
const SPANS = [1, 2].flatMap((number) => {
  const start = TEST_TIME_NANO + BigInt(number) * SECOND;
  return [
    aSpan({
      traceId: traceId(number),
      spanId: spanId(16 * number),
      name: 'GET /cart',
      serviceName: 'shop',
      startTimeUnixNano: start,
      durationNano: BigInt(number) * 100_000_000n,
      attributes: { 'http.status_code': number === 1 ? 200n : 500n },
    }),
    aSpan({
      traceId: traceId(number),
      spanId: spanId(16 * number + 1),
      parentSpanId: spanId(16 * number),
      name: 'pay',
      kind: 'client',
      resource: aResource('bank', { region: 'eu' }),
      startTimeUnixNano: start + 1_000_000n,
      durationNano: 50_000_000n,
      attributes: { user: `cust-${number}`, retried: true },
      status: number === 1 ? { code: 'ok', message: '' } : { code: 'error', message: 'refused' },
      events: [
        {
          name: 'exception',
          timeUnixNano: start,
          attributes: toAttributes({ 'exception.type': 'Refused' }),
          droppedAttributesCount: 0,
        },
      ],
    }),
  ];
});

function ask(path: string): Promise<TestAnswer> {
  return query.ask(`/tempo${path}`);
}

async function json(path: string): Promise<unknown> {
  const { body, status, type } = await ask(path);
  expect([status, type, body]).toEqual([200, JSON_TYPE, body]);
  return JSON.parse(body);
}

function search(q: string, more = ''): string {
  return `/api/search?q=${encodeURIComponent(q)}${more}`;
}

describe.each<[string, () => Promise<Storage>]>([
  ['memory', openMemory],
  ['the log of the embedded storage', () => openEmbedded(false)],
  ['blocks of the embedded storage', () => openEmbedded(true)],
])('Tempo’s API over %s', (_, open) => {
  beforeAll(async () => {
    storage = await open();
    query = await startTestQuery(storage);
  });

  afterAll(async () => {
    await query.stop();
    await storage.close();
  });

  describe('the check of a Tempo data source', () => {
    it('is answered', async () => {
      expect(await ask('/api/echo')).toEqual({ status: 200, type: TEXT, body: 'echo' });
      expect(await json('/api/status/buildinfo')).toEqual({
        version: '2.6.0',
        ...{ revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' },
      });
    });
  });

  describe('a search of Explore', () => {
    it('answers as Tempo does', async () => {
      const q = '{resource.service.name="bank" && status=error && span.user=~"cust-.*"}';
      const { body } = await ask(search(q, `&limit=20&spss=3&start=${START}&end=${START + 60}`));
      const inspected = /"inspectedBytes":"(\d+)"/.exec(body)?.[1] ?? '';
      expect(Number(inspected)).toBeGreaterThan(300);
      expect(body).toBe(
        JSON.stringify({
          traces: [
            {
              traceID: '0000000000000002',
              rootServiceName: 'shop',
              rootTraceName: 'GET /cart',
              startTimeUnixNano: '1704067202000000000',
              durationMs: 200,
              spanSet: SPAN_SET,
              spanSets: [SPAN_SET],
            },
          ],
          metrics: {
            inspectedTraces: 1,
            inspectedBytes: inspected,
            completedJobs: 1,
            totalJobs: 1,
          },
        }),
      );
    });

    it.each([
      ['{}', [2, 1]],
      ['{ .http.status_code = 200 }', [1]],
      ['{ .http.status_code >= 200 && .http.status_code < 500 }', [1]],
      ['{ resource.service.name = "shop" } >> { status = error }', [2]],
      ['{ name = "GET /cart" } && { status = error }', [2]],
      ['{ status = error } || { .http.status_code = 200 }', [2, 1]],
      ['{ rootName = "GET /cart" && traceDuration > 150ms }', [2]],
      ['{} | count() > 1', [2, 1]],
      ['{} | count() > 2', []],
      ['{ .retried } | select(name)', [2, 1]],
      ['{ trace:id = "1" }', [1]],
      ['{ event.exception.type = "Refused" && duration >= 50ms }', [2, 1]],
    ])('%s', async (q, expected) => {
      expect(await found(search(q))).toEqual(expected);
    });

    it('shows some of the spans, and what is selected of them', async () => {
      const body = await json(
        search('{ trace:id = "2" } | select(name, kind, span.user)', '&spss=1'),
      );
      expect(body).toMatchObject({
        traces: [
          {
            spanSets: [
              {
                matched: 2,
                spans: [
                  {
                    spanID: '0000000000000020',
                    name: 'GET /cart',
                    attributes: [
                      { key: 'trace:id', value: { stringValue: traceId(2) } },
                      { key: 'kind', value: { stringValue: 'server' } },
                    ],
                  },
                ],
              },
            ],
          },
        ],
      });
    });

    it('keeps to the time range, the limit and the older parameters', async () => {
      expect(await found(`/api/search?start=${START}&end=${START + 1}`)).toEqual([1]);
      expect(await found('/api/search?limit=1')).toEqual([2]);
      expect(await found('/api/search?tags=user%3DCUST-1%20region%3De')).toEqual([1]);
      expect(await found('/api/search?tags=service.name%3Dbank%20name%3D%22pay%22')).toEqual([
        2, 1,
      ]);
      expect(await found('/api/search?minDuration=150ms')).toEqual([2]);
      expect(await found('/api/search?maxDuration=150ms')).toEqual([1]);
    });

    it('says when it has read as many traces as it may', async () => {
      const bounded = await startTestQuery(storage, { 'query.tempo.max-traces-read': '1' });
      const { body } = await bounded.ask(`/tempo${search('{} | count() > 2')}`);
      await bounded.stop();
      expect(JSON.parse(body)).toMatchObject({
        traces: [],
        metrics: { inspectedTraces: 1 },
        status: 'PARTIAL',
        message: 'there may be more: the search was ended by query.tempo.max-traces-read',
      });
    });

    it.each([
      [
        search('{ .a = }'),
        'invalid TraceQL, column 8: an attribute, an intrinsic or a value is expected, not "}"',
      ],
      [search('{ .a =~ "(" }'), 'invalid TraceQL, column 3: missing closing ): `(`'],
      [
        search('{} | rate()'),
        'invalid TraceQL, column 6: rate is not supported; select and count are',
      ],
      ['/api/search?limit=x', 'invalid limit: "x" is no number of at least 0'],
      ['/api/search?limit=1501', 'invalid limit: 1501 is more than 1500 (query.max-traces)'],
      ['/api/search?start=2&end=1', 'invalid start: it is after end'],
      ['/api/search?start=now', 'invalid start: "now" is no time in seconds'],
      ['/api/search?tags=%22', 'invalid tags: this is no logfmt'],
      [
        '/api/search?minDuration=x',
        'invalid minDuration: "x" is no duration such as 100ms or 1m30s',
      ],
      [
        '/api/search/tags?scope=x',
        'invalid scope: "x" is not one of resource, span, event, link, instrumentation, intrinsic',
      ],
      ['/api/traces/xyz', 'invalid trace id: up to 32 hex digits are expected'],
      ['/api/v2/traces/1?q=%7B%7D', 'invalid q: a part of a trace cannot be asked for'],
    ])('%s is refused', async (path, message) => {
      expect(await ask(path)).toEqual({ status: 400, type: TEXT, body: `${message}\n` });
    });
  });

  describe('a trace by id', () => {
    it('is JSON of protobuf, in batches or as a trace', async () => {
      const first = await ask('/api/traces/1');
      expect(first).toMatchObject({ status: 200, type: JSON_TYPE });
      expect(JSON.parse(first.body)).toEqual({ batches: RESOURCE_SPANS });
      const second = await ask(`/api/v2/traces/${traceId(1)}?start=${START}&end=${START + 60}`);
      expect(second.body).toBe(
        first.body
          .replace('{"batches":', '{"trace":{"resourceSpans":')
          .replace(/\}$/, '},"metrics":{}}'),
      );
    });

    it.each([
      ['/api/traces/2', 0],
      ['/api/v2/traces/2', 1],
    ])('is protobuf where that is asked for: %s', async (path, level) => {
      const response = await fetch(`${query.url}/tempo${path}`, {
        headers: { accept: 'application/protobuf' },
      });
      expect(response.headers.get('content-type')).toBe('application/protobuf');
      let message = new Uint8Array(await response.arrayBuffer());
      if (level === 1) {
        // Field 1, and its length in two bytes, is all there is.
        expect([message[0], (message[1] ?? 0) & 0x80, (message[2] ?? 0) & 0x80]).toEqual([
          10, 0x80, 0,
        ]);
        message = message.subarray(3);
      }
      expect(decodeSpans(message).map((span) => span.spanId)).toEqual([spanId(32), spanId(33)]);
    });

    it('is not found when it is not there', async () => {
      const missing = { status: 404, type: TEXT, body: 'trace not found\n' };
      expect(await ask('/api/traces/ff')).toEqual(missing);
      expect(await ask('/api/v2/traces/ff')).toEqual(missing);
    });
  });

  describe('names and values for the search builder', () => {
    it('lists names by scope', async () => {
      expect(await json('/api/v2/search/tags?limit=100')).toEqual({
        scopes: [
          { name: 'resource', tags: ['region', 'service.name'] },
          { name: 'span', tags: ['http.status_code', 'retried', 'user'] },
          { name: 'event', tags: ['exception.type'] },
          { name: 'intrinsic', tags: INTRINSIC_NAMES },
        ],
        metrics: {},
      });
      expect(await json('/api/v2/search/tags?scope=span')).toEqual({
        scopes: [{ name: 'span', tags: ['http.status_code', 'retried', 'user'] }],
        metrics: {},
      });
    });

    it('lists the names of spans that a query finds', async () => {
      const q = encodeURIComponent('{resource.service.name="shop"}');
      expect(await json(`/api/v2/search/tags?scope=span&q=${q}`)).toEqual({
        scopes: [{ name: 'span', tags: ['http.status_code'] }],
        metrics: {},
      });
    });

    it('lists names in one list', async () => {
      expect(await json('/api/search/tags')).toEqual({
        tagNames: [
          'exception.type',
          'http.status_code',
          'region',
          'retried',
          'service.name',
          'user',
        ],
        metrics: {},
      });
    });

    it.each([
      ['resource.service.name', ['string', 'bank', 'shop']],
      ['.service.name', ['string', 'bank', 'shop']],
      ['resource.region', ['string', 'eu']],
      ['span.http.status_code', ['int', '200', '500']],
      ['span.user', ['string', 'cust-1', 'cust-2']],
      ['span%252Euser', ['string', 'cust-1', 'cust-2']],
      ['span.retried', ['bool', 'true']],
      ['event.exception.type', ['string', 'Refused']],
      ['event:name', ['string', 'exception']],
      ['name', ['string', 'GET /cart', 'pay']],
      ['statusMessage', ['string', 'refused']],
      ['status', ['keyword', 'error', 'ok', 'unset']],
      ['kind', ['keyword', 'client', 'consumer', 'internal', 'producer', 'server', 'unspecified']],
      ['rootName', ['string', 'GET /cart']],
      ['rootServiceName', ['string', 'shop']],
      ['duration', ['string']],
      ['span.none', ['string']],
    ])('lists values of %s with their types', async (name, [type, ...values]) => {
      expect(await json(`/api/v2/search/tag/${name}/values?q=%7B%7D`)).toEqual({
        tagValues: values.map((value) => ({ type, value })),
        metrics: {},
      });
    });

    it('lists values of what a query finds, and all while it is being written', async () => {
      const path = '/api/v2/search/tag/span.user/values?q=';
      expect(await json(path + encodeURIComponent('{status=error}'))).toEqual({
        tagValues: [{ type: 'string', value: 'cust-2' }],
        metrics: {},
      });
      const all = await json('/api/v2/search/tag/span.user/values');
      expect(await json(path + encodeURIComponent('{status=}'))).toEqual(all);
    });

    it('lists what it knows without a search where searches need a service', async () => {
      const { reader } = storage;
      const capabilities = { ...reader.capabilities, withoutService: false };
      const bound = await startTestQuery({ ...storage, reader: { ...reader, capabilities } });
      const values = async (name: string, q: string): Promise<unknown> => {
        const path = `/tempo/api/v2/search/tag/${name}/values?q=${encodeURIComponent(q)}`;
        const { body } = await bound.ask(path);
        return JSON.parse(body);
      };
      const none = { tagValues: [], metrics: {} };
      expect(await values('resource.region', '')).toMatchObject({ tagValues: [{ value: 'eu' }] });
      expect(await values('span.user', '{ status = error }')).toEqual(none);
      expect(await values('span.user', '{ resource.service.name = "bank" }')).toMatchObject({
        tagValues: [{ value: 'cust-1' }, { value: 'cust-2' }],
      });
      expect(await values('resource.service.name', '{}')).toMatchObject({
        tagValues: [{ value: 'bank' }, { value: 'shop' }],
      });
      await bound.stop();
    });

    it('lists values of plain names', async () => {
      expect(await json('/api/search/tag/service.name/values')).toEqual({
        tagValues: ['bank', 'shop'],
        metrics: {},
      });
    });
  });

  describe('the rest of Tempo’s API', () => {
    it('is refused by name', async () => {
      expect(await ask('/api/metrics/query_range?q=%7B%7D')).toEqual({
        status: 501,
        type: TEXT,
        body: '/api/metrics/query_range: metrics of traces (TraceQL metrics) are not supported\n',
      });
      expect(await ask('/api/overrides')).toEqual({
        status: 404,
        type: TEXT,
        body: "/api/overrides: this part of Tempo's API is not supported\n",
      });
    });

    it.each(HOSTILE)('takes %j for a name or a wrong request', async (text) => {
      const written = encodeURIComponent(text);
      const statuses = [
        `/api/v2/search/tag/${written}/values`,
        `/api/search/tag/${written}/values`,
        `/api/search?tags=${written}`,
        `/api/search?q=${written}`,
        `/api/v2/search/tags?q=${written}`,
        `/api/v2/search/tags?scope=${written}`,
        `/api/traces/${written}`,
        `/api/${written}`,
      ].map(async (path) => (await ask(path)).status);
      const seen = await Promise.all(statuses);
      expect(seen.filter((status) => ![200, 400, 404].includes(status))).toEqual([]);
      expect(seen.slice(-3)).toEqual([400, 400, 404]);
    });

    it('stands below the base path, elsewhere, or nowhere', async () => {
      const below = await startTestQuery(storage, {
        'query.base-path': '/jaeger',
        'query.tempo.base-path': '/grafana/tempo',
      });
      expect(await below.ask('/jaeger/grafana/tempo/api/echo')).toMatchObject({ body: 'echo' });
      await below.stop();
      const without = await startTestQuery(storage, { 'query.tempo.base-path': '' });
      expect((await without.ask('/tempo/api/echo')).body).not.toBe('echo');
      await without.stop();
      await expect(startTestQuery(storage, { 'query.tempo.base-path': '/api/x' })).rejects.toThrow(
        'query.tempo.base-path: "/api/x" is not allowed',
      );
    });
  });
});

describe('a trace by id as protobuf', () => {
  it('has a span that was delivered twice once, and no more spans than are shown', async () => {
    const own = await openMemory();
    const repeated = [1, 2, 2, 3, 4].map((number) =>
      aSpan({ traceId: traceId(9), spanId: spanId(number), startTimeUnixNano: TEST_TIME_NANO }),
    );
    for (const span of repeated) await own.writer.write(aBatch([span]), never);
    const bounded = await startTestQuery(own, { 'query.max-trace-size': '3' });
    const spanIds = async (id: string): Promise<string[]> => {
      const response = await fetch(`${bounded.url}/tempo/api/traces/${id}`, {
        headers: { accept: 'application/protobuf;q=0.9, */*' },
      });
      const spans = decodeSpans(new Uint8Array(await response.arrayBuffer()));
      return spans.map((span) => span.spanId);
    };
    expect(await spanIds('9')).toEqual([spanId(1), spanId(2), spanId(3)]);
    expect(await spanIds('1')).toEqual([spanId(16), spanId(17)]);
    await bounded.stop();
    await own.close();
  });
});

describe('Tempo’s API for tenants', () => {
  it('answers each its own', async () => {
    const own = await openMemory();
    const span = aSpan({ traceId: traceId(7), serviceName: 'secret' });
    await own.writer.write(aBatch([span], { tenant: 'acme' }), never);
    const tenanted = await startTestQuery(own, {
      'multi-tenancy.enabled': 'true',
      'multi-tenancy.header': 'X-Scope-OrgID',
    });
    const ids = async (tenant: string): Promise<(string | undefined)[]> => {
      const headers = { 'x-scope-orgid': tenant };
      const response = await fetch(`${tenanted.url}/tempo/api/search`, { headers });
      return [...(await response.text()).matchAll(/"traceID":"(\w+)"/g)].map(([, id]) => id);
    };
    expect(await ids('acme')).toEqual([spanId(7)]);
    expect(await ids('other')).toEqual([]);
    expect((await tenanted.ask('/tempo/api/search')).status).toBe(401);
    await tenanted.stop();
    await own.close();
  });
});

async function openMemory(): Promise<Storage> {
  const opened = createMemoryStorage({
    ...{ maxTraces: 100, maxBytes: 1_000_000, metrics: new Registry() },
  });
  await writeSpans(opened);
  return opened;
}

async function openEmbedded(isFlushed: boolean): Promise<Storage> {
  const folder = await mkdtemp(join(tmpdir(), 'tempo-api-'));
  const opened = await openTestStorage(folder);
  await writeSpans(opened);
  if (isFlushed) await opened.flush();
  return {
    ...opened,
    close: async () => {
      await opened.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function writeSpans({ writer }: Storage): Promise<void> {
  await writer.write(aBatch(SPANS.slice(0, 2)), never);
  await writer.write(aBatch(SPANS.slice(2)), never);
}

/** Numbers of the traces that are found, in order. */
async function found(path: string): Promise<number[]> {
  const { body } = await ask(path);
  return [...body.matchAll(/"traceID":"([0-9a-f]+)"/g)].map(([, id = '']) =>
    Number.parseInt(id, 16),
  );
}

const HOSTILE = [
  '../../../../etc/passwd',
  '..\\..\\x',
  "' OR '1'='1",
  '"; DROP TABLE spans; --',
  '<script>alert(1)</script>',
  '${jndi:ldap://x}',
  '{{7*7}}',
  '%00',
  '\u0000',
  '\ud83d',
  '__proto__',
  'constructor',
  '.'.repeat(5000),
].map((text) => text.toWellFormed());
const SPAN_SET = {
  spans: [
    {
      spanID: '0000000000000021',
      startTimeUnixNano: '1704067202001000000',
      durationNanos: '50000000',
      attributes: [
        { key: 'service.name', value: { stringValue: 'bank' } },
        { key: 'status', value: { stringValue: 'error' } },
        { key: 'user', value: { stringValue: 'cust-2' } },
      ],
    },
  ],
  matched: 1,
};
const TRACE_ID = 'AAAAAAAAAAAAAAAAAAAAAQ==';
const RESOURCE_SPANS = [
  {
    resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
    scopeSpans: [
      {
        scope: {},
        spans: [
          {
            traceId: TRACE_ID,
            spanId: 'AAAAAAAAABA=',
            name: 'GET /cart',
            kind: 'SPAN_KIND_SERVER',
            startTimeUnixNano: '1704067201000000000',
            endTimeUnixNano: '1704067201100000000',
            attributes: [{ key: 'http.status_code', value: { intValue: '200' } }],
            status: {},
          },
        ],
      },
    ],
  },
  {
    resource: {
      attributes: [
        { key: 'region', value: { stringValue: 'eu' } },
        { key: 'service.name', value: { stringValue: 'bank' } },
      ],
    },
    scopeSpans: [
      {
        scope: {},
        spans: [
          {
            traceId: TRACE_ID,
            spanId: 'AAAAAAAAABE=',
            parentSpanId: 'AAAAAAAAABA=',
            name: 'pay',
            kind: 'SPAN_KIND_CLIENT',
            startTimeUnixNano: '1704067201001000000',
            endTimeUnixNano: '1704067201051000000',
            attributes: [
              { key: 'retried', value: { boolValue: true } },
              { key: 'user', value: { stringValue: 'cust-1' } },
            ],
            events: [
              {
                timeUnixNano: '1704067201000000000',
                name: 'exception',
                attributes: [{ key: 'exception.type', value: { stringValue: 'Refused' } }],
              },
            ],
            status: { code: 'STATUS_CODE_OK' },
          },
        ],
      },
    ],
  },
];
const INTRINSIC_NAMES = [
  ...['duration', 'event:name', 'instrumentation:name', 'instrumentation:version', 'kind'],
  ...['link:spanID', 'link:traceID', 'name', 'rootName', 'rootServiceName', 'span:duration'],
  ...['span:id', 'span:kind', 'span:name', 'span:parentID', 'span:status', 'span:statusMessage'],
  ...['status', 'statusMessage', 'trace:duration', 'trace:id', 'trace:rootName'],
  ...['trace:rootService', 'traceDuration'],
];
