import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/runtime/clock.ts';
import { createMemoryStorage } from '../../src/storage/memory/memory-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { TEST_TIME_NANO, aBatch, aSpan, spanId, traceId } from '../harness/a-span.ts';
import { openTestStorage } from '../harness/embedded-storage.ts';
import { startTestQuery } from './start-test-query.ts';
import type { TestQuery } from './start-test-query.ts';

const START_US = Number(TEST_TIME_NANO / 1000n);
const END = `end=${START_US + 10_000_000}`;
const signal = new AbortController().signal;

async function opened(kind: string, folder: string): Promise<Storage> {
  if (kind === 'embedded') return openTestStorage(folder, { retentionMs: 1e15 });
  return createMemoryStorage({ maxTraces: 100, maxBytes: 1_000_000, metrics: new Registry() });
}

describe.each(['memory', 'embedded'])('on a storage that is %s', (kind) => {
  let folder: string;
  let storage: Storage;
  let query: TestQuery;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'analysis-'));
    storage = await opened(kind, folder);
    const spans = [
      aSpan({ serviceName: 'web', name: 'GET /', kind: 'server' }),
      aSpan({
        serviceName: 'web',
        name: 'call',
        kind: 'client',
        spanId: spanId(2),
        parentSpanId: spanId(1),
      }),
      aSpan({
        serviceName: 'cart',
        name: 'add',
        kind: 'server',
        spanId: spanId(3),
        parentSpanId: spanId(2),
      }),
    ];
    const lost = aSpan({
      ...{ serviceName: 'cart', name: 'job', kind: 'consumer', traceId: traceId(2) },
      ...{ spanId: spanId(9), parentSpanId: spanId(8) },
      startTimeUnixNano: TEST_TIME_NANO - 1_000_000n,
    } as const);
    await storage.writer.write(aBatch([...spans, lost]), signal);
    const clock = { ...systemClock, now: () => START_US / 1000 + 1000 };
    query = await startTestQuery(storage, {}, { clock });
  });

  afterEach(async () => {
    await query.stop();
    await storage.close();
    await rm(folder, { recursive: true });
  });

  const path = (stops: string, trace: string): string =>
    `{"path":[${stops}],"attributes":[{"key":"exemplar_trace_id","value":"${trace}"}]}`;
  const WEB = '{"service":"web","operation":"GET /"},{"service":"cart","operation":"add"}';
  const short = (n: number): string => traceId(n).replace(/^0{16}/, '');

  it('deep dependencies are the paths of recent traces through a service', async () => {
    const jobs = path('{"service":"cart","operation":"job"}', short(2));
    const all = `{"dependencies":[${path(WEB, short(1))},${jobs}]}`;
    expect(await query.ask('/api/deep-dependencies?service=cart')).toEqual({
      ...{ status: 200, type: 'application/json', body: all },
    });
    const only = `{"dependencies":[${path(WEB, short(1))}]}`;
    const ask = async (more: string): Promise<string> => (await query.ask(more)).body;
    expect(await ask(`/api/deep-dependencies?service=cart&operation=add&${END}`)).toBe(only);
    expect(await ask('/analytics/v1/dependencies?service=web&start=0&end=0')).toBe(only);
    const later = `/api/deep-dependencies?service=web&start=${START_US + 1}`;
    expect(await ask(later)).toBe('{"dependencies":[]}');
    expect(await ask('/api/deep-dependencies?service=nobody')).toBe('{"dependencies":[]}');
  });

  it('deep dependencies are those of named traces where traces are named', async () => {
    const named = `/api/deep-dependencies?service=cart&start=1&end=2`;
    const { body } = await query.ask(`${named}&traceID=${short(1)}&traceID=${short(1)}`);
    expect(body).toBe(`{"dependencies":[${path(WEB, short(1))}]}`);
    expect((await query.ask(`${named}&traceID=dead`)).body).toBe('{"dependencies":[]}');
    const wrong = await query.ask(`${named}&traceID=x`);
    expect([wrong.status, wrong.body.includes('cannot parse traceID param')]).toEqual([400, true]);
  });

  it.each(['/api/deep-dependencies', '/analytics/v1/dependencies', '/api/quality-metrics'])(
    '%s needs a service',
    async (endpoint) => {
      const msg = "parameter 'service' is required";
      expect(await query.ask(`${endpoint}?start=1`)).toEqual({
        status: 400,
        type: 'text/plain; charset=utf-8',
        body: `{"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":400,"msg":"${msg}"}]}\n`,
      });
    },
  );

  it('quality metrics count the spans of a service that pass and that fail', async () => {
    const { body, status, type } = await query.ask('/api/quality-metrics?service=cart&hours=2');
    expect([status, type]).toEqual([200, 'application/json']);
    const [before = '', rest = ''] = body.split('"metrics":[');
    const [metrics = '', clients = ''] = rest.split('],"clients":');
    expect(before).toBe(
      '{"traceQualityDocumentationLink":"","bannerText":"","scores":[{"key":"QUALITY","label":"Trace Quality","max":100,"value":90},{"key":"COMPLETENESS","label":"Completeness","max":100,"value":75}],',
    );
    const examples = (id: number, trace: number): string =>
      `[{"spanIDs":["${spanId(id)}"],"traceID":"${short(trace)}"}]`;
    expect(metrics).toContain(
      `"metricDocumentationLink":"","metricWeight":1,"passCount":1,"passExamples":${examples(3, 1)},"failureCount":1,"failureExamples":${examples(9, 2)},"exemptionCount":0,"exemptionExamples":[],"details":[]}`,
    );
    expect(clients).toBe('[]}');
  });

  it('quality metrics of a service without traces say so', async () => {
    const { body } = await query.ask('/api/quality-metrics?service=nobody');
    expect(body).toContain('"bannerText":"No traces of this service were found in this time."');
  });

  it.each(['0', '-1', '8785', 'x', '1.5'])('refuses %s hours', async (hours) => {
    const { body, status } = await query.ask(`/api/quality-metrics?service=cart&hours=${hours}`);
    expect(status).toBe(400);
    expect(body).toContain("unable to parse param 'hours': ");
  });
});

it('reads no more traces and spans than it may, and answers no more paths', async () => {
  const storage = await opened('memory', '');
  const spans = [1, 2, 3, 4].map((n) =>
    aSpan({ serviceName: 'web', name: `op ${n}`, traceId: traceId(n) }),
  );
  await storage.writer.write(aBatch(spans), signal);
  const pathsWith = async (flag: string): Promise<number> => {
    const query = await startTestQuery(storage, { [flag]: '2' });
    const { body } = await query.ask(`/api/deep-dependencies?service=web&${END}`);
    await query.stop();
    return body.split('"path"').length - 1;
  };
  expect(await pathsWith('query.analysis-max-traces')).toBe(2);
  expect(await pathsWith('query.analysis-max-spans')).toBe(2);
  expect(await pathsWith('query.analysis-max-paths')).toBe(2);
  expect(await pathsWith('query.max-concurrent-requests')).toBe(4);
  await storage.close();
});
