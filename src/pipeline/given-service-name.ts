import { decodeKeyValue } from '../wire/otlp/decode-value.ts';
import { SERVICE_NAME, findStringValue } from '../wire/otlp/string-attribute.ts';
import { ProtobufReader, WIRE_LENGTH } from '../wire/protobuf/reader.ts';

/** The names Jaeger gives to services that have none. */
const MISSING_SERVICE_NAME = 'missing-service-name';
const EMPTY_SERVICE_NAME = 'empty-service-name';
const SERVICE_NAME_WRONG_TYPE = 'service-name-wrong-type';

const ATTRIBUTE = (1 << 3) | WIRE_LENGTH;

/** What the service of a Resource message, one in which the scan found no name, is called. */
export function givenServiceName(resource: Uint8Array): string {
  const reader = new ProtobufReader(resource);
  while (reader.hasMore()) {
    const tag = reader.tag();
    const start = reader.position;
    reader.skip(tag);
    if (tag !== ATTRIBUTE) continue;
    const { key } = findStringValue(new ProtobufReader(resource, start, reader.position));
    if (key !== SERVICE_NAME) continue;
    const { value } = decodeKeyValue(new ProtobufReader(resource, start, reader.position));
    return value.type === 'string' ? EMPTY_SERVICE_NAME : SERVICE_NAME_WRONG_TYPE;
  }
  return MISSING_SERVICE_NAME;
}
