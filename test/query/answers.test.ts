import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';
import { TEST_TIME_NANO, aBatch, aResource, aSpan, spanId, traceId } from '../harness/a-span.ts';
import { openQueryStorage, QUERY_STORAGES } from './query-storages.ts';
import { startTestQuery } from './start-test-query.ts';
import type { TestQuery } from './start-test-query.ts';

const START_US = Number(TEST_TIME_NANO / 1000n);
const START_MS = START_US / 1000;
const never = new AbortController().signal;

describe.each(QUERY_STORAGES)('over %s storage', (kind) => {
  let storage: Storage;
  let query: TestQuery;

  beforeEach(async () => {
    storage = await openQueryStorage(kind);
    const resource = aResource('frontend', { 'host.name': 'a' });
    const call = {
      kind: 'client',
      name: 'call',
      spanId: spanId(2),
      parentSpanId: spanId(1),
    } as const;
    const spans = [
      aSpan({ resource, attributes: { 'telemetry.sdk.name': 'otel' } }),
      aSpan({ ...call, resource }),
      aSpan({ serviceName: 'backend', spanId: spanId(3), parentSpanId: spanId(2) }),
      aSpan({
        serviceName: 'backend',
        spanId: spanId(4),
        parentSpanId: spanId(2),
        kind: 'unspecified',
      }),
    ];
    await storage.writer.write(aBatch(spans), never);
    query = await startTestQuery(storage);
  });

  afterEach(async () => {
    await query.stop();
    await storage.close();
  });

  function envelope(data: string, total = 0): string {
    return `{"data":${data},"total":${total},"limit":0,"offset":0,"errors":null}`;
  }

  describe('dependencies', () => {
    const backend = '{"parent":"frontend","child":"backend","callCount":2}';
    const all = `[${backend},{"parent":"frontend","child":"frontend","callCount":1}]`;

    it('are the calls in the time before endTs', async () => {
      const ask = async (more: string): Promise<string> =>
        (await query.ask(`/api/dependencies?endTs=${START_MS + 1000}${more}`)).body;
      expect(await ask('')).toBe(envelope(all));
      expect(await ask('&lookback=2000')).toBe(envelope(all));
      expect(await ask('&lookback=500')).toBe(envelope('[]'));
      expect(await ask('&lookback=-5')).toBe(envelope('[]'));
    });

    it('are those of one service, as parent or child', async () => {
      const ask = async (service: string): Promise<string> =>
        (await query.ask(`/api/dependencies?endTs=${START_MS + 1000}&service=${service}`)).body;
      expect(await ask('backend')).toBe(envelope(`[${backend}]`));
      expect(await ask('frontend')).toBe(envelope(all));
      expect(await ask('other')).toBe(envelope('[]'));
    });
  });

  describe('operations', () => {
    it('of api_v3 are internal when their spans do not say', async () => {
      const { body, status, type } = await query.ask('/api/v3/operations?service=backend');
      expect([status, type]).toEqual([200, 'application/json']);
      expect(body).toBe(
        '{"operations":[{"name":"GET /","spanKind":"server"},{"name":"GET /","spanKind":"internal"}]}',
      );
      const one = '{"operations":[{"name":"GET /","spanKind":"server"}]}';
      expect((await query.ask('/api/v3/operations?service=backend&spanKind=server')).body).toBe(
        one,
      );
      expect((await query.ask('/api/v3/operations?service=backend&span_kind=server')).body).toBe(
        one,
      );
      expect((await query.ask('/api/v3/operations')).body).toBe('{"operations":[]}');
    });

    it('of Jaeger have no kind when their spans do not say', async () => {
      expect((await query.ask('/api/operations?service=backend')).body).toBe(
        envelope('[{"name":"GET /","spanKind":"server"},{"name":"GET /","spanKind":""}]', 2),
      );
      expect((await query.ask('/api/services/backend/operations')).body).toBe(
        envelope('["GET /"]', 1),
      );
    });
  });

  describe('a trace', () => {
    it('is found by a short, a long, an upper-case and a base64 id', async () => {
      for (const id of ['1', traceId(1), '000001', 'AAAAAAAAAAAAAAAAAAAAAQ', 'AAAAAAAAAAE%3D']) {
        expect([id, (await query.ask(`/api/traces/${id}`)).status]).toEqual([id, 200]);
        expect([id, (await query.ask(`/api/v3/traces/${id}`)).status]).toEqual([id, 200]);
      }
      const slash = aSpan({ traceId: `ff${'0'.repeat(30)}` });
      await storage.writer.write(aBatch([slash]), never);
      expect((await query.ask('/api/traces/%2FwAAAAAAAAAAAAAAAAAAAA%3D%3D')).status).toBe(200);
      expect((await query.ask('/api/traces/0')).status).toBe(404);
    });

    it('is shown as stored with raw, and adjusted without', async () => {
      const sdk = '"key":"telemetry.sdk.name"';
      const raw = (await query.ask('/api/traces/1?raw=T')).body;
      const adjusted = (await query.ask('/api/traces/1?raw=0')).body;
      const inProcess = (body: string): boolean => body.indexOf(sdk) > body.indexOf('"processes"');
      expect([inProcess(raw), inProcess(adjusted)]).toEqual([false, true]);
      for (const parameter of ['rawTraces', 'raw_traces']) {
        const { body } = await query.ask(`/api/v3/traces/1?${parameter}=true`);
        expect(body.indexOf(sdk)).toBeGreaterThan(body.indexOf('"scopeSpans"'));
      }
      const v3 = (await query.ask('/api/v3/traces/1')).body;
      expect(v3.indexOf(sdk)).toBeLessThan(v3.indexOf('"scopeSpans"'));
    });

    it('has a span that was delivered twice once, with raw too', async () => {
      const again = aSpan({ traceId: traceId(2) });
      for (let time = 0; time < 2; time++) await storage.writer.write(aBatch([again]), never);
      for (const path of ['/api/traces/2?raw=true', '/api/v3/traces/2?rawTraces=true']) {
        expect((await query.ask(path)).body.split(/"spanI[Dd]"/)).toHaveLength(2);
      }
    });

    it('has the attributes of its resource by key in api_v3, and with raw as they came', async () => {
      const keys = async (path: string): Promise<string | undefined> =>
        /"resource":\{"attributes":\[(.*?)\]\}/.exec((await query.ask(path)).body)?.[1];
      const host = '{"key":"host.name","value":{"stringValue":"a"}}';
      const service = '{"key":"service.name","value":{"stringValue":"frontend"}}';
      const sdk = '{"key":"telemetry.sdk.name","value":{"stringValue":"otel"}}';
      expect(await keys('/api/v3/traces/1')).toBe(`${host},${service},${sdk}`);
      expect(await keys('/api/v3/traces/1?rawTraces=true')).toBe(`${service},${host}`);
      const resource = aResource('frontend', { 'host.name': 'a' });
      await storage.writer.write(aBatch([aSpan({ resource, traceId: traceId(2) })]), never);
      expect(await keys('/api/v3/traces/2')).toBe(`${host},${service}`);
      expect(await keys('/api/v3/traces/2?rawTraces=true')).toBe(`${service},${host}`);
    });

    it('is indented by four with prettyPrint', async () => {
      const compact = (await query.ask('/api/traces/1?prettyPrint=false')).body;
      const pretty = (await query.ask('/api/traces/1?prettyPrint=1')).body;
      expect(compact).not.toContain('\n');
      expect(pretty).toBe(JSON.stringify(JSON.parse(compact), undefined, 4));
      expect((await query.ask('/api/services?prettyPrint=true')).body).toBe(
        JSON.stringify(
          { data: ['backend', 'frontend'], total: 2, limit: 0, offset: 0, errors: null },
          undefined,
          4,
        ),
      );
    });
  });

  describe('a limit of zero or less', () => {
    it('is no limit, as in Jaeger v1', async () => {
      await storage.writer.write(aBatch([aSpan({ traceId: traceId(2) })]), never);
      for (const limit of ['0', '-5']) {
        const { body } = await query.ask(`/api/traces?service=frontend&start=0&limit=${limit}`);
        expect(body.match(/\{"traceID":"[0-9a-f]+","spans"/g)).toHaveLength(2);
      }
      const { body } = await query.ask('/api/traces?service=frontend&start=0&limit=1');
      expect(body.match(/\{"traceID":"[0-9a-f]+","spans"/g)).toHaveLength(1);
    });
  });

  describe('/api/transform', () => {
    const span = {
      traceId: '000000000000000000000000000000AB',
      spanId: '00000000000000cd',
      name: 'GET /',
      kind: 'SPAN_KIND_SERVER',
      startTimeUnixNano: '1000000',
      endTimeUnixNano: 500_000,
      attributes: [
        { key: 'z', value: { intValue: '9007199254740993' } },
        { key: 'nan', value: { doubleValue: 'NaN' } },
        { key: 'bytes', value: { bytesValue: 'AQI=' } },
      ],
    };
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
    const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });

    it('turns OTLP JSON into Jaeger JSON without storing or adjusting it', async () => {
      const answer = await query.ask('/api/transform', body);
      expect([answer.status, answer.type]).toEqual([200, 'application/json']);
      expect(answer.body).toBe(
        envelope(
          '[{"traceID":"00000000000000ab","spans":[{"traceID":"00000000000000ab",' +
            '"spanID":"00000000000000cd","operationName":"GET /","references":[],"startTime":1000,' +
            '"duration":0,"tags":[{"key":"z","type":"int64","value":"9007199254740993"},' +
            '{"key":"nan","type":"float64","value":"NaN"},{"key":"bytes","type":"binary","value":"AQI="},' +
            '{"key":"span.kind","type":"string","value":"server"}],"logs":[],"processID":"p1",' +
            '"warnings":null}],"processes":{"p1":{"serviceName":"shop","tags":[]}},"warnings":null}]',
        ),
      );
      expect((await query.ask('/api/traces/ab')).status).toBe(404);
    });

    it('has no traces for none, and refuses what is no OTLP JSON', async () => {
      expect((await query.ask('/api/transform', '{}')).body).toBe(envelope('[]'));
      for (const bad of ['', '[]', '{"resourceSpans":7}']) {
        const answer = await query.ask('/api/transform', bad);
        expect([bad, answer.status]).toEqual([bad, 400]);
        expect(answer.body).toContain('"msg":"cannot unmarshal OTLP : ');
      }
    });
  });
});
