import protobuf from 'protobufjs';
import 'protobufjs/ext/descriptor.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXPRESSION_OPERATORS } from '../../../src/model/filter-expression.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { jaegerQueryDescriptors } from '../../../src/wire/jaeger-query/query-descriptors.ts';
import { decodeSpans } from '../../../src/wire/otlp/decode-trace.ts';
import { ProtobufWriter } from '../../../src/wire/protobuf/writer.ts';
import {
  TEST_TIME_NANO,
  aBatch,
  aResource,
  aSpan,
  aTrace,
  spanId,
  traceId,
} from '../../harness/a-span.ts';
import { openQueryStorage, QUERY_STORAGES } from '../query-storages.ts';
import { startTestQuery } from '../start-test-query.ts';
import type { TestQuery } from '../start-test-query.ts';
import { METHODS, connectQuery } from './query-client.ts';
import type { QueryClient } from './query-client.ts';

const SECONDS = Number(TEST_TIME_NANO / 1_000_000_000n);
const HOUR = { start_time_min: { seconds: SECONDS }, start_time_max: { seconds: SECONDS + 3600 } };
const RANGE = { start_time: { seconds: SECONDS }, end_time: { seconds: SECONDS + 3600 } };
const ID = Buffer.from(traceId(1), 'hex');
const never = new AbortController().signal;

