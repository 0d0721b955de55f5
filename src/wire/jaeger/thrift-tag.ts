import type { Buffer } from 'node:buffer';
import type { ProtobufWriter } from '../protobuf/writer.ts';
import { T_BOOL, T_DOUBLE, T_I32, T_I64, T_STRING } from '../thrift/thrift-reader.ts';
import type { ThriftReader } from '../thrift/thrift-reader.ts';

/** jaeger.thrift TagType. Its order differs from that of the protobuf model. */
export const TAG_STRING = 0;
export const TAG_DOUBLE = 1;
export const TAG_BOOL = 2;
export const TAG_LONG = 3;
export const TAG_BINARY = 4;

/** One Tag as ranges and halves of the bytes it was read from; one record is reused for all. */
export interface ThriftTag {
  keyStart: number;
  keyEnd: number;
  type: number;
  textStart: number;
  textEnd: number;
  bool: boolean;
  doubleLow: number;
  doubleHigh: number;
  longLow: number;
  longHigh: number;
  binaryStart: number;
  binaryEnd: number;
}

export function createTag(): ThriftTag {
  return {
    keyStart: 0,
    keyEnd: 0,
    type: 0,
    textStart: 0,
    textEnd: 0,
    bool: false,
    doubleLow: 0,
    doubleHigh: 0,
    longLow: 0,
    longHigh: 0,
    binaryStart: 0,
    binaryEnd: 0,
  };
}

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
export function readTag(reader: ThriftReader, tag: ThriftTag): void {
  tag.keyStart = -1;
  tag.type = -1;
  tag.textStart = tag.textEnd = tag.binaryStart = tag.binaryEnd = 0;
  tag.doubleLow = tag.doubleHigh = tag.longLow = tag.longHigh = 0;
  tag.bool = false;
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

/** OTLP KeyValue{1 key, 2 value}, AnyValue{1 string, 2 bool, 3 int, 4 double, 7 bytes}. */
export function writeAttribute(
  writer: ProtobufWriter,
  field: number,
  source: Buffer,
  tag: ThriftTag,
): void {
  const attribute = writer.beginMessage(field);
  writer.range(1, source, tag.keyStart, tag.keyEnd);
  const value = writer.beginMessage(2);
  switch (tag.type) {
    case TAG_STRING:
      writer.range(1, source, tag.textStart, tag.textEnd);
      break;
    case TAG_DOUBLE:
      writer.fixed64Halves(4, tag.doubleLow, tag.doubleHigh);
      break;
    case TAG_BOOL:
      writer.bool(2, tag.bool);
      break;
    case TAG_LONG:
      writer.int64Halves(3, tag.longLow, tag.longHigh);
      break;
    case TAG_BINARY:
      writer.range(7, source, tag.binaryStart, tag.binaryEnd);
      break;
    default:
      writer.string(1, `<Unknown Jaeger TagType ${tag.type}>`);
  }
  writer.endMessage(value);
  writer.endMessage(attribute);
}
