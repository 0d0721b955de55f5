import { T_BOOL, T_DOUBLE, T_I32, T_I64, T_STRING } from '../thrift/thrift-reader.ts';
import type { ThriftReader } from '../thrift/thrift-reader.ts';
import { clearTag } from './jaeger-tag.ts';
import type { JaegerTag } from './jaeger-tag.ts';

/** A field as `id << 8 | type`: one of another type is skipped, as generated thrift code does. */
export function fieldKey(id: number, type: number): number {
  return (id << 8) | type;
}

const KEY = fieldKey(1, T_STRING);
const V_TYPE = fieldKey(2, T_I32);
const V_STR = fieldKey(3, T_STRING);
const V_DOUBLE = fieldKey(4, T_DOUBLE);
const V_BOOL = fieldKey(5, T_BOOL);
const V_LONG = fieldKey(6, T_I64);
const V_BINARY = fieldKey(7, T_STRING);

/** Tag{1 key, 2 vType, 3 vStr, 4 vDouble, 5 vBool, 6 vLong, 7 vBinary}; key and vType required. */
export function readTag(reader: ThriftReader, tag: JaegerTag): void {
  clearTag(tag);
  tag.keyStart = -1;
  tag.type = -1;
  reader.enterStruct();
  while (reader.nextField()) {
    switch (fieldKey(reader.fieldId, reader.fieldType)) {
      case KEY:
        reader.bytes();
        tag.keyStart = reader.start;
        tag.keyEnd = reader.stop;
        break;
      case V_TYPE:
        tag.type = reader.i32();
        break;
      case V_STR:
        reader.bytes();
        tag.textStart = reader.start;
        tag.textEnd = reader.stop;
        break;
      case V_DOUBLE:
        reader.double();
        tag.doubleLow = reader.low;
        tag.doubleHigh = reader.high;
        break;
      case V_BOOL:
        tag.bool = reader.bool();
        break;
      case V_LONG:
        reader.i64();
        tag.longLow = reader.low;
        tag.longHigh = reader.high;
        break;
      case V_BINARY:
        reader.bytes();
        tag.binaryStart = reader.start;
        tag.binaryEnd = reader.stop;
        break;
      default:
        reader.skip(reader.fieldType);
    }
  }
  if (tag.keyStart < 0 || tag.type < 0) throw reader.bad('a Tag without key or vType ends');
}
