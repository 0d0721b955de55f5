import { processAsJaeger, spanAsJaeger } from '../../model/as-jaeger.ts';
import type {
  LogAsJaeger,
  ProcessAsJaeger,
  ReferenceAsJaeger,
  TagAsJaeger,
} from '../../model/as-jaeger.ts';
import type { Span } from '../../model/span.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { JAEGER_FLAGS } from './jaeger-flags.ts';

const NANOS = 1_000_000_000n;

/**
 * A jaeger.api_v2.Span{1 trace_id, 2 span_id, 3 operation_name, 4 references, 5 flags, 6 start_time,
 * 7 duration, 8 tags, 9 logs, 10 process, 12 warnings}, as `jaegerProtoSpanToOtlp` reads it.
 */
export function encodeJaegerProtoSpan(span: Span): Uint8Array {
  const { references, durationNano, tags, logs } = spanAsJaeger(span);
  const writer = new ProtobufWriter();
  writer.hex(1, span.traceId);
  writer.hex(2, span.spanId);
  writeText(writer, 3, span.name);
  for (const reference of references) writeReference(writer, reference);
  const flags = span.flags & JAEGER_FLAGS;
  if (flags !== 0) writer.uint32(5, flags);
  writeTime(writer, 6, span.startTimeUnixNano);
  writeTime(writer, 7, durationNano);
  for (const tag of tags) writeTag(writer, 8, tag);
  for (const log of logs) writeLog(writer, log);
  writeProcess(writer, processAsJaeger(span.resource));
  for (const warning of span.warnings) writer.string(12, warning);
  return writer.finish();
}

function writeText(writer: ProtobufWriter, field: number, text: string): void {
  if (text !== '') writer.string(field, text);
}

/** SpanRef{1 trace_id, 2 span_id, 3 ref_type}. */
function writeReference(
  writer: ProtobufWriter,
  { type, traceId, spanId }: ReferenceAsJaeger,
): void {
  const message = writer.beginMessage(4);
  writer.hex(1, traceId);
  writer.hex(2, spanId);
  if (type === 'FOLLOWS_FROM') writer.uint32(3, 1);
  writer.endMessage(message);
}

/** Timestamp and Duration{1 seconds, 2 nanos}. */
function writeTime(writer: ProtobufWriter, field: number, nanos: bigint): void {
  const message = writer.beginMessage(field);
  if (nanos >= NANOS) writer.int64(1, nanos / NANOS);
  if (nanos % NANOS !== 0n) writer.int64(2, nanos % NANOS);
  writer.endMessage(message);
}

/** Log{1 timestamp, 2 fields}. */
function writeLog(writer: ProtobufWriter, { timeUnixNano, fields }: LogAsJaeger): void {
  const message = writer.beginMessage(9);
  writeTime(writer, 1, timeUnixNano);
  for (const field of fields) writeTag(writer, 2, field);
  writer.endMessage(message);
}

/** Process{1 service_name, 2 tags}. */
function writeProcess(writer: ProtobufWriter, { serviceName, tags }: ProcessAsJaeger): void {
  const message = writer.beginMessage(10);
  writeText(writer, 1, serviceName);
  for (const tag of tags) writeTag(writer, 2, tag);
  writer.endMessage(message);
}

/** KeyValue{1 key, 2 v_type, 3 v_str, 4 v_bool, 5 v_int64, 6 v_float64, 7 v_binary}. */
function writeTag(writer: ProtobufWriter, field: number, { key, value }: TagAsJaeger): void {
  const message = writer.beginMessage(field);
  writeText(writer, 1, key);
  switch (value.type) {
    case 'string':
      writeText(writer, 3, value.value);
      break;
    case 'bool':
      writer.uint32(2, 1);
      if (value.value) writer.bool(4, true);
      break;
    case 'int':
      writer.uint32(2, 2);
      if (value.value !== 0n) writer.int64(5, value.value);
      break;
    case 'double':
      writer.uint32(2, 3);
      if (!Object.is(value.value, 0)) writer.double(6, value.value);
      break;
    case 'bytes':
      writer.uint32(2, 4);
      if (value.value.length > 0) writer.bytes(7, value.value);
      break;
  }
  writer.endMessage(message);
}
