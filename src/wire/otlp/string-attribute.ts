import { ProtobufReader, WIRE_LENGTH } from '../protobuf/reader.ts';

/** KeyValue { 1 key, 2 value }, AnyValue { 1 string_value, … 7 bytes_value }: a oneof, the last counts. */
const FIELD_1 = (1 << 3) | WIRE_LENGTH;
const FIELD_2 = (2 << 3) | WIRE_LENGTH;
export const SERVICE_NAME = 'service.name';
const ANY_VALUE_FIELD_MAX = 7;

export interface FoundString {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/** Key of a valid KeyValue and where its string value is; start = end when it is not a string. */
export function findStringValue(reader: ProtobufReader): FoundString {
  reader.enter();
  let key = '';
  let value = { start: 0, end: 0 };
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === FIELD_1) key = reader.string();
    else if (tag === FIELD_2) value = stringRange(reader);
    else reader.skip(tag);
  }
  return { key, ...value };
}

/**
 * Where the text of service.name is in the valid Resource message in [start, end); start = end when
 * there is none, or what the first of that key holds is no text.
 */
export function findServiceName(
  otlp: Uint8Array,
  start: number,
  end: number,
): { start: number; end: number } {
  const reader = new ProtobufReader(otlp, start, end);
  while (reader.hasMore()) {
    const tag = reader.tag();
    const at = reader.position;
    reader.skip(tag);
    if (tag !== FIELD_1) continue;
    const found = findStringValue(new ProtobufReader(otlp, at, reader.position));
    if (found.key === SERVICE_NAME) return found;
  }
  return { start: 0, end: 0 };
}

function stringRange(reader: ProtobufReader): { start: number; end: number } {
  const outer = reader.enter();
  let range = { start: 0, end: 0 };
  while (reader.hasMore()) {
    const tag = reader.tag();
    const start = reader.position;
    reader.skip(tag);
    if (tag === FIELD_1) range = payloadRange(reader, start);
    else if (tag >>> 3 <= ANY_VALUE_FIELD_MAX) range = { start: 0, end: 0 };
  }
  reader.leave(outer);
  return range;
}

/** The payload of a field with a length that starts at `start` and has just been skipped. */
function payloadRange(reader: ProtobufReader, start: number): { start: number; end: number } {
  const end = reader.position;
  reader.position = start;
  reader.payloadEnd();
  const range = { start: reader.position, end };
  reader.position = end;
  return range;
}
