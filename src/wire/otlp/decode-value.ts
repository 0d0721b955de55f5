import type { Attribute, AttributeValue } from '../../model/span.ts';
import type { ProtobufReader } from '../protobuf/reader.ts';
import { WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from '../protobuf/reader.ts';

const EMPTY: AttributeValue = { type: 'empty' };

/** Reads one KeyValue field; its grammar is in `validate-value.ts`. */
export function decodeKeyValue(reader: ProtobufReader): Attribute {
  const outer = reader.enter();
  let key = '';
  let value = EMPTY;
  while (reader.hasMore()) {
    const tag = reader.tag();
    switch (tag >>> 3) {
      case 1:
        reader.expect(tag, WIRE_LENGTH);
        key = reader.string();
        break;
      case 2:
        reader.expect(tag, WIRE_LENGTH);
        value = decodeAnyValue(reader);
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outer);
  return { key, value };
}

function decodeAnyValue(reader: ProtobufReader): AttributeValue {
  const outer = reader.enter();
  let value = EMPTY;
  while (reader.hasMore()) value = decodeValueField(reader, value);
  reader.leave(outer);
  return value;
}

/** The value of one field; `before` when the field is not one of AnyValue. */
function decodeValueField(reader: ProtobufReader, before: AttributeValue): AttributeValue {
  const tag = reader.tag();
  switch (tag >>> 3) {
    case 1:
      reader.expect(tag, WIRE_LENGTH);
      return { type: 'string', value: reader.string() };
    case 2:
      reader.expect(tag, WIRE_VARINT);
      return { type: 'bool', value: reader.int64() !== 0n };
    case 3:
      reader.expect(tag, WIRE_VARINT);
      return { type: 'int', value: reader.int64() };
    case 4:
      reader.expect(tag, WIRE_FIXED64);
      return { type: 'double', value: reader.double() };
    case 5:
      reader.expect(tag, WIRE_LENGTH);
      return { type: 'array', values: decodeList(reader, decodeAnyValue) };
    case 6:
      reader.expect(tag, WIRE_LENGTH);
      return { type: 'map', entries: decodeList(reader, decodeKeyValue) };
    case 7:
      reader.expect(tag, WIRE_LENGTH);
      return { type: 'bytes', value: reader.bytes() };
    default:
      reader.skip(tag);
      return before;
  }
}

function decodeList<T>(reader: ProtobufReader, decodeItem: (reader: ProtobufReader) => T): T[] {
  const outer = reader.enter();
  const items: T[] = [];
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag >>> 3 === 1) {
      reader.expect(tag, WIRE_LENGTH);
      items.push(decodeItem(reader));
    } else {
      reader.skip(tag);
    }
  }
  reader.leave(outer);
  return items;
}
