import type { ProtobufWriter } from '../protobuf/writer.ts';
import { T_I32, T_I64 } from '../thrift/thrift-reader.ts';
import type { ThriftReader } from '../thrift/thrift-reader.ts';
import { fieldKey } from './thrift-tag.ts';

/** jaeger.thrift SpanRefType. */
export const REF_CHILD_OF = 0;
export const REF_FOLLOWS_FROM = 1;

/** One SpanRef; the record is reused. Ids are big-endian words. */
export interface ThriftReference {
  type: number;
  readonly traceId: Uint32Array;
  readonly spanId: Uint32Array;
}

export function createReference(): ThriftReference {
  return { type: 0, traceId: new Uint32Array(4), spanId: new Uint32Array(2) };
}

/** Reads an i64 into two words. */
export function readWords(reader: ThriftReader, words: Uint32Array, at: number): void {
  reader.i64();
  words[at] = reader.high;
  words[at + 1] = reader.low;
}

export function sameWords(one: Uint32Array, other: Uint32Array): boolean {
  return one.every((word, index) => word === other[index]);
}

const REF_TYPE = fieldKey(1, T_I32);
const TRACE_ID_LOW = fieldKey(2, T_I64);
const TRACE_ID_HIGH = fieldKey(3, T_I64);
const SPAN_ID = fieldKey(4, T_I64);
/** Field ids 1–4: a bit each. */
const REQUIRED = 0b1_1110;

/** SpanRef{1 refType, 2 traceIdLow, 3 traceIdHigh, 4 spanId}, all required. */
export function readReference(reader: ThriftReader, reference: ThriftReference): void {
  let seen = 0;
  reader.enterStruct();
  while (reader.nextField()) {
    const id = reader.fieldId;
    switch (fieldKey(id, reader.fieldType)) {
      case REF_TYPE:
        reference.type = reader.i32();
        break;
      case TRACE_ID_LOW:
        readWords(reader, reference.traceId, 2);
        break;
      case TRACE_ID_HIGH:
        readWords(reader, reference.traceId, 0);
        break;
      case SPAN_ID:
        readWords(reader, reference.spanId, 0);
        break;
      default:
        reader.skip(reader.fieldType);
        continue;
    }
    seen |= 1 << id;
  }
  if ((seen & REQUIRED) !== REQUIRED) throw reader.bad('an incomplete SpanRef ends');
}

/** OTLP Link{1 trace_id, 2 span_id, 4 attributes}; the attribute keeps the reference's type. */
export function writeLink(writer: ProtobufWriter, field: number, reference: ThriftReference): void {
  const link = writer.beginMessage(field);
  writer.words(1, reference.traceId);
  writer.words(2, reference.spanId);
  const attribute = writer.beginMessage(4);
  writer.string(1, 'opentracing.ref_type');
  const value = writer.beginMessage(2);
  writer.string(1, reference.type === REF_CHILD_OF ? 'child_of' : 'follows_from');
  writer.endMessage(value);
  writer.endMessage(attribute);
  writer.endMessage(link);
}
