import { Buffer } from 'node:buffer';
import { attributeText } from '../../../model/attribute-text.ts';
import type { AttributeValue } from '../../../model/span.ts';
import { decodeKeyValue } from '../../../wire/otlp/decode-value.ts';
import { ProtobufReader } from '../../../wire/protobuf/reader.ts';
import { ProtobufWriter } from '../../../wire/protobuf/writer.ts';
import { BOOL, BYTES, DOUBLE, INT, STRING } from './block-format.ts';

/** Writes the AnyValue of a column's value as field 2 of a KeyValue. */
export function writeValue(writer: ProtobufWriter, type: number, value: Buffer): void {
  const field = writer.beginMessage(2);
  switch (type) {
    case STRING:
    case BYTES:
      writer.bytes(type, value);
      break;
    case BOOL:
    case INT:
      writer.raw(Buffer.of(type << 3));
      writer.raw(value);
      break;
    case DOUBLE:
      writer.raw(Buffer.of((DOUBLE << 3) | 1));
      writer.raw(value);
      break;
    default:
      writer.raw(value);
  }
  writer.endMessage(field);
}

/** What searches compare: the text of a value of a column. */
export function valueText(type: number, value: Buffer): string {
  return type === STRING ? value.toString('utf8') : attributeText(valueOf(type, value));
}

/** A value of a column as OTLP has it. */
export function valueOf(type: number, value: Buffer): AttributeValue {
  if (type === STRING) return { type: 'string', value: value.toString('utf8') };
  const writer = new ProtobufWriter(value.length + 32);
  const message = writer.beginMessage(1);
  writeValue(writer, type, value);
  writer.endMessage(message);
  const reader = new ProtobufReader(writer.finish());
  reader.tag();
  return decodeKeyValue(reader).value;
}
