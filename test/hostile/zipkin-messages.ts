import { Buffer } from 'node:buffer';
import protobuf from 'protobufjs';
import thrift from 'thrift';
import Int64 from 'node-int64';
import { encodeCall } from '../wire/jaeger/encode-with-npm-thrift.ts';
import type { Encoding } from '../wire/jaeger/encode-with-npm-thrift.ts';

// Field numbers of https://github.com/openzipkin/zipkin-api/blob/1.0.0/zipkin.proto; its map of tags is
// a list of messages on the wire, and any name may be a key of those.
const { root } = protobuf.parse(
  `syntax = "proto3";
   message ListOfSpans { repeated Span spans = 1; }
   message Span {
     bytes trace_id = 1; bytes parent_id = 2; bytes id = 3; int32 kind = 4; string name = 5;
     fixed64 timestamp = 6; uint64 duration = 7; Endpoint local_endpoint = 8;
     Endpoint remote_endpoint = 9; repeated Annotation annotations = 10;
     repeated Tag tags = 11; bool debug = 12; bool shared = 13; }
   message Endpoint { string service_name = 1; bytes ipv4 = 2; bytes ipv6 = 3; int32 port = 4; }
   message Tag { string key = 1; string value = 2; }
   message Annotation { fixed64 timestamp = 1; string value = 2; }`,
  { keepCase: true },
);
const ListOfSpans = root.lookupType('ListOfSpans');

/** What protobufjs writes of some spans. */
export function encodeZipkinProto(spans: readonly object[]): Uint8Array {
  return ListOfSpans.encode(ListOfSpans.fromObject({ spans })).finish();
}

/** What protobufjs reads, 64-bit integers as decimal strings and bytes as hex. */
export function decodeZipkinProto(bytes: Uint8Array): unknown {
  return ListOfSpans.toObject(ListOfSpans.decode(bytes), { longs: String, defaults: true });
}

export const ZIPKIN_PROTO_SPANS: readonly object[] = [
  {
    trace_id: Buffer.from('463ac35c9f6413ad48485a3953bb6124', 'hex'),
    parent_id: Buffer.from('6b221d5bc9e6496c', 'hex'),
    id: Buffer.from('5b4185666d50f68b', 'hex'),
    kind: 1,
    name: 'get',
    timestamp: 1556604172355737,
    duration: 1431,
    local_endpoint: { service_name: 'backend', ipv4: Buffer.from([192, 168, 99, 1]), port: 3306 },
    remote_endpoint: {
      service_name: 'mysql',
      ipv6: Buffer.from('20010db8000000000000000000000c01', 'hex'),
    },
    annotations: [{ timestamp: 1556604172355800, value: 'wire send' }],
    tags: [
      { key: 'http.method', value: 'GET' },
      { key: 'error', value: 'true' },
    ],
    debug: true,
  },
  { trace_id: Buffer.alloc(8, 1), id: Buffer.alloc(8, 2), name: 'x' },
];

const { Type } = thrift.Thrift;
type Output = thrift.TProtocol;
type Write = (output: Output) => void;

export interface ThriftAnnotation {
  readonly micros: bigint;
  readonly value: string;
  readonly service?: string;
}

export interface ThriftBinaryAnnotation {
  readonly key: string;
  readonly value: Buffer;
  /** zipkincore.AnnotationType. */
  readonly type: number;
  readonly service?: string;
}

/** A Zipkin v1 span, unset fields left out. */
export interface ThriftZipkinSpan {
  readonly traceId: bigint;
  readonly id: bigint;
  readonly parentId?: bigint;
  readonly name: string;
  readonly micros?: bigint;
  readonly durationMicros?: bigint;
  readonly annotations?: readonly ThriftAnnotation[];
  readonly binaryAnnotations?: readonly ThriftBinaryAnnotation[];
}

