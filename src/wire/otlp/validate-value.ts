import type { ProtobufReader } from '../protobuf/reader.ts';
import { WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from '../protobuf/reader.ts';

/*
 * KeyValue { 1 key string, 2 value AnyValue }
 * AnyValue { 1 string, 2 bool, 3 int64, 4 double, 5 ArrayValue, 6 KeyValueList, 7 bytes }
 * ArrayValue { 1 values repeated AnyValue }   KeyValueList { 1 values repeated KeyValue }
 */
const LENGTH_1 = (1 << 3) | WIRE_LENGTH;
const LENGTH_2 = (2 << 3) | WIRE_LENGTH;
const BOOL_2 = (2 << 3) | WIRE_VARINT;
const INT_3 = (3 << 3) | WIRE_VARINT;
const DOUBLE_4 = (4 << 3) | WIRE_FIXED64;
const ARRAY_5 = (5 << 3) | WIRE_LENGTH;
const MAP_6 = (6 << 3) | WIRE_LENGTH;
const BYTES_7 = (7 << 3) | WIRE_LENGTH;

/** Walks one KeyValue field, so that whoever decodes it later cannot fail. */
export function validateKeyValue(reader: ProtobufReader): void {
  const outer = reader.enter();
  while (reader.position < reader.limit) {
    const tag = reader.tag();
    if (tag === LENGTH_2) {
      validateAnyValue(reader);
    } else {
      if (tag >>> 3 <= 2) reader.expect(tag, WIRE_LENGTH);
      reader.skip(tag);
    }
  }
  reader.leave(outer);
}

function validateAnyValue(reader: ProtobufReader): void {
  const outer = reader.enter();
  while (reader.position < reader.limit) {
    const tag = reader.tag();
    switch (tag) {
      case LENGTH_1:
      case BOOL_2:
      case INT_3:
      case DOUBLE_4:
      case BYTES_7:
        reader.skip(tag);
        break;
      case ARRAY_5:
      case MAP_6:
        validateList(reader, tag === MAP_6);
        break;
      default:
        if (tag >>> 3 <= 7) throw reader.bad(`wire type ${tag & 7} in a value`);
        reader.skip(tag);
    }
  }
  reader.leave(outer);
}

function validateList(reader: ProtobufReader, ofKeyValues: boolean): void {
  const outer = reader.enter();
  while (reader.position < reader.limit) {
    const tag = reader.tag();
    if (tag === LENGTH_1) {
      if (ofKeyValues) validateKeyValue(reader);
      else validateAnyValue(reader);
    } else {
      if (tag >>> 3 === 1) reader.expect(tag, WIRE_LENGTH);
      reader.skip(tag);
    }
  }
  reader.leave(outer);
}
