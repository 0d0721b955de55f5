import { Buffer } from 'node:buffer';
import { parse } from 'protobufjs';
import type { Message, Type } from 'protobufjs';
import { describe, expect, it } from 'vitest';
import type { TraceQuery, TraceSummary } from '../../../src/model/trace-query.ts';
import {
  decodeCapabilities,
  decodeDependencies,
  decodeOperations,
  decodeServices,
  decodeTraceIds,
  encodeCapabilities,
  encodeDependencies,
  encodeOperations,
  encodeServices,
  encodeTraceIds,
} from '../../../src/wire/jaeger-storage/read-answers.ts';
import {
  decodeGetDependencies,
  decodeGetOperations,
  decodeGetTraces,
  encodeGetDependencies,
  encodeGetOperations,
  encodeGetTraces,
} from '../../../src/wire/jaeger-storage/read-requests.ts';
import { splitMatch, withMatch } from '../../../src/wire/jaeger-storage/search-extension.ts';
import {
  UnsupportedQueryError,
  decodeFindRequest,
  encodeFindRequest,
} from '../../../src/wire/jaeger-storage/trace-query-message.ts';
import {
  decodeTraceSummaries,
  encodeTraceSummaries,
} from '../../../src/wire/jaeger-storage/trace-summaries-message.ts';
import { decodeSpans } from '../../../src/wire/otlp/decode-trace.ts';
import { ProtobufWriter } from '../../../src/wire/protobuf/writer.ts';
import { WireError } from '../../../src/wire/wire-error.ts';
import { aBatch, aSpan } from '../../harness/a-span.ts';

/** Field numbers as jaeger-idl publishes them. */
const PUBLISHED = parse(
  `syntax = "proto3";
   message Time { int64 seconds = 1; int32 nanos = 2; }
   message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
   message KeyValue { string key = 1; AnyValue value = 2; }
   message Call { string op = 1; }
   message Query {
     string service_name = 1; string operation_name = 2; repeated KeyValue attributes = 3;
     Time start_time_min = 4; Time start_time_max = 5; Time duration_min = 6; Time duration_max = 7;
     int32 search_depth = 8; Call filter = 9;
   }
   message Find { Query query = 1; }
   message GetTraceParams { bytes trace_id = 1; Time start_time = 2; Time end_time = 3; }
   message GetTraces { repeated GetTraceParams query = 1; }
   message GetDependencies { Time start_time = 1; Time end_time = 2; }
   message Service { string name = 1; int32 span_count = 2; int32 error_span_count = 3; }
   message Summary {
     bytes trace_id = 1; string root_service_name = 2; string root_operation_name = 3;
     fixed64 min_start = 4; fixed64 max_end = 5; int32 span_count = 6; int32 error_span_count = 7;
     int32 orphan_span_count = 8; repeated Service services = 9;
   }
   message Summaries { repeated Summary summaries = 1; string next_page_token = 2; }`,
  { keepCase: true },
).root;

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
/** Go's zero time. */
const YEAR_1 = { seconds: -62_135_596_800, nanos: 0 };
const START = 1_700_000_000_123_456_789n;

const QUERY: TraceQuery = {
  serviceName: 'checkout',
  operationName: 'GET /',
  attributes: [{ key: '__proto__', value: '\u202e500' }],
  startTimeMinNano: START,
  startTimeMaxNano: START + 5n,
  durationMinNano: 1_500_000_000,
  durationMaxNano: 2_000_000_001,
  limit: 20,
};

function published(name: string): Type {
  return PUBLISHED.lookupType(name);
}

function encodePublished(name: string, value: Record<string, unknown>): Uint8Array {
  const type = published(name);
  return type.encode(type.fromObject(value)).finish();
}

function decodePublished(name: string, bytes: Uint8Array): Record<string, unknown> {
  const message: Message = published(name).decode(bytes);
  return published(name).toObject(message, { longs: String, bytes: String });
}

