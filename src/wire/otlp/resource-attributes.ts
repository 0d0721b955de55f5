import type { Attribute } from '../../model/span.ts';
import { ProtobufReader } from '../protobuf/reader.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { decodeKeyValue } from './decode-value.ts';
import { encodeKeyValue } from './encode-value.ts';

const ATTRIBUTES = 1;

/** The attributes of the bytes of one Resource message. */
export function resourceAttributes(resource: Uint8Array): Attribute[] {
  const reader = new ProtobufReader(resource);
  const attributes: Attribute[] = [];
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag >>> 3 === ATTRIBUTES) attributes.push(decodeKeyValue(reader));
    else reader.skip(tag);
  }
  return attributes;
}

/** The same Resource message with every attribute of that key replaced by one. */
export function setResourceAttribute(resource: Uint8Array, attribute: Attribute): Uint8Array {
  const reader = new ProtobufReader(resource);
  const writer = new ProtobufWriter(resource.length + attribute.key.length + 64);
  encodeKeyValue(writer, ATTRIBUTES, attribute);
  while (reader.hasMore()) {
    const start = reader.position;
    const tag = reader.tag();
    const same = tag >>> 3 === ATTRIBUTES && decodeKeyValue(reader).key === attribute.key;
    if (tag >>> 3 !== ATTRIBUTES) reader.skip(tag);
    if (!same) writer.raw(resource.subarray(start, reader.position));
  }
  return writer.finish();
}