describe.each(QUERY_STORAGES)('over %s storage', (kind) => {
  let storage: Storage;
  let query: TestQuery;
  let client: QueryClient;

  beforeEach(async () => {
    storage = await openQueryStorage(kind, 50_000_000);
    const resource = aResource('frontend');
    const spans = [
      aSpan({ resource, attributes: { 'http.status_code': 500n } }),
      aSpan({
        serviceName: 'backend',
        spanId: spanId(2),
        parentSpanId: spanId(1),
        kind: 'unspecified',
        status: { code: 'error', message: '' },
        startTimeUnixNano: TEST_TIME_NANO + 100_000n,
        durationNano: 200_000n,
      }),
    ];
    await storage.writer.write(aBatch(spans), never);
    query = await startTestQuery(storage);
    client = connectQuery(query.grpcPort);
  });

  afterEach(async () => {
    client[Symbol.dispose]();
    await query.stop();
    await storage.close();
  });

  const FRONTEND = {
    trace_id: ID.toString('base64'),
    span_id: Buffer.from(spanId(1), 'hex').toString('base64'),
    operation_name: 'GET /',
    start_time: { seconds: String(SECONDS) },
    duration: { nanos: 1_000_000 },
    tags: [
      { key: 'http.status_code', v_type: 2, v_int64: '500' },
      { key: 'span.kind', v_str: 'server' },
    ],
    process: { service_name: 'frontend' },
  };

  describe('api_v2', () => {
    it('gives a trace as spans of the model of Jaeger', async () => {
      const chunks = await client.stream(METHODS.getTraceV2, { trace_id: ID });
      expect(chunks).toEqual([
        {
          spans: [
            FRONTEND,
            {
              ...FRONTEND,
              span_id: Buffer.from(spanId(2), 'hex').toString('base64'),
              references: [{ trace_id: FRONTEND.trace_id, span_id: FRONTEND.span_id }],
              start_time: { seconds: String(SECONDS), nanos: 100_000 },
              duration: { nanos: 200_000 },
              tags: [{ key: 'error', v_type: 1, v_bool: true }],
              process: { service_name: 'backend' },
            },
          ],
        },
      ]);
    });

    it('finds traces by everything that can be asked', async () => {
      const find = async (conditions: object): Promise<number> =>
        (await client.stream(METHODS.findTracesV2, { query: conditions })).length;
      const service_name = 'frontend';
      expect(await find({ service_name })).toBe(1);
      expect(await find({ service_name, ...HOUR, search_depth: 5 })).toBe(1);
      expect(await find({ service_name, tags: { 'http.status_code': '500' } })).toBe(1);
      expect(await find({ service_name, tags: { 'http.status_code': '501' } })).toBe(0);
      expect(await find({ service_name, operation_name: 'other' })).toBe(0);
      expect(await find({ service_name, duration_min: { nanos: 1_000_001 } })).toBe(0);
      expect(await find({ service_name, duration_max: { nanos: 999_999 } })).toBe(0);
      expect(await find({ service_name, start_time_max: { seconds: SECONDS - 1 } })).toBe(0);
      expect(await find({})).toBe(1);
    });

    it('tells services, operations and calls', async () => {
      expect(await client.unary(METHODS.getServicesV2, {})).toEqual({
        services: ['backend', 'frontend'],
      });
      expect(await client.unary(METHODS.getOperationsV2, { service: 'frontend' })).toEqual({
        operation_names: ['GET /'],
        operations: [{ name: 'GET /', span_kind: 'server' }],
      });
      const none = { service: 'frontend', span_kind: 'client' };
      expect(await client.unary(METHODS.getOperationsV2, none)).toEqual({});
      expect(await client.unary(METHODS.getDependenciesV2, RANGE)).toEqual({
        dependencies: [{ parent: 'frontend', child: 'backend', call_count: '1' }],
      });
    });

    it('archives a trace, and finds it there when it is nowhere else', async () => {
      expect(await client.unary(METHODS.archiveTraceV2, { trace_id: ID })).toEqual({});
      const others = Array.from({ length: 100 }, (_, index) =>
        aSpan({ traceId: traceId(index + 2) }),
      );
      await storage.writer.write(aBatch(others), never);
      const found = await client.stream(METHODS.getTraceV2, { trace_id: ID });
      expect(found).toMatchObject([{ spans: [{ operation_name: 'GET /' }, {}] }]);
      expect((await query.ask(`/api/traces/${traceId(1)}`)).status).toBe(200);
    });

    it.each([
      ['getTraceV2', {}, 3, 'uninitialized TraceID is not allowed'],
      ['getTraceV2', { trace_id: Buffer.alloc(16) }, 3, 'uninitialized TraceID is not allowed'],
      ['getTraceV2', { trace_id: Buffer.alloc(3, 1) }, 3, 'a trace ID of 3 bytes; it must have 16'],
      ['getTraceV2', { trace_id: Buffer.from(traceId(9), 'hex') }, 5, 'trace not found'],
      ['archiveTraceV2', { trace_id: Buffer.from(traceId(9), 'hex') }, 5, 'trace not found'],
      ['findTracesV2', {}, 3, 'missing query'],
      [
        'findTracesV2',
        { query: { search_depth: 1501 } },
        3,
        'limit 1501 is above the maximum of 1500 (query.max-traces)',
      ],
      ['getDependenciesV2', {}, 3, 'StartTime and EndTime must be initialized.'],
    ] as const)('answers %s of %j with status %i', async (name, question, code, details) => {
      await expect(client.stream(METHODS[name], question)).rejects.toMatchObject({ code, details });
    });
  });

  describe('api_v3', () => {
    const getTrace = '/jaeger.api_v3.QueryService/GetTrace';

    it('gives a trace as OTLP, by an id of hex digits', async () => {
      const messages = await client.bytes(getTrace, 'GetTraceV3', { trace_id: '1' });
      const spans = messages.flatMap((message) => decodeSpans(message));
      expect(spans.map(({ name, resource }) => [name, resource.serviceName])).toEqual([
        ['GET /', 'frontend'],
        ['GET /', 'backend'],
      ]);
    });

    it('keeps every message of a large trace under the usual limit of clients', async () => {
      const pad = 'x'.repeat(100_000);
      const spans = aTrace(120, { traceId: traceId(7), attributes: { pad } });
      await storage.writer.write(aBatch(spans), never);
      const messages = await client.bytes(getTrace, 'GetTraceV3', { trace_id: traceId(7) });
      expect(messages.flatMap((message) => decodeSpans(message))).toHaveLength(120);
      expect(Math.max(...messages.map(({ length }) => length))).toBeLessThan(4 * 2 ** 20);
    });

    it('summarizes what it finds', async () => {
      const question = { query: { service_name: 'backend', ...HOUR } };
      expect(await client.stream(METHODS.findSummariesV3, question)).toEqual([
        {
          summaries: [
            {
              trace_id: traceId(1),
              root_service_name: 'frontend',
              root_operation_name: 'GET /',
              min_start_time_unix_nano: String(TEST_TIME_NANO),
              max_end_time_unix_nano: String(TEST_TIME_NANO + 1_000_000n),
              span_count: 2,
              error_span_count: 1,
              services: [
                { name: 'backend', span_count: 1, error_span_count: 1 },
                { name: 'frontend', span_count: 1 },
              ],
            },
          ],
        },
      ]);
    });

    it('calls spans without a kind internal', async () => {
      expect(await client.unary(METHODS.getOperationsV3, { service: 'backend' })).toEqual({
        operations: [{ name: 'GET /', span_kind: 'internal' }],
      });
      expect(await client.unary(METHODS.getServicesV3, {})).toEqual({
        services: ['backend', 'frontend'],
      });
      expect(await client.unary(METHODS.getDependenciesV3, RANGE)).toEqual({
        dependencies: [{ parent: 'frontend', child: 'backend', call_count: '1' }],
      });
    });

    it('says what searches can do', async () => {
      expect(await client.unary(METHODS.getCapabilities, {})).toMatchObject({
        search: {
          without_service_name: true,
          same_span_conjunction: true,
          filter: {
            levels: ['span', 'resource', 'scope', 'event', 'link'],
            operators: EXPRESSION_OPERATORS,
          },
        },
      });
    });

    it('finds what a structured filter describes', async () => {
      const find = async (value: string): Promise<number> => {
        const args = [{ attr: { key: 'http.status_code' } }, { scalar: { value } }];
        const question = { query: { ...HOUR, filter: { op: 'gte', args } } };
        return (await client.stream(METHODS.findSummariesV3, question)).length;
      };
      expect([await find('500'), await find('501')]).toEqual([1, 0]);
      const wrong = { query: { ...HOUR, filter: { op: 'like', args: [] } } };
      await expect(client.stream(METHODS.findSummariesV3, wrong)).rejects.toMatchObject({
        code: 3,
        details: 'filter: the first argument of "like" is an attribute or a field',
      });
    });

    it.each([
      [{ query: {} }, 3, 'start time min and max are required parameters'],
      [
        { query: { start_time_min: { seconds: 1 } } },
        3,
        'start time min and max are required parameters',
      ],
      [{}, 3, 'missing query'],
    ])('answers a search of %j with status %i', async (question, code, details) => {
      await expect(client.stream(METHODS.findSummariesV3, question)).rejects.toMatchObject({
        code,
        details,
      });
    });

    it('refuses an id that is none by its name', async () => {
      await expect(client.bytes(getTrace, 'GetTraceV3', { trace_id: 'x!' })).rejects.toMatchObject({
        code: 3,
        details: 'malformed trace ID: strconv.ParseUint: parsing "x!": invalid syntax',
      });
    });
  });

  it.each([
    '',
    'jaeger.api_v2.QueryService',
    'jaeger.api_v2.metrics.MetricsQueryService',
    'jaeger.api_v3.QueryService',
  ])('is healthy under every name that Jaeger’s has: %j', async (service) => {
    const check = '/grpc.health.v1.Health/Check';
    // The request of a health check has the name in field 1, too.
    expect(await client.bytes(check, 'GetOperations', { service })).toEqual([Buffer.of(8, 1)]);
  });

  it('counts gRPC requests with those over HTTP, and limits both together', async () => {
    await client.unary(METHODS.getServicesV2, {});
    await query.ask('/api/services');
    const text = await query.metrics.metrics();
    expect(text).toContain('jaeger_query_requests_total{operation="get_services",result="ok"} 2');
  });

  it('describes the services as they are on the wire', () => {
    const set = new ProtobufWriter();
    for (const { bytes } of jaegerQueryDescriptors()) set.bytes(1, bytes);
    const described = protobuf.Root.fromDescriptor(set.finish(), { keepCase: true });
    described.resolveAll();
    const type = described.lookupType('jaeger.api_v3.FindTracesRequest');
    const asked = {
      query: {
        service_name: 'a',
        attributes: { k: 'v' },
        start_time_min: { seconds: '5' },
        search_depth: 3,
        filter: { op: 'eq', args: [{ attr: { key: 'k' } }, { scalar: { value: 'v' } }] },
      },
    };
    const back = type.toObject(type.decode(type.encode(type.fromObject(asked)).finish()), {
      longs: String,
    });
    expect(back).toEqual(asked);
    const { methods } = described.lookupService('jaeger.api_v2.QueryService');
    expect(Object.keys(methods)).toHaveLength(6);
  });
});
