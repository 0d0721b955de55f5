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
  const end = reader.hasDepth(PLAIN_LEVELS)
    ? endOfPlainKeyValue(reader.buffer, reader.position, reader.limit)
    : NOT_PLAIN;
  if (end !== NOT_PLAIN) reader.position = end;
  else validateAnyKeyValue(reader);
}

/** Where no plain field ends. */
const NOT_PLAIN = -1;
/** The KeyValue and the AnyValue in it. */
const PLAIN_LEVELS = 2;
/** The first byte of a varint of two bytes or more has this bit. */
const MORE = 0x80;
/** The varint of a key's length, the value's tag and its length, all of one byte. */
const PLAIN_HEADER_BYTES = 3;

/**
 * Where a KeyValue ends that looks as nearly all do: a key and a scalar value, each shorter than
 * 128 bytes. NOT_PLAIN for every other, right or wrong. Half of the time of a scan is saved so.
 */
function endOfPlainKeyValue(bytes: Uint8Array, start: number, limit: number): number {
  const size = start < limit ? (bytes[start] ?? 0) : MORE;
  const end = start + 1 + size;
  if (size >= MORE || size <= PLAIN_HEADER_BYTES || end > limit) return NOT_PLAIN;
  const keySize = bytes[start + 2] ?? 0;
  const valueAt = start + 3 + keySize;
  if (bytes[start + 1] !== LENGTH_1 || keySize >= MORE || valueAt + 2 > end) return NOT_PLAIN;
  if (bytes[valueAt] !== LENGTH_2 || valueAt + 2 + (bytes[valueAt + 1] ?? 0) !== end) {
    return NOT_PLAIN;
  }
  return isPlainValue(bytes, valueAt + 2, end) ? end : NOT_PLAIN;
}

/** Whether exactly one scalar field fills [start, end). */
function isPlainValue(bytes: Uint8Array, start: number, end: number): boolean {
  if (start + 2 > end) return false;
  switch (bytes[start] ?? 0) {
    case LENGTH_1:
    case BYTES_7:
      return start + 2 + (bytes[start + 1] ?? 0) === end;
    case BOOL_2:
    case INT_3: {
      // Ten bytes may hold more than 64 bits: that is not for here to judge.
      if (end - start > 10 || (bytes[end - 1] ?? 0) >= MORE) return false;
      for (let at = start + 1; at < end - 1; at += 1) if ((bytes[at] ?? 0) < MORE) return false;
      return true;
    }
    case DOUBLE_4:
      return start + 9 === end;
    default:
      return false;
  }
}

function validateAnyKeyValue(reader: ProtobufReader): void {
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
