import { readMicros } from '../jaeger/micros.ts';
import { fieldKey } from '../jaeger/thrift-tag.ts';
import type { ProtobufWriter } from '../protobuf/writer.ts';
import { BinaryThriftReader } from '../thrift/binary-reader.ts';
import {
  T_BOOL,
  T_I16,
  T_I32,
  T_I64,
  T_LIST,
  T_STRING,
  T_STRUCT,
} from '../thrift/thrift-reader.ts';
import type { ThriftReader } from '../thrift/thrift-reader.ts';
import { addressText, clearEndpoint, createEndpoint } from './endpoint.ts';
import type { ZipkinEndpoint } from './endpoint.ts';
import { ZipkinSpanWriter } from './span-writer.ts';
import type { TagRange } from './tag-status.ts';
import { V1Annotations } from './v1-annotations.ts';

/*
 * Span { 1 i64 trace_id, 3 string name, 4 i64 id, 5 i64 parent_id, 6 list<Annotation> annotations,
 *   8 list<BinaryAnnotation> binary_annotations, 9 bool debug, 10 i64 timestamp µs,
 *   11 i64 duration µs, 12 i64 trace_id_high }
 * Annotation { 1 i64 timestamp µs, 2 string value, 3 Endpoint host }
 * BinaryAnnotation { 1 string key, 2 binary value, 3 AnnotationType, 4 Endpoint host }
 * Endpoint { 1 i32 ipv4, 2 i16 port, 3 string service_name, 4 binary ipv6 }
 * https://github.com/openzipkin/zipkin-api/blob/1.0.0/thrift/zipkinCore.thrift
 */
const TRACE_ID = fieldKey(1, T_I64);
const NAME = fieldKey(3, T_STRING);
const ID = fieldKey(4, T_I64);
const PARENT_ID = fieldKey(5, T_I64);
const ANNOTATIONS = fieldKey(6, T_LIST);
const BINARY_ANNOTATIONS = fieldKey(8, T_LIST);
const DEBUG = fieldKey(9, T_BOOL);
const TIMESTAMP = fieldKey(10, T_I64);
const DURATION = fieldKey(11, T_I64);
const TRACE_ID_HIGH = fieldKey(12, T_I64);

const FIELD_I32_1 = fieldKey(1, T_I32);
const FIELD_I64_1 = fieldKey(1, T_I64);
const FIELD_STRING_1 = fieldKey(1, T_STRING);
const FIELD_I16_2 = fieldKey(2, T_I16);
const FIELD_STRING_2 = fieldKey(2, T_STRING);
const FIELD_I32_3 = fieldKey(3, T_I32);
const FIELD_STRING_3 = fieldKey(3, T_STRING);
const FIELD_STRUCT_3 = fieldKey(3, T_STRUCT);
const FIELD_STRING_4 = fieldKey(4, T_STRING);
const FIELD_STRUCT_4 = fieldKey(4, T_STRUCT);

/**
 * OTLP TracesData bytes of a list of Zipkin v1 spans in thrift's binary protocol, without an
 * envelope: the body of POST /api/v1/spans.
 */
export function zipkinThriftToOtlp(bytes: Uint8Array, scratch?: ProtobufWriter): Uint8Array {
  const reader = new BinaryThriftReader(bytes);
  const otlp = zipkinSpansToOtlp(reader, scratch);
  if (reader.position < bytes.length) throw reader.bad('more bytes than the list of spans');
  return otlp;
}

/**
 * The same for a reader of either protocol that stands before a list of spans, such as the one
 * argument of Agent.emitZipkinBatch(1: list<zipkincore.Span> spans). Leaves it behind the list.
 */
export function zipkinSpansToOtlp(reader: ThriftReader, scratch?: ProtobufWriter): Uint8Array {
  const conversion: Conversion = {
    reader,
    spans: new ZipkinSpanWriter(reader.buffer, scratch),
    annotations: new V1Annotations(),
    host: createEndpoint(),
    tag: { keyStart: 0, keyStop: 0, valueStart: 0, valueStop: 0 },
  };
  const count = reader.list();
  if (count > 0 && reader.elementType !== T_STRUCT) throw reader.bad('a list of no spans');
  for (let left = count; left > 0; left -= 1) readSpan(conversion);
  reader.leave();
  return conversion.spans.finish();
}

/** What is reused for all spans of a list. */
interface Conversion {
  readonly reader: ThriftReader;
  readonly spans: ZipkinSpanWriter;
  readonly annotations: V1Annotations;
  readonly host: ZipkinEndpoint;
  readonly tag: TagRange;
}

function readSpan(conversion: Conversion): void {
  const { reader, spans, annotations } = conversion;
  spans.begin();
  annotations.begin();
  reader.enterStruct();
  while (reader.nextField()) {
    const key = fieldKey(reader.fieldId, reader.fieldType);
    switch (key) {
      case NAME:
        reader.bytes();
        spans.nameStart = reader.start;
        spans.nameStop = reader.stop;
        break;
      case ANNOTATIONS:
        readList(conversion, readAnnotation);
        break;
      case BINARY_ANNOTATIONS:
        readList(conversion, readBinaryAnnotation);
        break;
      case DEBUG:
        spans.debug = reader.bool();
        break;
      case TIMESTAMP:
        spans.startMicros = readMicros(reader);
        break;
      case DURATION:
        spans.durationMicros = readMicros(reader);
        spans.hasDuration = true;
        break;
      default:
        readIds(conversion, key);
    }
  }
  annotations.finish(spans);
}

