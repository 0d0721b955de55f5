import type { Attribute } from '../../model/span.ts';
import { ProtobufReader } from '../protobuf/reader.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { encodeKeyValue } from './encode-value.ts';
import { findStringValue } from './string-attribute.ts';

const ATTRIBUTES = 1;

/**
 * Calls `onKey` with the keys of the attributes of a valid Resource message, which is what the reader is
 * at. One reader will do for many messages.
 */
export function eachResourceKey(reader: ProtobufReader, onKey: (key: string) => void): void {
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag >>> 3 === ATTRIBUTES) onKey(skipAttribute(reader));
    else reader.skip(tag);
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
