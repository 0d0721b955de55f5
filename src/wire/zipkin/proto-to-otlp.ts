import { ProtobufReader, WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from '../protobuf/reader.ts';
import type { ProtobufWriter } from '../protobuf/writer.ts';
import { addressText, clearEndpoint } from './endpoint.ts';
import type { ZipkinEndpoint } from './endpoint.ts';
import {
  KIND_CLIENT,
  KIND_CONSUMER,
  KIND_PRODUCER,
  KIND_SERVER,
  ZipkinSpanWriter,
} from './span-writer.ts';
import type { TagRange } from './tag-status.ts';

/*
 * ListOfSpans { 1 spans }
 * Span { 1 trace_id, 2 parent_id, 3 id, 4 kind enum, 5 name, 6 timestamp fixed64 µs,
 *   7 duration uint64 µs, 8 local_endpoint, 9 remote_endpoint, 10 annotations, 11 tags map,
 *   12 debug, 13 shared }
 * Endpoint { 1 service_name, 2 ipv4 bytes, 3 ipv6 bytes, 4 port int32 }
 * Annotation { 1 timestamp fixed64 µs, 2 value }
 * https://github.com/openzipkin/zipkin-api/blob/1.0.0/zipkin.proto
 */

const lengthTag = (field: number): number => (field << 3) | WIRE_LENGTH;
const varintTag = (field: number): number => (field << 3) | WIRE_VARINT;
const fixed64Tag = (field: number): number => (field << 3) | WIRE_FIXED64;

const SPANS = lengthTag(1);
const TRACE_ID = lengthTag(1);
const PARENT_ID = lengthTag(2);
const ID = lengthTag(3);
const KIND = varintTag(4);
const NAME = lengthTag(5);
const TIMESTAMP = fixed64Tag(6);
const DURATION = varintTag(7);
const LOCAL_ENDPOINT = lengthTag(8);
const REMOTE_ENDPOINT = lengthTag(9);
const ANNOTATIONS = lengthTag(10);
const TAGS = lengthTag(11);
const DEBUG = varintTag(12);

/** By the number of the enum; 0 is unspecified. */
const KINDS = [0, KIND_CLIENT, KIND_SERVER, KIND_PRODUCER, KIND_CONSUMER];
const TWO_32 = 2 ** 32;

/**
 * OTLP TracesData bytes of a Zipkin ListOfSpans; the mapping is `ZipkinSpanWriter`'s. Unknown fields
 * are skipped.
 * @throws WireError
 */
export function zipkinProtoToOtlp(bytes: Uint8Array, scratch?: ProtobufWriter): Uint8Array {
  const reader = new ProtobufReader(bytes);
  const spans = new ZipkinSpanWriter(reader.buffer, scratch);
  const tag: TagRange = { keyStart: 0, keyStop: 0, valueStart: 0, valueStop: 0 };
  while (reader.hasMore()) {
    const field = reader.tag();
    if (field === SPANS) readSpan(reader, spans, tag);
    else reader.skip(field);
  }
  return spans.finish();
}

function readSpan(reader: ProtobufReader, spans: ZipkinSpanWriter, tag: TagRange): void {
  const outer = reader.enter();
  spans.begin();
  while (reader.hasMore()) {
    const field = reader.tag();
    switch (field) {
      case TRACE_ID:
        readId(reader, spans.traceId);
        break;
      case PARENT_ID:
        // Eight zero bytes are no parent: zipkin-go writes them for every root.
        readId(reader, spans.parentId);
        break;
      case ID:
        readId(reader, spans.id);
        break;
      case NAME:
        spans.nameStop = reader.payloadEnd();
        spans.nameStart = reader.position;
        reader.position = spans.nameStop;
        break;
      case LOCAL_ENDPOINT:
        readEndpoint(reader, spans.local);
        break;
      case REMOTE_ENDPOINT:
        readEndpoint(reader, spans.remote);
        break;
      case ANNOTATIONS:
        readAnnotation(reader, spans);
        break;
      case TAGS:
        readTag(reader, tag);
        spans.tag(tag);
        break;
      default:
        readScalar(reader, spans, field);
    }
  }
  spans.end();
  reader.leave(outer);
}

function readScalar(reader: ProtobufReader, spans: ZipkinSpanWriter, field: number): void {
  switch (field) {
    case KIND:
      spans.kind = KINDS[reader.varint32()] ?? 0;
      break;
    case TIMESTAMP:
      spans.startMicros = readFixedMicros(reader);
      break;
    case DURATION:
      spans.durationMicros = Number(BigInt.asUintN(64, reader.int64()));
      // Proto3 cannot tell a duration of 0 from none.
      spans.hasDuration = spans.durationMicros > 0;
      break;
    case DEBUG:
      spans.debug = reader.varint32() !== 0;
      break;
    default:
      reader.skip(field);
  }
}

/** Ids are big-endian bytes: 8 or 16 of a trace, 8 of a span. Fewer are taken as the last ones. */
function readId(reader: ProtobufReader, words: Uint32Array): void {
  const end = reader.payloadEnd();
  const size = end - reader.position;
  const capacity = words.length * 4;
  if (size > capacity) throw reader.bad(`an id of ${size} bytes, more than ${capacity},`);
  words.fill(0);
  for (let at = capacity - size; at < capacity; at += 1) {
    const byte = reader.buffer[reader.position++] ?? 0;
    words[at >>> 2] = (((words[at >>> 2] ?? 0) << 8) | byte) >>> 0;
  }
}

/** Exact for every time before the year 2255. */
function readFixedMicros(reader: ProtobufReader): number {
  const at = reader.position;
  reader.skip(ANNOTATION_TIMESTAMP);
  return reader.buffer.readUInt32LE(at + 4) * TWO_32 + reader.buffer.readUInt32LE(at);
}

const SERVICE_NAME = lengthTag(1);
const IPV4 = lengthTag(2);
const IPV6 = lengthTag(3);
const PORT = varintTag(4);
const PORT_MAX = 65_535;

function readEndpoint(reader: ProtobufReader, endpoint: ZipkinEndpoint): void {
  const outer = reader.enter();
  let hasIpv6 = false;
  clearEndpoint(endpoint);
  while (reader.hasMore()) {
    const field = reader.tag();
    switch (field) {
      case SERVICE_NAME:
        endpoint.nameStop = reader.payloadEnd();
        endpoint.nameStart = reader.position;
        reader.position = endpoint.nameStop;
        break;
      case IPV4:
      case IPV6: {
        const end = reader.payloadEnd();
        const address = addressText(reader.buffer, reader.position, end);
        reader.position = end;
        if (address === '' || (field === IPV4 && hasIpv6)) break;
        hasIpv6 = field === IPV6;
        endpoint.address = address;
        break;
      }
      case PORT: {
        const port = reader.varint32();
        endpoint.port = port <= PORT_MAX ? port : 0;
        break;
      }
      default:
        reader.skip(field);
    }
  }
  reader.leave(outer);
}

const ANNOTATION_TIMESTAMP = fixed64Tag(1);
const FIELD_1 = lengthTag(1);
const FIELD_2 = lengthTag(2);

function readAnnotation(reader: ProtobufReader, spans: ZipkinSpanWriter): void {
  const outer = reader.enter();
  let micros = 0;
  let start = 0;
  let stop = 0;
  while (reader.hasMore()) {
    const field = reader.tag();
    if (field === ANNOTATION_TIMESTAMP) micros = readFixedMicros(reader);
    else if (field === FIELD_2) {
      stop = reader.payloadEnd();
      start = reader.position;
      reader.position = stop;
    } else reader.skip(field);
  }
  reader.leave(outer);
  spans.annotation(micros, start, stop);
}

/** A map's entry { 1 key, 2 value }; either may be left out when empty. */
function readTag(reader: ProtobufReader, tag: TagRange): void {
  const outer = reader.enter();
  tag.keyStart = tag.keyStop = tag.valueStart = tag.valueStop = 0;
  while (reader.hasMore()) {
    const field = reader.tag();
    if (field === FIELD_1) {
      tag.keyStop = reader.payloadEnd();
      tag.keyStart = reader.position;
      reader.position = tag.keyStop;
    } else if (field === FIELD_2) {
      tag.valueStop = reader.payloadEnd();
      tag.valueStart = reader.position;
      reader.position = tag.valueStop;
    } else reader.skip(field);
  }
  reader.leave(outer);
}
