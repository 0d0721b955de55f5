import { Buffer, isUtf8 } from 'node:buffer';
import { attributeText } from '../../model/attribute-text.ts';
import { ProtobufReader, WIRE_LENGTH } from '../protobuf/reader.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { decodeKeyValue } from './decode-value.ts';

/** A string field, and what stands in its place when its bytes are not UTF-8. */
interface TextField {
  readonly placeholder: string;
  /** The attribute that keeps the bytes. */
  readonly keptAs: string;
}

interface MessageShape {
  /** Field of the message's attributes; 0 when it has none and its parent's are used. */
  readonly attributes: number;
  readonly texts: ReadonlyMap<number, TextField>;
  readonly messages: ReadonlyMap<number, MessageShape>;
}

/** The names are Jaeger v2's. A trace state is dropped: half of one would mean something else. */
const named = (name: string): TextField => ({ placeholder: name, keptAs: name });
const TRACE_STATE: TextField = { placeholder: '', keptAs: 'invalid-trace-state' };
const NONE = new Map<number, never>();

const EVENT: MessageShape = {
  attributes: 3,
  texts: new Map([[2, named('invalid-event-name')]]),
  messages: NONE,
};
const LINK: MessageShape = { attributes: 4, texts: new Map([[3, TRACE_STATE]]), messages: NONE };
const STATUS: MessageShape = {
  attributes: 0,
  texts: new Map([[2, named('invalid-status-message')]]),
  messages: NONE,
};
const SPAN: MessageShape = {
  attributes: 9,
  texts: new Map([
    [3, TRACE_STATE],
    [5, named('invalid-span-name')],
  ]),
  messages: new Map([
    [11, EVENT],
    [13, LINK],
    [15, STATUS],
  ]),
};
const SCOPE: MessageShape = {
  attributes: 3,
  texts: new Map([
    [1, named('invalid-scope-name')],
    [2, named('invalid-scope-version')],
  ]),
  messages: NONE,
};
const RESOURCE: MessageShape = { attributes: 1, texts: NONE, messages: NONE };

const INVALID_KEY = 'invalid-tag-key';
/** Of a service whose name is no text. */
export const INVALID_SERVICE_NAME = 'invalid-service-name';
const INVALID_SCHEMA_URL = 'invalid-schema-url';

/**
 * The same Span with every string valid UTF-8: an attribute value becomes bytes, an attribute with a
 * bad key becomes bytes `key:value` under `invalid-tag-key-N`, and any other string becomes a
 * placeholder while an attribute keeps its bytes. What is valid is copied byte by byte.
 */
export function repairSpanText(span: Uint8Array): Uint8Array {
  return repair(span, SPAN, NOTHING);
}

/** As `repairSpanText`, of an InstrumentationScope; a bad schema URL is kept as an attribute. */
export function repairScopeText(scope: Uint8Array, schemaUrl: Uint8Array): Uint8Array {
  return repair(scope, SCOPE, keptSchemaUrl(schemaUrl));
}

/** As `repairScopeText`, of a Resource. A bad service name is no bytes value: it has to be a name. */
export function repairResourceText(resource: Uint8Array, schemaUrl: Uint8Array): Uint8Array {
  return repair(resource, RESOURCE, keptSchemaUrl(schemaUrl));
}

interface Kept {
  readonly key: string;
  readonly bytes: Uint8Array;
}

const NOTHING: readonly Kept[] = [];

function keptSchemaUrl(url: Uint8Array): readonly Kept[] {
  return isUtf8(url) ? NOTHING : [{ key: INVALID_SCHEMA_URL, bytes: url }];
}

function repair(message: Uint8Array, shape: MessageShape, kept: readonly Kept[]): Uint8Array {
  const writer = new ProtobufWriter(message.length + 256);
  repairMessage(new ProtobufReader(message), writer, shape, [...kept]);
  return writer.finish();
}

function repairMessage(
  reader: ProtobufReader,
  writer: ProtobufWriter,
  shape: MessageShape,
  kept: Kept[],
): void {
  let badKeys = 0;
  while (reader.hasMore()) {
    const start = reader.position;
    const tag = reader.tag();
    const field = tag >>> 3;
    const inner = shape.messages.get(field);
    const text = shape.texts.get(field);
    if (inner !== undefined) {
      const message = writer.beginMessage(field);
      const outer = reader.enter();
      repairMessage(reader, writer, inner, inner.attributes === 0 ? kept : []);
      reader.leave(outer);
      writer.endMessage(message);
    } else if (text !== undefined) {
      const bytes = reader.bytes();
      if (isUtf8(bytes)) writer.bytes(field, bytes);
      else {
        writer.string(field, text.placeholder);
        kept.push({ key: text.keptAs, bytes });
      }
    } else if (field === shape.attributes) {
      badKeys = repairKeyValue(reader, writer, { field, badKeys, shape, kept });
    } else {
      reader.skip(tag);
      writer.raw(reader.buffer.subarray(start, reader.position));
    }
  }
  if (shape.attributes === 0) return;
  for (const { key, bytes } of kept) writeBytesAttribute(writer, shape.attributes, key, bytes);
}

