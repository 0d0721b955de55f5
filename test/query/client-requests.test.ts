import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/runtime/json-object.ts';
import { jsonFields, jsonObjects } from '../../src/runtime/json-object.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';
import { aBatch, aResource, aSpan, spanId, toAttributes, traceId } from '../harness/a-span.ts';
import { METHODS, connectQuery } from './grpc/query-client.ts';
import { openQueryStorage, QUERY_STORAGES } from './query-storages.ts';
import { startTestQuery } from './start-test-query.ts';
import type { TestQuery } from './start-test-query.ts';

const never = new AbortController().signal;
const NANOS_A_MS = 1_000_000n;
const MINUTE_MS = 60_000;

/** A minute ago: some clients ask for the last hour, whatever a test says. */
const START_MS = Date.now() - MINUTE_MS;
const START_NANO = BigInt(START_MS) * NANOS_A_MS;
const FROM_MS = START_MS - MINUTE_MS;
const TO_MS = START_MS + MINUTE_MS;
const ID = '00000000000000000000000000000abc';

const SHOP = aResource('shop', { 'istio.cluster_id': 'east', hostname: 'web-1' });
const SPANS = [
  aSpan({
    traceId: ID,
    name: 'GET /cart items',
    resource: SHOP,
    startTimeUnixNano: START_NANO,
    durationNano: 20n * NANOS_A_MS,
    attributes: { 'http.status_code': 500n, cluster: 'east' },
    status: { code: 'error', message: '' },
  }),
  aSpan({
    traceId: ID,
    spanId: spanId(2),
    parentSpanId: spanId(1),
    name: 'pay',
    serviceName: 'bank',
    startTimeUnixNano: START_NANO + NANOS_A_MS,
    events: [
      {
        name: 'retry',
        timeUnixNano: START_NANO,
        attributes: toAttributes({ n: 1n }),
        droppedAttributesCount: 0,
      },
    ],
  }),
];

interface Got {
  readonly status: number;
  readonly body: Buffer;
}

/** As Go's client sends it: the path and query untouched, and gzip accepted. */
function get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Got> {
  const [, host = '', port = '', path = ''] = /^http:\/\/([^:]+):(\d+)(.*)$/.exec(url) ?? [];
  return new Promise((resolve, reject) => {
    const asked = request({
      ...{ host, port: Number(port), path },
      headers: { 'accept-encoding': 'gzip', ...headers },
    });
    asked.once('error', reject).once('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('error', reject).once('end', () => {
        const bytes = Buffer.concat(chunks);
        const isGzip = answer.headers['content-encoding'] === 'gzip';
        resolve({ status: answer.statusCode ?? 0, body: isGzip ? gunzipSync(bytes) : bytes });
      });
    });
    asked.end();
  });
}