function readIds({ reader, spans }: Conversion, key: number): void {
  switch (key) {
    case TRACE_ID:
      readWords(reader, spans.traceId, 2);
      break;
    case TRACE_ID_HIGH:
      readWords(reader, spans.traceId, 0);
      break;
    case ID:
      readWords(reader, spans.id, 0);
      break;
    case PARENT_ID:
      readWords(reader, spans.parentId, 0);
      spans.hasParent = true;
      break;
    default:
      reader.skip(reader.fieldType);
  }
}

function readWords(reader: ThriftReader, words: Uint32Array, at: number): void {
  reader.i64();
  words[at] = reader.high;
  words[at + 1] = reader.low;
}

function readList(conversion: Conversion, readElement: (conversion: Conversion) => void): void {
  const { reader } = conversion;
  const count = reader.list();
  if (count > 0 && reader.elementType !== T_STRUCT) throw reader.bad('a list of no structs');
  for (let left = count; left > 0; left -= 1) readElement(conversion);
  reader.leave();
}

function readAnnotation({ reader, spans, annotations, host }: Conversion): void {
  let micros = 0;
  let start = 0;
  let stop = 0;
  clearEndpoint(host);
  reader.enterStruct();
  while (reader.nextField()) {
    switch (fieldKey(reader.fieldId, reader.fieldType)) {
      case FIELD_I64_1:
        micros = readMicros(reader);
        break;
      case FIELD_STRING_2:
        reader.bytes();
        ({ start, stop } = reader);
        break;
      case FIELD_STRUCT_3:
        readEndpoint(reader, host);
        break;
      default:
        reader.skip(reader.fieldType);
    }
  }
  annotations.annotation(spans, { micros, start, stop }, host);
}

function readBinaryAnnotation({ reader, spans, annotations, host, tag }: Conversion): void {
  let type = STRING;
  tag.keyStart = tag.keyStop = tag.valueStart = tag.valueStop = 0;
  clearEndpoint(host);
  reader.enterStruct();
  while (reader.nextField()) {
    switch (fieldKey(reader.fieldId, reader.fieldType)) {
      case FIELD_STRING_1:
        reader.bytes();
        tag.keyStart = reader.start;
        tag.keyStop = reader.stop;
        break;
      case FIELD_STRING_2:
        reader.bytes();
        tag.valueStart = reader.start;
        tag.valueStop = reader.stop;
        break;
      case FIELD_I32_3:
        type = reader.i32();
        break;
      case FIELD_STRUCT_4:
        readEndpoint(reader, host);
        break;
      default:
        reader.skip(reader.fieldType);
    }
  }
  const key = { start: tag.keyStart, stop: tag.keyStop };
  if (annotations.address(spans, key, host)) return;
  if (annotations.tagHost(spans, key, host)) spans.textTag('component', tag);
  else writeTag(spans, tag, type);
}

/** AnnotationType. */
const BOOL = 0;
const BYTES = 1;
const I16 = 2;
const I32 = 3;
const I64 = 4;
const DOUBLE = 5;
const STRING = 6;
/** Bytes of a number of each type; they are big-endian. */
const SIZES: ReadonlyMap<number, number> = new Map([
  [I16, 2],
  [I32, 4],
  [I64, 8],
  [DOUBLE, 8],
]);

/** Typed tags keep their type; a number of a wrong size is kept as the bytes it came as. */
function writeTag(spans: ZipkinSpanWriter, tag: TagRange, type: number): void {
  const { text } = spans;
  const { valueStart, valueStop } = tag;
  const size = SIZES.get(type);
  if (type === STRING) {
    spans.tagOfV1(tag);
  } else if (type === BOOL) {
    spans.boolTag(tag, valueStop - valueStart === 1 && text[valueStart] === 1);
  } else if (type === BYTES || size !== valueStop - valueStart) {
    spans.bytesTag(tag);
  } else if (type === DOUBLE) {
    spans.doubleTag(tag, text.readDoubleBE(valueStart));
  } else {
    const low = size === 2 ? text.readInt16BE(valueStart) : text.readInt32BE(valueStop - 4);
    const high = size === 8 ? text.readInt32BE(valueStart) : low >> 31;
    spans.intTag(tag, low >>> 0, high >>> 0);
  }
}

function readEndpoint(reader: ThriftReader, endpoint: ZipkinEndpoint): void {
  clearEndpoint(endpoint);
  let ipv6 = '';
  reader.enterStruct();
  while (reader.nextField()) {
    switch (fieldKey(reader.fieldId, reader.fieldType)) {
      case FIELD_I32_1: {
        const ipv4 = reader.i32();
        if (ipv4 !== 0) endpoint.address = quad(ipv4);
        break;
      }
      case FIELD_I16_2:
        endpoint.port = reader.i16() & 0xffff;
        break;
      case FIELD_STRING_3:
        reader.bytes();
        endpoint.nameStart = reader.start;
        endpoint.nameStop = reader.stop;
        break;
      case FIELD_STRING_4:
        reader.bytes();
        ipv6 = addressText(reader.buffer, reader.start, reader.stop);
        break;
      default:
        reader.skip(reader.fieldType);
    }
  }
  if (ipv6 !== '') endpoint.address = ipv6;
}

function quad(ipv4: number): string {
  return `${ipv4 >>> 24}.${(ipv4 >>> 16) & 255}.${(ipv4 >>> 8) & 255}.${ipv4 & 255}`;
}
