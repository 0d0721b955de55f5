import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { jaegerBatches } from '../../bench/jaeger-packets.ts';
import type { Span } from '../../src/model/span.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { aResource, aSpan, spanId, traceId } from '../harness/a-span.ts';
import type { TestBatch, TestTag } from '../wire/jaeger/encode-with-npm-thrift.ts';
import { arbitrarySpans } from '../wire/otlp/arbitrary-spans.ts';

/** A span with every field and a value of every type. */
export const RICH_SPAN: Span = aSpan({
  traceId: '463ac35c9f6413ad48485a3953bb6124',
  spanId: '5b4185666d50f68b',
  parentSpanId: '6b221d5bc9e6496c',
  traceState: 'a=b',
  flags: 257,
  kind: 'client',
  name: 'GET /api/v1/orders/{id}',
  resource: {
    ...aResource('checkout-service', { 'host.name': 'ip-10-0-0-7', replicas: 3n }),
    droppedAttributesCount: 1,
    schemaUrl: 'https://opentelemetry.io/schemas/1.4.0',
  },
  scope: {
    name: 'io.opentelemetry.http',
    version: '2.5.0',
    attributes: [{ key: 'scope.key', value: { type: 'string', value: 'x' } }],
    droppedAttributesCount: 2,
    schemaUrl: 'u',
  },
  attributes: {
    'http.method': 'GET',
    'http.status_code': 200n,
    negative: -1n,
    load: 0.25,
    isRetry: true,
    body: new Uint8Array([1, 2, 0xff]),
    nothing: { type: 'empty' },
    list: {
      type: 'array',
      values: [
        { type: 'string', value: 'a' },
        { type: 'map', entries: [{ key: 'k', value: { type: 'int', value: 7n } }] },
      ],
    },
  },
  droppedAttributesCount: 3,
  events: [
    {
      name: 'exception',
      timeUnixNano: 1_704_067_200_000_500_000n,
      attributes: [{ key: 'exception.message', value: { type: 'string', value: 'no such order' } }],
      droppedAttributesCount: 4,
    },
  ],
  droppedEventsCount: 5,
  links: [
    {
      traceId: traceId(9),
      spanId: spanId(9),
      traceState: 'l=1',
      attributes: [{ key: 'k', value: { type: 'bool', value: false } }],
      droppedAttributesCount: 6,
      flags: 1,
    },
  ],
  droppedLinksCount: 7,
  status: { code: 'error', message: 'it broke' },
  warnings: ['clock skew'],
});

const RANDOM_MESSAGES = 20;

/** OTLP TracesData messages: a rich one, plain ones, and ones that a generator made. */
export function otlpCorpus(): readonly Uint8Array[] {
  return [
    encodeSpans([RICH_SPAN]),
    encodeSpans([aSpan(), aSpan({ spanId: spanId(2), parentSpanId: spanId(1) })]),
    encodeSpans([aSpan({ serviceName: 'a' }), aSpan({ serviceName: 'b', spanId: spanId(3) })]),
    ...fc
      .sample(arbitrarySpans, { seed: 11, numRuns: RANDOM_MESSAGES })
      .map((spans) => encodeSpans(spans))
      .filter((bytes) => bytes.length > 0 && bytes.length < 1500),
  ];
}

const text = (key: string, value: string): TestTag => ({ key, value: { type: 'string', value } });

export const RICH_BATCH: TestBatch = {
  serviceName: 'checkout-service',
  processTags: [text('hostname', 'ip-10-0-0-7'), { key: 'n', value: { type: 'long', value: 1n } }],
  spans: [
    {
      traceId: 0x463ac35c9f6413ad48485a3953bb6124n,
      spanId: 0x5b4185666d50f68bn,
      parentSpanId: 0x6b221d5bc9e6496cn,
      name: 'GET /orders',
      flags: 1,
      startMicros: 1_750_000_000_000_000n,
      durationMicros: 1234n,
      references: [
        { type: 0, traceId: 0x463ac35c9f6413ad48485a3953bb6124n, spanId: 0x6b221d5bc9e6496cn },
        { type: 1, traceId: 9n, spanId: 9n },
      ],
      tags: [
        text('span.kind', 'client'),
        text('otel.scope.name', 'io.opentelemetry.http'),
        text('w3c.tracestate', 'a=b'),
        { key: 'error', value: { type: 'bool', value: true } },
        { key: 'load', value: { type: 'double', value: 0.25 } },
        { key: 'size', value: { type: 'long', value: -2n } },
        { key: 'raw', value: { type: 'binary', value: new Uint8Array([1, 0xff]) } },
      ],
      logs: [{ micros: 1_750_000_000_000_500n, fields: [text('event', 'retry'), text('k', 'v')] }],
    },
    {
      traceId: 1n,
      spanId: 2n,
      parentSpanId: 0n,
      name: '',
      flags: 0,
      startMicros: 1n,
      durationMicros: 0n,
    },
  ],
};

