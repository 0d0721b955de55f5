import type { ProtobufReader } from '../protobuf/reader.ts';
import { NONE } from './trace-fields.ts';
import type { FieldTypes } from './trace-fields.ts';
import { validateKeyValue } from './validate-value.ts';

/**
 * Steps over a field whose tag has been read.
 * @throws WireError when its message knows the field with another wire type
 */
export function skipField(reader: ProtobufReader, tag: number, fields: FieldTypes): void {
  const type = fields[tag >>> 3] ?? NONE;
  if (type !== NONE) reader.expect(tag, type);
  reader.skip(tag);
}

/** Walks what is left of a message whose only nested fields are attributes. */
export function skipAttributes(
  reader: ProtobufReader,
  attributeTag: number,
  fields: FieldTypes,
): void {
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === attributeTag) validateKeyValue(reader);
    else skipField(reader, tag, fields);
  }
}