describe.each(QUERY_STORAGES)('over %s storage', (kind) => {
  let storage: Storage;
  let query: TestQuery;

  beforeAll(async () => {
    storage = await openQueryStorage(kind);
    await storage.writer.write(aBatch(SPANS, { receivedAtMs: START_MS }), never);
    query = await startTestQuery(storage, { 'query.base-path': '/jaeger' });
  });

  afterAll(async () => {
    await query.stop();
    await storage.close();
  });

  const ask = (path: string, headers?: Readonly<Record<string, string>>): Promise<Got> =>
    get(`${query.url}/jaeger${path}`, headers);

  async function json(path: string, headers = {}): Promise<JsonObject> {
    const { body, status } = await ask(path, headers);
    expect([path, status]).toEqual([path, 200]);
    return jsonFields(JSON.parse(body.toString()));
  }

  const traceIds = ({ data }: JsonObject): unknown[] =>
    jsonObjects(data).map(({ traceID }) => traceID);

  describe('Grafana’s Jaeger data source', () => {
    it('is connected when services are listed, and shows operations of one', async () => {
      expect((await json('/api/services'))['data']).toEqual(['bank', 'shop']);
      expect((await json('/api/services/shop/operations'))['data']).toEqual(['GET /cart items']);
    });

    // Parameters sorted and encoded as forms are, as Go's url.Values are.
    it.each([
      '/api/traces?limit=20&service=shop',
      '/api/traces?limit=20&maxDuration=1s&minDuration=1ms&operation=GET+%2Fcart+items&service=shop&tags=%7B%22cluster%22%3A%22east%22%2C%22http.status_code%22%3A%22500%22%7D',
      `/api/traces?end=${TO_MS * 1000}&limit=20&service=shop&start=${FROM_MS * 1000}`,
    ])('searches by %s', async (path) => {
      expect(traceIds(await json(path))).toEqual(['0000000000000abc']);
    });

    it.each([
      `/api/traces/${ID}`,
      '/api/traces/abc',
      '/api/traces/0000000000000ABC',
      `/api/traces/${ID}?end=${TO_MS * 1000}&start=${FROM_MS * 1000}`,
      // Some versions say milliseconds where microseconds are meant; they are a hint only.
      `/api/traces/${ID}?end=${TO_MS}&start=${FROM_MS}`,
    ])('reads all that it shows of %s', async (path) => {
      const [trace] = jsonObjects((await json(path))['data']);
      const [root, child] = jsonObjects(trace?.['spans']);
      expect(root).toMatchObject({
        ...{ traceID: '0000000000000abc', spanID: spanId(1), operationName: 'GET /cart items' },
        ...{ startTime: START_MS * 1000, duration: 20_000, references: [], warnings: null },
      });
      expect(child).toMatchObject({
        references: [{ refType: 'CHILD_OF', spanID: spanId(1), traceID: '0000000000000abc' }],
        logs: [{ timestamp: START_MS * 1000 }],
      });
      const processes = jsonFields(trace?.['processes']);
      expect(jsonFields(processes[String(root?.['processID'])])['serviceName']).toBe('shop');
    });

    it('is told that a trace is unknown: it reads the first of any 200', async () => {
      expect((await ask(`/api/traces/${traceId(0xdef)}`)).status).toBe(404);
    });

    it('draws the graph of services', async () => {
      const path = `/api/dependencies?endTs=${TO_MS}&lookback=${TO_MS - FROM_MS}`;
      expect((await json(path))['data']).toEqual([{ parent: 'shop', child: 'bank', callCount: 1 }]);
    });

    it('asks api_v3 with times that are not encoded', async () => {
      expect(await json('/api/v3/services')).toEqual({ services: ['bank', 'shop'] });
      expect(await json('/api/v3/operations?service=shop')).toEqual({
        operations: [{ name: 'GET /cart items', spanKind: 'server' }],
      });
      const at = (ms: number): string => new Date(ms).toISOString().replace('Z', '123456+00:00');
      const times = `start_time=${at(FROM_MS)}&end_time=${at(TO_MS)}`;
      const one = await json(`/api/v3/traces/${ID}?${times}`);
      expect(jsonObjects(jsonFields(one['result'])['resourceSpans'])).toHaveLength(2);
      const found = await json(
        '/api/v3/traces?query.attributes=%7B%22cluster%22%3A%22east%22%7D&query.duration_max=1s&query.duration_min=1ms' +
          '&query.operation_name=GET+%2Fcart+items&query.service_name=shop' +
          `&query.start_time_min=${at(FROM_MS)}&query.start_time_max=${at(TO_MS)}`,
      );
      const [group] = jsonObjects(jsonFields(found['result'])['resourceSpans']);
      const [scope] = jsonObjects(group?.['scopeSpans']);
      // Kind and status as numbers, times as texts: Grafana decodes them into such fields.
      expect(jsonObjects(scope?.['spans'])[0]).toMatchObject({
        ...{ traceId: ID, spanId: spanId(1), kind: 2, status: { code: 2 } },
        startTimeUnixNano: String(START_NANO),
      });
    });
  });

  describe('Grafana’s Tempo data source', () => {
    const window = `start=${Math.floor(FROM_MS / 1000)}&end=${Math.ceil(TO_MS / 1000)}`;

    it('is connected when it hears an echo', async () => {
      expect((await ask('/tempo/api/echo')).body.toString()).toBe('echo');
    });

    it('opens a trace as protobuf, in either version', async () => {
      const headers = { accept: 'application/protobuf' };
      const { body, status } = await ask(`/tempo/api/traces/${ID}?${window}`, headers);
      expect(status).toBe(200);
      expect(decodeSpans(body).map(({ name }) => name)).toEqual(['GET /cart items', 'pay']);
      const second = await ask(`/tempo/api/v2/traces/${ID}?${window}`, headers);
      expect(second.status).toBe(200);
      expect(second.body.subarray(-body.length)).toEqual(body);
    });

    it.each([
      '{resource.service.name="shop" && name="GET /cart items" && duration>1ms && status=error}',
      '{resource.service.name=~"shop|cart" && (span.cluster="east" || span.cluster="west")}',
      '{.http.status_code=500 && kind=server && traceDuration<10s && rootServiceName="shop"}',
    ])('searches as its builder writes it: %s', async (q) => {
      const path = `/tempo/api/search?q=${encodeURIComponent(q)}&limit=20&spss=3&${window}`;
      const { traces } = await json(path, { accept: 'application/json' });
      expect(jsonObjects(traces)).toMatchObject([
        {
          ...{ traceID: '0000000000000abc', rootServiceName: 'shop' },
          ...{ rootTraceName: 'GET /cart items', durationMs: 20 },
          startTimeUnixNano: String(START_NANO),
        },
      ]);
    });

    it('completes names and values', async () => {
      const { scopes } = await json('/tempo/api/v2/search/tags?limit=5000');
      expect(jsonObjects(scopes).map(({ name }) => name)).toEqual([
        ...['resource', 'span', 'event', 'intrinsic'],
      ]);
      const path = '/tempo/api/v2/search/tag/resource.service.name/values?limit=5000&q=%7B%7D';
      expect(jsonObjects((await json(path))['tagValues'])).toEqual([
        { type: 'string', value: 'bank' },
        { type: 'string', value: 'shop' },
      ]);
    });
  });

  describe('Kiali', () => {
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const seconds = (ms: number): number => Math.floor(ms / 1000);

    it.each(['{"istio.cluster_id":"east"}', '{"cluster":"east"}'])(
      'finds traces of an application over HTTP by %s',
      async (tags) => {
        const times = `end=${seconds(TO_MS)}000000&limit=100&minDuration=1000us`;
        const rest = `service=shop&start=${seconds(FROM_MS)}000000&tags=${encodeURIComponent(tags)}`;
        expect(traceIds(await json(`/api/traces?${times}&${rest}`, headers))).toEqual([
          '0000000000000abc',
        ]);
      },
    );

    it('finds and reads traces over gRPC, with a duration of nothing', async () => {
      using client = connectQuery(query.grpcPort);
      expect(await client.unary(METHODS.getServicesV2, {})).toEqual({ services: ['bank', 'shop'] });
      const asked = {
        service_name: 'shop',
        start_time_min: { seconds: seconds(FROM_MS) },
        start_time_max: { seconds: seconds(TO_MS) },
        tags: { cluster: 'east' },
        duration_min: {},
        search_depth: 10,
      };
      const found = await client.stream(METHODS.findTracesV2, { query: asked });
      expect(found).toMatchObject([{ spans: [{ operation_name: 'GET /cart items' }, {}] }]);
      const one = await client.stream(METHODS.getTraceV2, { trace_id: Buffer.from(ID, 'hex') });
      expect(one).toEqual(found);
    });

    it('sums up traces through Tempo’s API', async () => {
      const selects =
        'status, .service_name, .node_id, .component, .http.method, resource.hostname';
      const q = `{ .service.name = "shop"  && .istio.cluster_id = "east"   } && {  } | select(${selects})`;
      const { tagNames } = await json('/tempo/api/search/tags', headers);
      expect(tagNames).toContain('istio.cluster_id');
      const { traces } = await json(
        `/tempo/api/search?end=${seconds(TO_MS)}&limit=20&q=${encodeURIComponent(q)}&spss=10&start=${seconds(FROM_MS)}`,
        headers,
      );
      const [trace] = jsonObjects(traces);
      const [span] = jsonObjects(jsonFields(trace?.['spanSet'])['spans']);
      expect(jsonObjects(span?.['attributes'])).toEqual([
        { key: 'service.name', value: { stringValue: 'shop' } },
        { key: 'istio.cluster_id', value: { stringValue: 'east' } },
        { key: 'status', value: { stringValue: 'error' } },
        { key: 'hostname', value: { stringValue: 'web-1' } },
      ]);
    });
  });

  it('Backstage finds traces of the last hour', async () => {
    const [end, start] = [TO_MS * 1000, (TO_MS - 60 * MINUTE_MS) * 1000];
    const path = `/api/traces?service=shop&limit=20&operation=GET%20/cart%20items&lookback=1h&start=${start}&end=${end}`;
    expect(traceIds(await json(path))).toEqual(['0000000000000abc']);
  });
});