describe('find requests of jaeger.storage.v2', () => {
  it('carry every condition of a query', () => {
    expect(decodeFindRequest(encodeFindRequest(QUERY))).toEqual(QUERY);
  });

  it.each([-1, -1_500_000_000, -5_000_000_000])('carry a duration of %i as published', (nanos) => {
    const bytes = encodeFindRequest({ ...QUERY, durationMaxNano: nanos });
    expect(decodeFindRequest(bytes).durationMaxNano).toBe(nanos);
    const [seconds, rest] = [Math.ceil(nanos / 1e9), nanos % 1e9];
    expect(decodePublished('Find', bytes)).toMatchObject({
      query: {
        duration_max: {
          ...(seconds === 0 ? {} : { seconds: String(seconds) }),
          ...(rest === 0 ? {} : { nanos: rest }),
        },
      },
    });
  });

  it('keep operators, a cursor and the wish to know positions, which Jaeger steps over', () => {
    const extended: TraceQuery = {
      ...QUERY,
      filters: [
        { subject: { place: 'resource', key: '__proto__' }, test: { operator: '=~', value: '.*' } },
        { anyOf: [[{ subject: { field: 'kind' }, test: { operator: 'exists' } }], []] },
      ],
      traceFilters: [{ field: 'rootName', test: { operator: 'in', values: ['a', 'b'] } }],
      after: { startNano: 2n ** 64n - 1n, traceId: TRACE_ID },
    };
    const bytes = encodeFindRequest(extended, { tellPositions: true });
    expect(decodeFindRequest(bytes)).toEqual({ ...extended, tellPositions: true });
    expect(decodePublished('Find', bytes)).toEqual(
      decodePublished('Find', encodeFindRequest(QUERY)),
    );
  });

  it.each([
    ['[{]', /^filters: /],
    ['[{"key":"a","operator":"like"}]', /^filters: \[0\]: "operator" is one of /],
  ])('refuse the filters %s', (filters, message) => {
    const writer = new ProtobufWriter();
    const start = writer.beginMessage(1);
    writer.string(1001, filters);
    writer.endMessage(start);
    const read = (): unknown => decodeFindRequest(writer.finish());
    expect(read).toThrow(WireError);
    expect(read).toThrow(message);
  });

  it('have the published field numbers', () => {
    expect(decodePublished('Find', encodeFindRequest(QUERY))).toEqual({
      query: {
        service_name: 'checkout',
        operation_name: 'GET /',
        attributes: [{ key: '__proto__', value: { string_value: '\u202e500' } }],
        start_time_min: { seconds: '1700000000', nanos: 123_456_789 },
        start_time_max: { seconds: '1700000000', nanos: 123_456_794 },
        duration_min: { seconds: '1', nanos: 500_000_000 },
        duration_max: { seconds: '2', nanos: 1 },
        search_depth: 20,
      },
    });
  });

  it('ask for a span kind as a tag, which is the one way the message has', () => {
    const { attributes } = decodeFindRequest(
      encodeFindRequest({ ...QUERY, attributes: [], spanKind: 'server' }),
    );
    expect(attributes).toEqual([{ key: 'span.kind', value: 'server' }]);
  });

  it('compare typed values as text, and mean any time and 100 traces when they say nothing', () => {
    const bytes = encodePublished('Find', {
      query: {
        attributes: [
          { key: 'int', value: { int_value: -7 } },
          { key: 'bool', value: { bool_value: true } },
          { key: 'double', value: { double_value: 0.5 } },
        ],
      },
    });
    expect(decodeFindRequest(bytes)).toEqual({
      attributes: [
        { key: 'int', value: '-7' },
        { key: 'bool', value: 'true' },
        { key: 'double', value: '0.5' },
      ],
      startTimeMinNano: 0n,
      startTimeMaxNano: 2n ** 63n - 1n,
      limit: 100,
    });
  });

  it('take the year 1, which Jaeger sends for no time, for any time', () => {
    const bytes = encodePublished('Find', {
      query: { start_time_min: YEAR_1, start_time_max: YEAR_1 },
    });
    expect(decodeFindRequest(bytes)).toMatchObject({
      startTimeMinNano: 0n,
      startTimeMaxNano: 2n ** 63n - 1n,
    });
  });

  it("ask for an error as a boolean, the one type in which each of Jaeger's storages knows it", () => {
    const attributes = [
      { key: 'error', value: 'true' },
      { key: 'error', value: 'timeout' },
      { key: 'retry', value: 'true' },
    ];
    const bytes = encodeFindRequest({ ...QUERY, attributes });
    expect(decodeFindRequest(bytes).attributes).toEqual(attributes);
    expect(decodePublished('Find', bytes)).toMatchObject({
      query: {
        attributes: [
          { key: 'error', value: { bool_value: true } },
          { key: 'error', value: { string_value: 'timeout' } },
          { key: 'retry', value: { string_value: 'true' } },
        ],
      },
    });
  });

  it('are refused when they hold a structured filter', () => {
    const bytes = encodePublished('Find', { query: { filter: { op: 'eq' } } });
    expect(() => decodeFindRequest(bytes)).toThrow(UnsupportedQueryError);
  });

  it('are refused wherever they are cut off inside the query', () => {
    const bytes = encodeFindRequest(QUERY);
    for (let end = 1; end < bytes.length; end += 1) {
      expect(() => decodeFindRequest(bytes.subarray(0, end))).toThrow(WireError);
    }
  });
});

