import type { ProtobufReader } from '../protobuf/reader.ts';
import type { ProtobufWriter } from '../protobuf/writer.ts';
import type { PlainTag } from './copy-plain-tag.ts';
import { mayBeSpecial } from './special-tags.ts';

/** The first byte of a varint of two bytes or more has this bit. */
const MORE = 0x80;
const KEY = 0x0a;
const V_TYPE = 0x10;
/** Type and header of the value, little-endian. */
const STRING = 0x1a_00_10;
/** Without a type. */
const UNTYPED_STRING = 0x1a_00_00;
const BOOL = 0x20_01_10;
const INT64 = 0x28_02_10;
const FLOAT64 = 0x31_03_10;
const DOUBLE_FIELD = 4;
const BOOL_FIELD = 2;
const DOUBLE_SIZE = 9;
const BOOL_SIZE = 2;

/**
 * Copies the KeyValue whose length the reader stands before as an attribute, when it looks as nearly
 * all do: key, type and a value of that type, in this order, lengths of a byte, and a key that OTLP
 * has no field for. False, with nothing read or written, for every other one, right or wrong.
 */
export function copyProtoTag(
  reader: ProtobufReader,
  writer: ProtobufWriter,
  field: number,
  tag: PlainTag,
): boolean {
  const { buffer, position } = reader;
  const size = buffer[position] ?? MORE;
  const stop = position + 1 + size;
  const keySize = buffer[position + 2] ?? MORE;
  const keyStart = position + 3;
  const keyStop = keyStart + keySize;
  if (size >= MORE || stop > reader.limit || buffer[position + 1] !== KEY) return false;
  if (keySize >= MORE || keyStop + 2 > stop || mayBeSpecial(keySize, buffer[keyStart]))
    return false;
  tag.keyStart = keyStart;
  tag.keyStop = keyStop;
  if (!copyValue(reader, writer, field, tag)) {
    reader.position = position;
    return false;
  }
  reader.position = stop;
  return true;
}

function copyValue(
  reader: ProtobufReader,
  writer: ProtobufWriter,
  field: number,
  tag: PlainTag,
): boolean {
  const { buffer, view, position } = reader;
  const { keyStop } = tag;
  const stop = position + 1 + (buffer[position] ?? 0);
  // A type of 0, a string, is left out by most.
  const isTyped = buffer[keyStop] === V_TYPE;
  const headAt = isTyped ? keyStop : keyStop - 2;
  if (headAt + 4 > stop) return false;
  const word = view.getUint32(headAt, true);
  const at = headAt + 3;
  switch (word & (isTyped ? 0xff_ff_ff : 0xff_00_00)) {
    case STRING:
    case UNTYPED_STRING:
      if (word >>> 24 !== stop - at - 1) return false;
      tag.valueStart = at + 1;
      tag.valueStop = stop;
      writer.textPair(field, view, tag);
      break;
    case BOOL:
      if (at + 1 !== stop || word >>> 24 > 1) return false;
      writer.pairKey(field, view, tag, BOOL_SIZE);
      writer.bool(BOOL_FIELD, word >>> 24 === 1);
      break;
    case FLOAT64:
      if (at + 8 !== stop) return false;
      writer.pairKey(field, view, tag, DOUBLE_SIZE);
      writer.fixed64Halves(DOUBLE_FIELD, view.getUint32(at, true), view.getUint32(at + 4, true));
      break;
    case INT64:
      reader.position = at;
      reader.int64Halves();
      if (reader.position !== stop) return false;
      writer.int64Pair(field, view, tag, reader);
      break;
    default:
      return false;
  }
  return true;
}
