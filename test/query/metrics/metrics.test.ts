import { once } from 'node:events';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStorage } from '../../../src/storage/memory/memory-storage.ts';
import { startTestQuery } from '../start-test-query.ts';
import type { TestAnswer, TestQuery } from '../start-test-query.ts';

interface Asked {
  readonly url: string;
  readonly query: string;
  readonly form: string;
  readonly authorization: string | undefined;
}

/** A store that has one series for every question but those about errors, until told otherwise. */
interface FakeStore {
  readonly url: string;
  readonly asked: Asked[];
  answer: (query: string) => { readonly status: number; readonly body: string };
  readonly server: Server;
}

const SERIES =
  '[{"metric":{"service_name":"cart","span_name":"add"},"values":[[1700000000,"1.5"],[1700000060.5,"NaN"]]}]';
const matrix = (result: string): { status: number; body: string } => ({
  status: 200,
  body: `{"status":"success","data":{"resultType":"matrix","result":${result}}}`,
});

async function startFakeStore(): Promise<FakeStore> {
  const asked: Asked[] = [];
  const store: FakeStore = {
    url: '',
    asked,
    answer: (query) => matrix(query.includes('STATUS_CODE_ERROR') ? '[]' : SERIES),
    server: createServer((request, response) => {
      void answer(request).then(({ body, status }) => response.writeHead(status).end(body));
    }),
  };
  const answer = async (request: IncomingMessage): Promise<ReturnType<FakeStore['answer']>> => {
    const form = new URLSearchParams(await text(request));
    const query = form.get('query') ?? '';
    form.delete('query');
    const { authorization } = request.headers;
    asked.push({ url: request.url ?? '', query, form: form.toString(), authorization });
    return store.answer(query);
  };
  store.server.listen(0, '127.0.0.1');
  await once(store.server, 'listening');
  const address = store.server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return Object.assign(store, { url: `http://127.0.0.1:${port}/prom` });
}

const TIMES = 'endTs=1700000100000&lookback=100000&step=60000&ratePer=600000';
const BASE = `service=cart&${TIMES}`;
const POINTS =
  '"metricPoints":[{"gaugeValue":{"doubleValue":1.5},"timestamp":"2023-11-14T22:13:20Z"},{"gaugeValue":{"doubleValue":"NaN"},"timestamp":"2023-11-14T22:14:20.500Z"}]';
const ZEROS = POINTS.replace('1.5', '0').replace('"NaN"', '0');
const LABELS =
  '"labels":[{"name":"service_name","value":"cart"},{"name":"operation","value":"add"}]';

const storage = createMemoryStorage({ maxTraces: 1, maxBytes: 1000, metrics: new Registry() });
let store: FakeStore;
let query: TestQuery | undefined;

beforeEach(async () => {
  store = await startFakeStore();
});

afterEach(async () => {
  await query?.stop();
  store.server.closeAllConnections();
  store.server.close();
});

async function ask(path: string, flags: Record<string, string> = {}): Promise<TestAnswer> {
  const all = {
    'metrics-storage.type': 'prometheus',
    'prometheus.server-url': store.url,
    ...flags,
  };
  query = await startTestQuery(storage, all);
  return query.ask(path);
}