/** Batches as Jaeger's clients fill them, cut to two spans. */
export function jaegerCorpus(): readonly TestBatch[] {
  const plain = jaegerBatches()
    .slice(0, 3)
    .map((batch) => ({ ...batch, spans: batch.spans.slice(0, 2) }));
  return [RICH_BATCH, ...plain, { serviceName: 'empty', spans: [] }];
}

/** A span as Jaeger's collector writes it to Kafka in JSON. */
export const JAEGER_JSON_SPAN: object = {
  traceId: 'CvdlGRbNQ92ESOshHIAxnA==',
  spanId: 't61rcWkgMzE=',
  operationName: 'GET /dispatch',
  references: [{ traceId: 'CvdlGRbNQ92ESOshHIAxnA==', spanId: 'AAAAAAAAAAM=' }],
  flags: 1,
  startTime: '2023-11-14T22:13:20.000123456Z',
  duration: '0.001500s',
  tags: [
    { key: 'span.kind', vStr: 'client' },
    { key: 'b', vType: 'BOOL', vBool: true },
    { key: 'l', vType: 'INT64', vInt64: '-9223372036854775808' },
    { key: 'd', vType: 'FLOAT64', vFloat64: -1.5e300 },
    { key: 'x', vType: 'BINARY', vBinary: 'AP8=' },
  ],
  logs: [{ timestamp: '2023-11-14T22:13:20.000200Z', fields: [{ key: 'event', vStr: 'e' }] }],
  process: { serviceName: 'frontend', tags: [{ key: 'ip', vStr: '10.0.0.1' }] },
  warnings: ['late'],
};

const BACKEND = { serviceName: 'backend', ipv4: '192.168.99.1', port: 3306 };

export const ZIPKIN_V2_SPANS: readonly object[] = [
  {
    traceId: '463ac35c9f6413ad48485a3953bb6124',
    parentId: '6b221d5bc9e6496c',
    id: '5b4185666d50f68b',
    kind: 'CLIENT',
    name: 'get /api',
    timestamp: 1556604172355737,
    duration: 1431,
    localEndpoint: BACKEND,
    remoteEndpoint: {
      serviceName: 'mysql',
      ipv4: '172.19.0.2',
      ipv6: '2001:db8::c001',
      port: 58648,
    },
    annotations: [{ timestamp: 1556604172355800, value: 'wire send' }],
    tags: { 'http.method': 'GET', error: 'timeout', 'otel.scope.name': 's', 'span.kind': 'client' },
    debug: true,
    shared: true,
  },
  {
    traceId: '5af7183fb1d4cf5f',
    id: '352bff9a74ca9ad2',
    name: 'caf\u00e9 "x"\n',
    localEndpoint: BACKEND,
  },
];

export const ZIPKIN_V1_SPANS: readonly object[] = [
  {
    traceId: '5af7183fb1d4cf5f',
    id: '352bff9a74ca9ad2',
    parentId: '6b221d5bc9e6496c',
    name: 'get',
    debug: true,
    annotations: [
      { timestamp: 1000, value: 'cs', endpoint: BACKEND },
      { timestamp: 1100, value: 'retry' },
      { timestamp: 1200, value: 'sr', endpoint: { serviceName: 'front' } },
      { timestamp: 1500, value: 'cr', endpoint: BACKEND },
    ],
    binaryAnnotations: [
      { key: 'http.path', value: '/api', endpoint: BACKEND },
      { key: 'error', value: 'timeout' },
      { key: 'flag', value: true },
      { key: 'count', value: 7, type: 'I64' },
      { key: 'ratio', value: 0.5, type: 'DOUBLE' },
      { key: 'sa', value: true, endpoint: { serviceName: 'mysql', ipv6: '2001:db8::1' } },
    ],
  },
  {
    traceId: '1',
    id: '2',
    timestamp: 7,
    duration: 9,
    binaryAnnotations: [{ key: 'lc', value: 'part', endpoint: BACKEND }],
  },
];

/** A JSON text of all values and of each, with and without white space. */
export function jsonCorpus(values: readonly object[]): readonly Buffer[] {
  return [
    Buffer.from(JSON.stringify(values)),
    ...values.map((value) => Buffer.from(JSON.stringify([value], undefined, 1))),
  ];
}