export const ZIPKIN_THRIFT_SPANS: readonly ThriftZipkinSpan[] = [
  {
    traceId: -1n,
    id: 2n,
    parentId: 3n,
    name: 'get',
    annotations: [
      { micros: 1000n, value: 'cs', service: 'backend' },
      { micros: 1100n, value: 'retry' },
      { micros: 1200n, value: 'sr', service: 'front' },
      { micros: 1500n, value: 'cr', service: 'backend' },
    ],
    binaryAnnotations: [
      { key: 's', value: Buffer.from('text'), type: 6 },
      { key: 't', value: Buffer.from([1]), type: 0 },
      { key: 'i16', value: Buffer.from([0xff, 0xfe]), type: 2 },
      { key: 'i64', value: Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 1]), type: 4 },
      { key: 'd', value: Buffer.from([0x3f, 0xf8, 0, 0, 0, 0, 0, 0]), type: 5 },
      { key: 'b', value: Buffer.from([1, 2]), type: 1 },
      { key: 'sa', value: Buffer.from([1]), type: 0, service: 'mysql' },
    ],
  },
  { traceId: 1n, id: 4n, name: '', micros: 5n, durationMicros: 6n },
];

/** A call of Agent.emitZipkinBatch as npm `thrift` writes it. */
export function encodeEmitZipkinBatch(
  spans: readonly ThriftZipkinSpan[],
  encoding: Encoding,
): Buffer {
  return encodeCall('emitZipkinBatch', encoding, (output) => {
    field(Type.LIST, 1, list(spans.map(spanOf)))(output);
  });
}

/** The body of POST /api/v1/spans: a list without an envelope. */
export function encodeZipkinThrift(spans: readonly ThriftZipkinSpan[]): Buffer {
  const chunks: Buffer[] = [];
  const transport = new thrift.TBufferedTransport(undefined, (bytes) => {
    if (bytes !== undefined) chunks.push(bytes);
  });
  const output = new thrift.TBinaryProtocol(transport);
  list(spans.map(spanOf))(output);
  output.flush();
  return Buffer.concat(chunks);
}

function spanOf(span: ThriftZipkinSpan): Write {
  const { annotations = [], binaryAnnotations = [] } = span;
  return struct([
    i64(1, span.traceId),
    text(3, span.name),
    i64(4, span.id),
    ...(span.parentId === undefined ? [] : [i64(5, span.parentId)]),
    field(Type.LIST, 6, list(annotations.map(annotationOf))),
    field(Type.LIST, 8, list(binaryAnnotations.map(binaryAnnotationOf))),
    ...(span.micros === undefined ? [] : [i64(10, span.micros)]),
    ...(span.durationMicros === undefined ? [] : [i64(11, span.durationMicros)]),
  ]);
}

function annotationOf({ micros, value, service }: ThriftAnnotation): Write {
  return struct([i64(1, micros), text(2, value), ...hostOf(3, service)]);
}

function binaryAnnotationOf({ key, value, type, service }: ThriftBinaryAnnotation): Write {
  const binary = field(Type.STRING, 2, (output) => {
    output.writeBinary(value);
  });
  return struct([text(1, key), binary, i32(3, type), ...hostOf(4, service)]);
}

function hostOf(id: number, service: string | undefined): readonly Write[] {
  if (service === undefined) return [];
  return [field(Type.STRUCT, id, struct([i32(1, 0x0a00_0001), text(3, service)]))];
}

function field(type: thrift.Thrift.Type, id: number, write: Write): Write {
  return (output) => {
    output.writeFieldBegin('', type, id);
    write(output);
    output.writeFieldEnd();
  };
}

function struct(fields: readonly Write[]): Write {
  return (output) => {
    output.writeStructBegin('');
    for (const write of fields) write(output);
    output.writeFieldStop();
    output.writeStructEnd();
  };
}

function list(items: readonly Write[]): Write {
  return (output) => {
    output.writeListBegin(Type.STRUCT, items.length);
    for (const write of items) write(output);
    output.writeListEnd();
  };
}

const i32 = (id: number, value: number): Write =>
  field(Type.I32, id, (output) => {
    output.writeI32(value);
  });

const i64 = (id: number, value: bigint): Write =>
  field(Type.I64, id, (output) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt.asUintN(64, value));
    output.writeI64(new Int64(bytes));
  });

const text = (id: number, value: string): Write =>
  field(Type.STRING, id, (output) => {
    output.writeString(value);
  });
