import { Buffer } from 'node:buffer';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { jsonToOtlp } from '../../src/wire/otlp/json-to-otlp.ts';
import { resourceSpansText } from '../../src/wire/otlp/otlp-json.ts';
import { postSpansToOtlp } from '../../src/wire/jaeger/proto-to-otlp.ts';
import { agentCallToOtlp, jaegerBatchToOtlp } from '../../src/wire/jaeger/thrift-to-otlp.ts';
import { zipkinProtoToOtlp } from '../../src/wire/zipkin/proto-to-otlp.ts';
import { zipkinV1JsonToOtlp } from '../../src/wire/zipkin/v1-json-to-otlp.ts';
import { zipkinThriftToOtlp } from '../../src/wire/zipkin/v1-thrift-to-otlp.ts';
import { zipkinV2JsonToOtlp } from '../../src/wire/zipkin/v2-json-to-otlp.ts';
import { aSpan, spanId, traceId } from '../harness/a-span.ts';
import { FIXED_PIECES, JSON_PIECES, NAME_PIECES, VARINT_PIECES } from '../harness/mutate.ts';
import { encodeBatch, encodeEmitBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';
import type { TestBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';
import { protoBatch } from '../wire/jaeger/jaeger-messages.ts';
import { encodeJaegerProto } from '../wire/jaeger/jaeger-proto.ts';
import type { Answer, System } from './system.ts';
import { encodeEmitZipkinBatch, encodeZipkinProto, encodeZipkinThrift } from './zipkin-messages.ts';

/** A span whose service, operation, tag key and tag value are all one text. */
export interface NamedSpan {
  readonly id: number;
  readonly text: string;
}

/** A protocol and an encoding of it, from a client's side. */
export interface WayIn {
  readonly name: string;
  readonly encode: (span: NamedSpan) => Uint8Array;
  /** What the receiver makes of a message. */
  readonly toOtlp: (message: Buffer) => Uint8Array;
  /** undefined where there are no answers. */
  readonly send: (system: System, message: Uint8Array) => Promise<Answer | undefined>;
  readonly pieces: readonly Uint8Array[];
}

const START_MICROS = 1_750_000_000_000_000;
const BINARY_PIECES = [...VARINT_PIECES, ...FIXED_PIECES, ...NAME_PIECES];
const TEXT_PIECES = [...JSON_PIECES, ...NAME_PIECES];

const otlpOf = ({ id, text }: NamedSpan): Uint8Array =>
  encodeSpans([
    aSpan({
      traceId: traceId(id),
      spanId: spanId(id),
      serviceName: text,
      name: text,
      attributes: [{ key: text, value: { type: 'string', value: text } }],
    }),
  ]);

const otlpJsonOf = (span: NamedSpan): Buffer => {
  const parts = [...resourceSpansText(decodeSpans(otlpOf(span)), (value) => JSON.stringify(value))];
  return Buffer.from(`{"resourceSpans":[${parts.join('')}]}`);
};

const batchOf = ({ id, text }: NamedSpan): TestBatch => ({
  serviceName: text,
  spans: [
    {
      traceId: BigInt(id),
      spanId: BigInt(id),
      parentSpanId: 0n,
      name: text,
      flags: 1,
      startMicros: BigInt(START_MICROS),
      durationMicros: 7n,
      tags: [{ key: text, value: { type: 'string', value: text } }],
    },
  ],
});

const jsonOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const zipkinV2Of = ({ id, text }: NamedSpan): Buffer =>
  jsonOf([
    {
      traceId: traceId(id),
      id: spanId(id),
      name: text,
      timestamp: START_MICROS,
      duration: 7,
      localEndpoint: { serviceName: text },
      tags: Object.fromEntries([[text, text]]),
    },
  ]);

const zipkinV1Of = ({ id, text }: NamedSpan): Buffer =>
  jsonOf([
    {
      traceId: traceId(id),
      id: spanId(id),
      name: text,
      timestamp: START_MICROS,
      duration: 7,
      annotations: [{ timestamp: START_MICROS, value: 'sr', endpoint: { serviceName: text } }],
      binaryAnnotations: [{ key: text, value: text }],
    },
  ]);

const zipkinProtoOf = ({ id, text }: NamedSpan): Uint8Array =>
  encodeZipkinProto([
    {
      trace_id: Buffer.from(traceId(id), 'hex'),
      id: Buffer.from(spanId(id), 'hex'),
      name: text,
      timestamp: START_MICROS,
      duration: 7,
      local_endpoint: { service_name: text },
      tags: [{ key: text, value: text }],
    },
  ]);

const thriftZipkinSpans = ({ id, text }: NamedSpan): Parameters<typeof encodeZipkinThrift>[0] => [
  {
    traceId: BigInt(id),
    id: BigInt(id),
    name: text,
    micros: BigInt(START_MICROS),
    durationMicros: 7n,
    annotations: [{ micros: BigInt(START_MICROS), value: 'sr', service: text }],
    binaryAnnotations: [{ key: text, value: Buffer.from(text), type: 6 }],
  },
];

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const THRIFT = 'application/x-thrift';

const post =
  (address: string, path: string, type: string): WayIn['send'] =>
  (system, body) =>
    system.post(address, path, { type, body });

const packet =
  (address: string): WayIn['send'] =>
  async (system, bytes) => {
    await system.packet(address, bytes);
    return undefined;
  };

const itself = (message: Uint8Array): Uint8Array => message;

export const WAYS_IN: readonly WayIn[] = [
  {
    name: 'OTLP/HTTP protobuf',
    encode: otlpOf,
    toOtlp: itself,
    send: post('otlp http', '/v1/traces', PROTOBUF),
    pieces: BINARY_PIECES,
  },
  {
    name: 'OTLP/HTTP JSON',
    encode: otlpJsonOf,
    toOtlp: jsonToOtlp,
    send: post('otlp http', '/v1/traces', JSON_TYPE),
    pieces: TEXT_PIECES,
  },
  {
    name: 'OTLP/gRPC',
    encode: otlpOf,
    toOtlp: itself,
    send: (system, message) =>
      system.call(
        'otlp grpc',
        '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
        message,
      ),
    pieces: BINARY_PIECES,
  },
  {
    name: 'Jaeger thrift over HTTP',
    encode: (span) => encodeBatch(batchOf(span), 'binary'),
    toOtlp: (message) => jaegerBatchToOtlp(message, 'binary'),
    send: post('jaeger thrift http', '/api/traces', THRIFT),
    pieces: BINARY_PIECES,
  },
  {
    name: 'Jaeger gRPC',
    encode: (span) => encodeJaegerProto('PostSpansRequest', { batch: protoBatch(batchOf(span)) }),
    toOtlp: postSpansToOtlp,
    send: (system, message) =>
      system.call('jaeger grpc', '/jaeger.api_v2.CollectorService/PostSpans', message),
    pieces: BINARY_PIECES,
  },
  {
    name: 'Zipkin v2 JSON',
    encode: zipkinV2Of,
    toOtlp: (message) => zipkinV2JsonToOtlp(message),
    send: post('zipkin http', '/api/v2/spans', JSON_TYPE),
    pieces: TEXT_PIECES,
  },
  {
    name: 'Zipkin v2 protobuf',
    encode: zipkinProtoOf,
    toOtlp: (message) => zipkinProtoToOtlp(message),
    send: post('zipkin http', '/api/v2/spans', PROTOBUF),
    pieces: BINARY_PIECES,
  },
  {
    name: 'Zipkin v1 JSON',
    encode: zipkinV1Of,
    toOtlp: (message) => zipkinV1JsonToOtlp(message),
    send: post('zipkin http', '/api/v1/spans', JSON_TYPE),
    pieces: TEXT_PIECES,
  },
  {
    name: 'Zipkin v1 thrift',
    encode: (span) => encodeZipkinThrift(thriftZipkinSpans(span)),
    toOtlp: (message) => zipkinThriftToOtlp(message),
    send: post('zipkin http', '/api/v1/spans', THRIFT),
    pieces: BINARY_PIECES,
  },
  {
    name: 'emitBatch in compact UDP',
    encode: (span) => encodeEmitBatch(batchOf(span), 'compact'),
    toOtlp: (message) => agentCallToOtlp(message, 'compact').otlp,
    send: packet('jaeger thrift compact'),
    pieces: BINARY_PIECES,
  },
  {
    name: 'emitBatch in binary UDP',
    encode: (span) => encodeEmitBatch(batchOf(span), 'binary'),
    toOtlp: (message) => agentCallToOtlp(message, 'binary').otlp,
    send: packet('jaeger thrift binary'),
    pieces: BINARY_PIECES,
  },
  {
    name: 'emitZipkinBatch in compact UDP',
    encode: (span) => encodeEmitZipkinBatch(thriftZipkinSpans(span), 'compact'),
    toOtlp: (message) => agentCallToOtlp(message, 'compact').otlp,
    send: packet('zipkin thrift compact'),
    pieces: BINARY_PIECES,
  },
];
