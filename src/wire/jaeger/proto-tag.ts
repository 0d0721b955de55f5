import { WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from '../protobuf/reader.ts';
import type { ProtobufReader } from '../protobuf/reader.ts';
import { TAG_BINARY, TAG_BOOL, TAG_DOUBLE, TAG_LONG, TAG_STRING, clearTag } from './jaeger-tag.ts';
import type { JaegerTag } from './jaeger-tag.ts';
import { skipUnknown } from './proto-fields.ts';

const KEY = (1 << 3) | WIRE_LENGTH;
const V_TYPE = (2 << 3) | WIRE_VARINT;
const V_STR = (3 << 3) | WIRE_LENGTH;
const V_BOOL = (4 << 3) | WIRE_VARINT;
const V_INT64 = (5 << 3) | WIRE_VARINT;
const V_FLOAT64 = (6 << 3) | WIRE_FIXED64;
const V_BINARY = (7 << 3) | WIRE_LENGTH;
/** Position = api_v2 ValueType. */
export const PROTO_TAG_TYPES = [TAG_STRING, TAG_BOOL, TAG_LONG, TAG_DOUBLE, TAG_BINARY] as const;

/** KeyValue{1 key, 2 v_type, 3 v_str, 4 v_bool, 5 v_int64, 6 v_float64, 7 v_binary}. */
export function readProtoTag(reader: ProtobufReader, tag: JaegerTag): void {
  clearTag(tag);
  const outer = reader.enter();
  while (reader.hasMore()) {
    const field = reader.tag();
    switch (field) {
      case KEY:
        tag.keyEnd = reader.payloadEnd();
        tag.keyStart = reader.position;
        reader.position = tag.keyEnd;
        break;
      case V_TYPE: {
        const type = reader.varint32();
        tag.type = PROTO_TAG_TYPES[type] ?? type;
        break;
      }
      case V_STR:
        tag.textEnd = reader.payloadEnd();
        tag.textStart = reader.position;
        reader.position = tag.textEnd;
        break;
      default:
        readOtherValue(reader, tag, field);
    }
  }
  reader.leave(outer);
}

function readOtherValue(reader: ProtobufReader, tag: JaegerTag, field: number): void {
  switch (field) {
    case V_BOOL:
      reader.int64Halves();
      tag.bool = reader.low !== 0 || reader.high !== 0;
      break;
    case V_INT64:
      reader.int64Halves();
      tag.longLow = reader.low;
      tag.longHigh = reader.high;
      break;
    case V_FLOAT64:
      reader.fixed64Halves();
      tag.doubleLow = reader.low;
      tag.doubleHigh = reader.high;
      break;
    case V_BINARY:
      tag.binaryEnd = reader.payloadEnd();
      tag.binaryStart = reader.position;
      reader.position = tag.binaryEnd;
      break;
    default:
      skipUnknown(reader, field, 7);
  }
}
