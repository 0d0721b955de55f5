import type { Attribute, AttributeValue } from '../../model/span.ts';
import type { ProtobufWriter } from '../protobuf/writer.ts';

/** Writes one KeyValue as field `field`; its grammar is in `validate-value.ts`. */
export function encodeKeyValue(writer: ProtobufWriter, field: number, attribute: Attribute): void {
  const start = writer.beginMessage(field);
  writer.string(1, attribute.key);
  encodeAnyValue(writer, 2, attribute.value);
  writer.endMessage(start);
}

function encodeAnyValue(writer: ProtobufWriter, field: number, value: AttributeValue): void {
  const start = writer.beginMessage(field);
  switch (value.type) {
    case 'empty':
      break;
    case 'string':
      writer.string(1, value.value);
      break;
    case 'bool':
      writer.bool(2, value.value);
      break;
    case 'int':
      writer.int64(3, value.value);
      break;
    case 'double':
      writer.double(4, value.value);
      break;
    case 'bytes':
      writer.bytes(7, value.value);
      break;
    case 'array': {
      const list = writer.beginMessage(5);
      for (const item of value.values) encodeAnyValue(writer, 1, item);
      writer.endMessage(list);
      break;
    }
    case 'map': {
      const list = writer.beginMessage(6);
      for (const entry of value.entries) encodeKeyValue(writer, 1, entry);
      writer.endMessage(list);
      break;
    }
  }
  writer.endMessage(start);
}