interface AttributeList {
  readonly field: number;
  /** Bad keys before this one. */
  readonly badKeys: number;
  readonly shape?: MessageShape;
  readonly kept?: Kept[];
}

/** Returns how many bad keys there were, this one included. */
function repairKeyValue(
  reader: ProtobufReader,
  writer: ProtobufWriter,
  list: AttributeList,
): number {
  const { field, badKeys } = list;
  const start = reader.position;
  const attribute = decodeKeyValue(reader);
  const end = reader.position;
  reader.position = start;
  const { key, value } = rawKeyValue(reader);
  reader.position = end;
  if (!isUtf8(key)) {
    const text = rawStringOrBytes(value) ?? Buffer.from(attributeText(attribute.value));
    const bytes = Buffer.concat([key, Buffer.from(':'), text]);
    writeBytesAttribute(writer, field, `${INVALID_KEY}-${badKeys + 1}`, bytes);
    return badKeys + 1;
  }
  const service = list.shape === RESOURCE && attribute.key === 'service.name';
  const bad = service && attribute.value.type === 'string' ? badString(value) : undefined;
  if (bad !== undefined) list.kept?.push({ key: INVALID_SERVICE_NAME, bytes: bad });
  const message = writer.beginMessage(field);
  writer.bytes(1, key);
  const valueStart = writer.beginMessage(2);
  if (bad === undefined) repairValue(new ProtobufReader(value), writer);
  else writer.string(1, INVALID_SERVICE_NAME);
  writer.endMessage(valueStart);
  writer.endMessage(message);
  return badKeys;
}

function writeBytesAttribute(
  writer: ProtobufWriter,
  field: number,
  key: string,
  bytes: Uint8Array,
): void {
  const message = writer.beginMessage(field);
  writer.string(1, key);
  const value = writer.beginMessage(2);
  writer.bytes(7, bytes);
  writer.endMessage(value);
  writer.endMessage(message);
}

/** Bytes of the key and of the AnyValue of one KeyValue field; of what comes twice the last counts. */
function rawKeyValue(reader: ProtobufReader): { key: Uint8Array; value: Uint8Array } {
  let key = new Uint8Array(0);
  let value = new Uint8Array(0);
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag >>> 3 === 1) key = new Uint8Array(reader.bytes());
    else if (tag >>> 3 === 2) value = new Uint8Array(reader.bytes());
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { key, value };
}

/** The payload of an AnyValue that is a string or bytes. */
function rawStringOrBytes(anyValue: Uint8Array): Uint8Array | undefined {
  const reader = new ProtobufReader(anyValue);
  let found: Uint8Array | undefined;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag >>> 3 === 1 || tag >>> 3 === 7) found = reader.bytes();
    else {
      found = undefined;
      reader.skip(tag);
    }
  }
  return found;
}

function badString(anyValue: Uint8Array): Uint8Array | undefined {
  const text = rawStringOrBytes(anyValue);
  return text === undefined || isUtf8(text) ? undefined : text;
}

function repairValue(reader: ProtobufReader, writer: ProtobufWriter): void {
  while (reader.hasMore()) {
    const start = reader.position;
    const tag = reader.tag();
    if (tag >>> 3 === 1) {
      const text = reader.bytes();
      writer.bytes(isUtf8(text) ? 1 : 7, text);
    } else if (tag >>> 3 === 5 || tag >>> 3 === 6) {
      repairList(reader, writer, tag >>> 3);
    } else {
      reader.skip(tag);
      writer.raw(reader.buffer.subarray(start, reader.position));
    }
  }
}

/** ArrayValue { 1 values } as field 5, KeyValueList { 1 values } as field 6. */
function repairList(reader: ProtobufReader, writer: ProtobufWriter, field: number): void {
  const list = writer.beginMessage(field);
  const outer = reader.enter();
  let badKeys = 0;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag >>> 3 !== 1) {
      reader.skip(tag);
    } else if (field === 6) {
      badKeys = repairKeyValue(reader, writer, { field: 1, badKeys });
    } else {
      reader.expect(tag, WIRE_LENGTH);
      const item = writer.beginMessage(1);
      const itemOuter = reader.enter();
      repairValue(reader, writer);
      reader.leave(itemOuter);
      writer.endMessage(item);
    }
  }
  reader.leave(outer);
  writer.endMessage(list);
}