describe('metrics of spans', () => {
  it('are latencies of a quantile', async () => {
    const answer = await ask(`/api/metrics/latencies?${BASE}&quantile=0.95`);
    expect(answer).toEqual({
      status: 200,
      type: 'application/json',
      body: `{"name":"service_latencies","type":"GAUGE","help":"0.95th quantile latency, grouped by service","metrics":[{${LABELS},${POINTS}}]}`,
    });
    expect(store.asked).toEqual([
      {
        url: '/prom/api/v1/query_range',
        query:
          'histogram_quantile(0.95, sum(rate(duration_bucket{service_name =~ "cart", span_kind =~ "SPAN_KIND_SERVER"}[10m])) by (service_name,le))',
        form: 'start=1700000000&end=1700000100&step=60',
        authorization: undefined,
      },
    ]);
  });

  it('are rates of calls, of several services, kinds and operations', async () => {
    const more = 'service=pay&groupByOperation=true&spanKind=client&spanKind=producer';
    const { body } = await ask(`/api/metrics/calls?${BASE}&${more}`, {
      'prometheus.query.namespace': 'traces_span_metrics',
      'prometheus.query.normalize-calls': 'true',
      'prometheus.query.extra-query-params': 'a=1,b=x y',
    });
    expect(body).toBe(
      `{"name":"service_operation_call_rate","type":"GAUGE","help":"calls/sec, grouped by service \\u0026 operation","metrics":[{${LABELS},${POINTS}}]}`,
    );
    expect(store.asked[0]?.url).toBe('/prom/api/v1/query_range?a=1&b=x+y');
    expect(store.asked[0]?.query).toBe(
      'sum(rate(traces_span_metrics_calls_total{service_name =~ "cart|pay", span_kind =~ "SPAN_KIND_CLIENT|SPAN_KIND_PRODUCER"}[10m])) by (service_name,span_name)',
    );
  });

  it('are rates of errors, zero where there are calls and no errors', async () => {
    const { body } = await ask(`/api/metrics/errors?${BASE}`);
    expect(body).toBe(
      `{"name":"service_error_rate","type":"GAUGE","help":"error rate, computed as a fraction of errors/sec over calls/sec, grouped by service","metrics":[{${LABELS},${ZEROS}}]}`,
    );
    const kind = 'span_kind =~ "SPAN_KIND_SERVER"';
    const calls = `sum(rate(calls{service_name =~ "cart", ${kind}}[10m])) by (service_name)`;
    expect(store.asked.map((one) => one.query)).toEqual([
      `sum(rate(calls{service_name =~ "cart", status_code = "STATUS_CODE_ERROR", ${kind}}[10m])) by (service_name) / ${calls}`,
      calls,
    ]);
  });

  it('are absent where the store has none', async () => {
    store.answer = () => matrix('[]');
    const { body } = await ask(`/api/metrics/calls?${BASE}`);
    expect(body).toBe(
      '{"name":"service_call_rate","type":"GAUGE","help":"calls/sec, grouped by service"}',
    );
  });

  it.each([
    [{ 'prometheus.query.normalize-duration': 'true' }, 'duration_milliseconds_bucket'],
    [
      { 'prometheus.query.normalize-duration': 'true', 'prometheus.query.duration-unit': 's' },
      'duration_seconds_bucket',
    ],
    [{ 'prometheus.query.support-spanmetrics-connector': 'false' }, 'latency_bucket'],
  ])('have the names of the settings %j', async (flags, name) => {
    await ask(`/api/metrics/latencies?${BASE}&quantile=0.5`, flags);
    expect(store.asked[0]?.query).toContain(`rate(${name}{`);
  });

  it('are of services whose names mean themselves', async () => {
    const name = String.raw`a.*"} or up{x="\n|b`;
    await ask(`/api/metrics/calls?service=${encodeURIComponent(name)}&${TIMES}`);
    expect(store.asked[0]?.query).toBe(
      String.raw`sum(rate(calls{service_name =~ "a\\.\\*\"\\} or up\\{x=\"\\\\n\\|b", span_kind =~ "SPAN_KIND_SERVER"}[10m])) by (service_name)`,
    );
  });

  it('have a shortest step', async () => {
    const { body } = await ask('/api/metrics/minstep');
    expect(body).toBe('{"data":1,"total":0,"limit":0,"offset":0,"errors":null}');
  });

  it.each([
    ['latencies', `${BASE}&quantile=x`, "unable to parse param 'quantile'"],
    ['calls', TIMES, "unable to parse param 'service': please provide at least one service name"],
    [
      'calls',
      `${BASE}&spanKind=odd`,
      "unable to parse param 'spanKind': unsupported span kind: 'odd'",
    ],
    ['errors', 'service=a&step=x', "unable to parse param 'step'"],
  ])('are refused: %s?%s', async (kind, parameters, message) => {
    const { body, status } = await ask(`/api/metrics/${kind}?${parameters}`);
    expect(status).toBe(400);
    expect(body).toContain(message);
    expect(store.asked).toEqual([]);
  });

  it.each([
    [{ status: 400, body: 'bad query' }, 'the metrics store answered 400: bad query'],
    [
      { status: 422, body: '{"status":"error","errorType":"execution","error":"it timed out"}' },
      'the metrics store answered 422: it timed out',
    ],
    [{ status: 502, body: '{"error":7}' }, 'the metrics store answered 502: {\\"error\\":7}'],
    [{ status: 200, body: 'x' }, 'the metrics store answers no JSON'],
    [{ status: 200, body: '{}' }, 'the metrics store answers no matrix: {}'],
  ])('are an error when the store answers %j', async (answer, message) => {
    store.answer = () => answer;
    const { body, status } = await ask(`/api/metrics/calls?${BASE}`);
    expect(status).toBe(500);
    expect(body).toContain(`"msg":"failed executing metrics query: ${message}"`);
  });

  it('are an error when nobody answers', async () => {
    const { body, status } = await ask(`/api/metrics/calls?${BASE}`, {
      'prometheus.server-url': 'http://127.0.0.1:1',
    });
    expect(status).toBe(500);
    expect(body).toContain('failed executing metrics query: the metrics store does not answer: ');
  });

  it('are asked for with the token of a file, or of the client where that is passed on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'token-'));
    await writeFile(join(folder, 'token'), 'secret\n');
    const flags = { 'prometheus.token-file': join(folder, 'token') };
    const withToken = async (more: Record<string, string>): Promise<string | undefined> => {
      await ask('/api/services', { ...flags, ...more });
      const url = `${query?.url ?? ''}/api/metrics/calls?${BASE}`;
      await (await fetch(url, { headers: { authorization: 'Bearer mine' } })).text();
      await query?.stop();
      return store.asked.at(-1)?.authorization;
    };
    expect(await withToken({})).toBe('Bearer secret');
    expect(await withToken({ 'query.bearer-token-propagation': 'true' })).toBe('Bearer mine');
    const own = { 'prometheus.token-override-from-context': 'false' };
    expect(await withToken({ 'query.bearer-token-propagation': 'true', ...own })).toBe(
      'Bearer secret',
    );
    await rm(folder, { recursive: true });
  });
});

it('refuses settings that cannot be used', async () => {
  query = undefined;
  await expect(ask('/', { 'prometheus.server-url': 'ftp://x' })).rejects.toThrow(
    'prometheus.server-url: "ftp://x" is no http(s) URL',
  );
  await expect(ask('/', { 'prometheus.query.extra-query-params': 'x' })).rejects.toThrow(
    'prometheus.query.extra-query-params: "x" is not name=value',
  );
});
