import type { Attribute } from '../../model/span.ts';
import { ProtobufReader, WIRE_LENGTH } from '../protobuf/reader.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { encodeKeyValue } from './encode-value.ts';
import { findStringValue } from './string-attribute.ts';

const ATTRIBUTES = 1;
/** Of a KeyValue. */
const KEY = (1 << 3) | WIRE_LENGTH;

/**
 * Calls `onKey` with where the keys of the attributes of a valid Resource message are, which is what the
 * reader is at. One reader will do for many messages.
 */
export function eachResourceKey(
  reader: ProtobufReader,
  onKey: (start: number, end: number) => void,
): void {
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag >>> 3 !== ATTRIBUTES) {
      reader.skip(tag);
      continue;
    }
    const outer = reader.enter();
    let start = 0;
    let end = 0;
    while (reader.hasMore()) {
      const field = reader.tag();
      if (field === KEY) {
        end = reader.payloadEnd();
        start = reader.position;
        reader.position = end;
      } else {
        reader.skip(field);
      }
    }
    reader.leave(outer);
    onKey(start, end);
  }
}

/** The field of a Resource message that is one attribute. */
export function resourceAttributeField(attribute: Attribute): Uint8Array {
  const writer = new ProtobufWriter();
  encodeKeyValue(writer, ATTRIBUTES, attribute);
  return writer.finish();
}

/** The same valid Resource message with every attribute of that key replaced by one. */
export function setResourceAttribute(resource: Uint8Array, attribute: Attribute): Uint8Array {
  const reader = new ProtobufReader(resource);
  const writer = new ProtobufWriter(resource.length + attribute.key.length + 64);
  encodeKeyValue(writer, ATTRIBUTES, attribute);
  while (reader.hasMore()) {
    const start = reader.position;
    const tag = reader.tag();
    const isSame = tag >>> 3 === ATTRIBUTES && skipAttribute(reader) === attribute.key;
    if (tag >>> 3 !== ATTRIBUTES) reader.skip(tag);
    if (!isSame) writer.raw(resource.subarray(start, reader.position));
  }
  return writer.finish();
}

/** Steps over a KeyValue and tells its key. */
function skipAttribute(reader: ProtobufReader): string {
  const { limit } = reader;
  const { key } = findStringValue(reader);
  reader.leave(limit);
  return key;
}
