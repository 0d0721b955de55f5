import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject, jsonFields } from '../../../src/runtime/json-object.ts';
import { createMemoryStorage } from '../../../src/storage/memory/memory-storage.ts';
import { aBatch, aSpan, spanId, TEST_TIME_NANO, traceId } from '../../harness/a-span.ts';
import { schemaFaults } from '../../harness/schema-faults.ts';
import { startTestQuery } from '../start-test-query.ts';
import type { TestQuery } from '../start-test-query.ts';

const storage = createMemoryStorage({ maxTraces: 10, maxBytes: 100_000, metrics: new Registry() });
const WINDOW = 'startTime=2024-01-01T00:00:00Z&endTime=2024-01-02T00:00:00Z';
const V3_SEARCH =
  'query.serviceName=frontend&query.startTimeMin=2024-01-01T00:00:00Z&query.startTimeMax=2024-01-02T00:00:00Z';
const SEARCH = 'service=frontend&start=1704067100000000&end=1704067300000000&limit=1&cursor=';
const SECONDS = 'start=1704067100&end=1704067300';
const DAY = 'endTs=1704067300000&lookback=86400000';
const BOTH = { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: traceId(9) }] }] }] };

interface Question {
  readonly path: string;
  readonly asked: string;
  /** Of a POST. */
  readonly body?: string;
}

/** One an operation of the document, with an answer that is not empty where it can be. */
const QUESTIONS: readonly Question[] = [
  { path: '/api/services', asked: '/api/services' },
  { path: '/api/operations', asked: '/api/operations?service=frontend' },
  { path: '/api/services/{service}/operations', asked: '/api/services/frontend/operations' },
  { path: '/api/traces', asked: `/api/traces?${SEARCH}` },
  { path: '/api/traces/{traceID}', asked: `/api/traces/${traceId(1)}` },
  { path: '/api/transform', asked: '/api/transform', body: JSON.stringify(BOTH) },
  { path: '/api/dependencies', asked: `/api/dependencies?${DAY}` },
  { path: '/api/deep-dependencies', asked: `/api/deep-dependencies?service=frontend&${DAY}` },
  {
    path: '/analytics/v1/dependencies',
    asked: `/analytics/v1/dependencies?service=frontend&${DAY}`,
  },
  { path: '/api/quality-metrics', asked: '/api/quality-metrics?service=frontend&hours=1' },
  { path: '/api/archive/{traceID}', asked: `/api/archive/${traceId(1)}`, body: '' },
  { path: '/api/attributes', asked: '/api/attributes' },
  { path: '/api/attributes/{key}/values', asked: '/api/attributes/text/values' },
  { path: '/api/v3/services', asked: '/api/v3/services' },
  { path: '/api/v3/operations', asked: '/api/v3/operations?service=frontend' },
  {
    path: '/api/v3/traces',
    asked: `/api/v3/traces?${V3_SEARCH}&query.searchDepth=1&query.cursor=`,
  },
  { path: '/api/v3/traces/{traceID}', asked: `/api/v3/traces/${traceId(1)}` },
  { path: '/api/v3/trace-summaries', asked: `/api/v3/trace-summaries?${V3_SEARCH}` },
  { path: '/api/v3/dependencies', asked: `/api/v3/dependencies?${WINDOW}` },
  { path: '/api/v3/capabilities', asked: '/api/v3/capabilities' },
  { path: '/tempo/api/status/buildinfo', asked: '/tempo/api/status/buildinfo' },
  { path: '/tempo/api/traces/{traceID}', asked: `/tempo/api/traces/${traceId(1)}` },
  { path: '/tempo/api/v2/traces/{traceID}', asked: `/tempo/api/v2/traces/${traceId(1)}` },
  {
    path: '/tempo/api/search',
    asked: `/tempo/api/search?q=%7B%20.text%20%3D%20%22b%22%20%7D&${SECONDS}`,
  },
  { path: '/tempo/api/search/tags', asked: `/tempo/api/search/tags?${SECONDS}` },
  { path: '/tempo/api/v2/search/tags', asked: `/tempo/api/v2/search/tags?${SECONDS}` },
  {
    path: '/tempo/api/search/tag/{tag}/values',
    asked: `/tempo/api/search/tag/text/values?${SECONDS}`,
  },
  {
    path: '/tempo/api/v2/search/tag/{tag}/values',
    asked: `/tempo/api/v2/search/tag/.text/values?${SECONDS}`,
  },
];

let query: TestQuery;
let paths: Readonly<Record<string, unknown>>;
let schemas: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  const attributes = {
    ...{ text: 'b', number: 1n, share: 0.5, flag: true, bytes: new Uint8Array([1, 2]) },
    nothing: Number.NaN,
  };
  const root = aSpan({
    attributes,
    events: [
      {
        ...{ name: 'retry', timeUnixNano: TEST_TIME_NANO, droppedAttributesCount: 0 },
        attributes: [{ key: 'of', value: { type: 'string', value: 'cart' } }],
      },
    ],
  });
  const child = aSpan({
    ...{ spanId: spanId(2), parentSpanId: spanId(1), serviceName: 'cart', name: 'add' },
    status: { code: 'error', message: 'no' },
  });
  const other = aSpan({ traceId: traceId(2), spanId: spanId(3), parentSpanId: spanId(77) });
  await storage.writer.write(aBatch([root, child, other]), new AbortController().signal);
  query = await startTestQuery(storage);
  const document: unknown = JSON.parse((await query.ask('/openapi.json')).body);
  paths = jsonFields(jsonFields(document)['paths']);
  schemas = jsonFields(jsonFields(jsonFields(document)['components'])['schemas']);
});

afterAll(async () => {
  await query.stop();
});

function schemaOf(path: string, status: '200' | 'default', method = 'get'): unknown {
  const responses = jsonFields(jsonFields(jsonFields(paths[path])[method])['responses']);
  return jsonFields(jsonFields(jsonFields(responses[status])['content'])['application/json'])[
    'schema'
  ];
}

describe('the schemas of the API', () => {
  it.each(QUESTIONS)(
    'describe the answer of $path, with every field it has',
    async ({ path, asked, body }) => {
      const answer = await query.ask(asked, body);
      expect(answer.status).toBe(200);
      const schema = schemaOf(path, '200', body === undefined ? 'get' : 'post');
      expect(schemaFaults(JSON.parse(answer.body), schema, schemas)).toEqual([]);
    },
  );

  it('are asked about for every answer that has one', () => {
    const described = Object.keys(paths).filter(
      (path) => schemaOf(path, '200') !== undefined || schemaOf(path, '200', 'post') !== undefined,
    );
    const asked = QUESTIONS.map(({ path }) => path);
    // Metrics need a store of metrics; `metrics.test.ts` has what they answer.
    expect(described.filter((path) => !asked.includes(path))).toEqual(['/api/metrics/{metric}']);
  });

  it.each([
    ['jaegerError', '/api/traces/zz'],
    ['v3Error', '/api/v3/traces/zz'],
  ])('describe errors as %s', async (name, asked) => {
    const { body, status } = await query.ask(asked);
    expect(status).toBe(400);
    expect(schemaFaults(JSON.parse(body), schemas[name], schemas)).toEqual([]);
  });

  it('refuse what they do not describe', () => {
    expect(schemaFaults({ services: [1], more: 2 }, schemas['v3Services'], schemas)).toEqual([
      '$.services[0]: number instead of "string"',
      '$.more: no schema',
    ]);
    expect(isJsonObject(schemas['v3Services'])).toBe(true);
  });
});
