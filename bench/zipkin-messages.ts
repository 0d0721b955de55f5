import { Buffer } from 'node:buffer';
import type { Span } from '../src/model/span.ts';
import { decodeSpans } from '../src/wire/otlp/decode-trace.ts';
import {
  annotation,
  encode,
  endpoint,
  i64,
  inList,
  list,
  struct,
  tag,
  text,
} from '../test/wire/zipkin/encode-with-npm-thrift.ts';
import type { Write } from '../test/wire/zipkin/encode-with-npm-thrift.ts';
import { encodeListOfSpans } from '../test/wire/zipkin/zipkin-proto.ts';

const LOCAL_ADDRESS = [10, 0, 0, 7];
/** AnnotationType of a text. */
const THRIFT_STRING = 6;
/** By OTLP's name: the number in Zipkin's protobuf. */
const PROTO_KINDS = new Map([
  ['client', 1],
  ['server', 2],
]);
const KINDS = new Map([
  ['server', 'SERVER'],
  ['client', 'CLIENT'],
]);

/** One request of data set D as Zipkin's clients would send it: v2 JSON. */
export function zipkinV2Json(request: Uint8Array): Buffer {
  return Buffer.from(JSON.stringify(decodeSpans(request).map(zipkinSpan)));
}

function zipkinSpan(span: Span): object {
  return {
    traceId: span.traceId,
    parentId: span.parentSpanId === '' ? undefined : span.parentSpanId,
    id: span.spanId,
    kind: KINDS.get(span.kind),
    name: span.name,
    timestamp: microsOf(span.startTimeUnixNano),
    duration: microsOf(span.endTimeUnixNano - span.startTimeUnixNano),
    localEndpoint: { serviceName: span.resource.serviceName, ipv4: LOCAL_ADDRESS.join('.') },
    annotations: annotationsOf(span),
    tags: Object.fromEntries(tagsOf(span)),
  };
}

/** The same in Zipkin's protobuf. */
export function zipkinProto(request: Uint8Array): Buffer {
  const spans = decodeSpans(request).map((span) => ({
    trace_id: Buffer.from(span.traceId, 'hex'),
    parent_id: Buffer.from(span.parentSpanId, 'hex'),
    id: Buffer.from(span.spanId, 'hex'),
    kind: PROTO_KINDS.get(span.kind),
    name: span.name,
    timestamp: microsOf(span.startTimeUnixNano),
    duration: microsOf(span.endTimeUnixNano - span.startTimeUnixNano),
    local_endpoint: { service_name: span.resource.serviceName, ipv4: Buffer.from(LOCAL_ADDRESS) },
    annotations: annotationsOf(span),
    tags: Object.fromEntries(tagsOf(span)),
  }));
  return Buffer.from(encodeListOfSpans(spans));
}

/** The same in v1 thrift, the binary protocol. */
export function zipkinThrift(request: Uint8Array): Buffer {
  return encode('binary', list(decodeSpans(request).map(thriftSpan)));
}

function thriftSpan(span: Span): Write {
  const start = span.startTimeUnixNano / 1000n;
  const end = span.endTimeUnixNano / 1000n;
  const host = endpoint(span.resource.serviceName);
  const [first, last] = span.kind === 'server' ? ['sr', 'ss'] : ['cs', 'cr'];
  const parent = span.parentSpanId === '' ? [] : [i64(5, BigInt(`0x${span.parentSpanId}`))];
  return struct(
    i64(1, BigInt(`0x${span.traceId.slice(16)}`)),
    text(3, span.name),
    i64(4, BigInt(`0x${span.spanId}`)),
    ...parent,
    inList(6, [
      annotation(start, first, host),
      ...annotationsOf(span).map(({ timestamp, value }) =>
        annotation(BigInt(timestamp), value, host),
      ),
      annotation(end, last, host),
    ]),
    inList(
      8,
      tagsOf(span).map(([key, value]) => tag(key, Buffer.from(value), THRIFT_STRING, host)),
    ),
    i64(10, start),
    i64(11, end - start),
    i64(12, BigInt(`0x${span.traceId.slice(0, 16)}`)),
  );
}

interface Annotation {
  readonly timestamp: number;
  readonly value: string;
}

function annotationsOf({ events }: Span): readonly Annotation[] {
  return events.map(({ timeUnixNano, name }) => ({
    timestamp: microsOf(timeUnixNano),
    value: name,
  }));
}

function tagsOf({ attributes, status }: Span): readonly (readonly [string, string])[] {
  const tags = attributes.map(({ key, value }): readonly [string, string] => [
    key,
    'value' in value ? String(value.value) : '',
  ]);
  return status.code === 'error' ? [...tags, ['error', status.message]] : tags;
}

function microsOf(nanos: bigint): number {
  return Number(nanos / 1000n);
}
