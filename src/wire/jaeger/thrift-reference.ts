import { T_I32, T_I64 } from '../thrift/thrift-reader.ts';
import type { ThriftReader } from '../thrift/thrift-reader.ts';
import type { JaegerReference } from './jaeger-reference.ts';
import { fieldKey } from './thrift-tag.ts';

/** Reads an i64 into two words. */
export function readWords(reader: ThriftReader, words: Uint32Array, at: number): void {
  reader.i64();
  words[at] = reader.high;
  words[at + 1] = reader.low;
}

const REF_TYPE = fieldKey(1, T_I32);
const TRACE_ID_LOW = fieldKey(2, T_I64);
const TRACE_ID_HIGH = fieldKey(3, T_I64);
const SPAN_ID = fieldKey(4, T_I64);
/** Field ids 1–4: a bit each. */
const REQUIRED = 0b1_1110;

/** SpanRef{1 refType, 2 traceIdLow, 3 traceIdHigh, 4 spanId}, all required. */
export function readReference(reader: ThriftReader, reference: JaegerReference): void {
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