describe('other requests of jaeger.storage.v2', () => {
  it('name traces by 16 bytes, with a time window or without', () => {
    const traces = [
      { traceId: TRACE_ID, window: { startNano: START, endNano: START + 1n } },
      { traceId: 'f'.repeat(32), window: {} },
    ];
    const bytes = encodeGetTraces(traces);
    expect(decodeGetTraces(bytes)).toEqual(traces);
    expect(decodePublished('GetTraces', bytes)['query']).toHaveLength(2);
  });

  it('are refused for a trace id of another length', () => {
    const bytes = encodePublished('GetTraces', { query: [{ trace_id: new Uint8Array(8) }] });
    expect(() => decodeGetTraces(bytes)).toThrow('a trace id of 8 bytes; it must have 16');
  });

  it('carry service, kind and time range', () => {
    const operations = { service: 'a', spanKind: 'client' };
    expect(decodeGetOperations(encodeGetOperations(operations))).toEqual(operations);
    const range = { startNano: START, endNano: START + 60_000_000_000n };
    expect(decodeGetDependencies(encodeGetDependencies(range))).toEqual(range);
    const anyTime = { start_time: YEAR_1, end_time: YEAR_1 };
    expect(decodeGetDependencies(encodePublished('GetDependencies', anyTime))).toEqual({});
    const trace = { trace_id: new Uint8Array(16), ...anyTime };
    expect(decodeGetTraces(encodePublished('GetTraces', { query: [trace] }))).toEqual([
      { traceId: '0'.repeat(32), window: {} },
    ]);
  });
});

describe('answers of jaeger.storage.v2', () => {
  it('carry names, operations, ids, links and capabilities', () => {
    expect(decodeServices(encodeServices(['a', '']))).toEqual(['a', '']);
    const operations = [
      { name: 'GET', spanKind: 'server' },
      { name: '', spanKind: '' },
    ];
    expect(decodeOperations(encodeOperations(operations))).toEqual(operations);
    expect(decodeTraceIds(encodeTraceIds([TRACE_ID]))).toEqual([TRACE_ID]);
    const links = [{ parent: 'a', child: 'b', callCount: 2 ** 40 }];
    expect(decodeDependencies(encodeDependencies(links))).toEqual(links);
    const search = {
      ...{ withoutServiceName: true, sameSpanConjunction: true },
      ...{ filters: true, cursor: false, attributes: true, archive: true },
    };
    expect(decodeCapabilities(encodeCapabilities(search))).toEqual(search);
  });

  it('take a backend that says nothing of itself for the least capable one', () => {
    expect(decodeCapabilities(new Uint8Array(0))).toEqual({
      withoutServiceName: false,
      sameSpanConjunction: false,
      filters: false,
      cursor: false,
      attributes: false,
      archive: false,
    });
  });

  it('carry summaries under the published field numbers', () => {
    const summary: TraceSummary = {
      traceId: TRACE_ID,
      rootServiceName: 'front',
      rootOperationName: 'GET /',
      minStartTimeNano: START,
      maxEndTimeNano: START + 9n,
      spanCount: 300,
      errorSpanCount: 2,
      orphanSpanCount: 1,
      services: [
        { name: 'back', spanCount: 299, errorSpanCount: 2 },
        { name: 'front', spanCount: 1, errorSpanCount: 0 },
      ],
    };
    const bytes = encodeTraceSummaries([summary]);
    expect(decodeTraceSummaries(bytes)).toEqual([summary]);
    const placed = { ...summary, matchNano: START };
    expect(encodeTraceSummaries([placed])).toEqual(bytes);
    expect(decodeTraceSummaries(encodeTraceSummaries([placed], { tellPositions: true }))).toEqual([
      placed,
    ]);
    expect(decodePublished('Summaries', bytes)).toMatchObject({
      summaries: [
        {
          root_service_name: 'front',
          min_start: String(START),
          max_end: String(START + 9n),
          span_count: 300,
          orphan_span_count: 1,
          services: [{ name: 'back', span_count: 299, error_span_count: 2 }, { name: 'front' }],
        },
      ],
    });
  });
});

describe('spans with the time of a match', () => {
  it('are told from those without', () => {
    const otlp = aBatch([aSpan()]).otlp;
    const placed = withMatch(otlp, START);
    expect(splitMatch(placed)).toEqual({ otlp: Buffer.from(otlp), matchNano: START });
    expect(splitMatch(otlp)).toEqual({ otlp });
    expect(splitMatch(new Uint8Array(0))).toEqual({ otlp: new Uint8Array(0) });
    expect(decodeSpans(placed)).toEqual([aSpan()]);
  });
});
