import { SPAN_KINDS, STATUS_CODES } from '../../model/span.ts';
import { createKeyTable } from '../json/key-table.ts';
import type { KeyTable } from '../json/key-table.ts';

/** How a field of a message is written in proto3 JSON. */
export type JsonKind =
  | 'string'
  | 'id'
  | 'enum'
  | 'bool'
  | 'uint32'
  | 'fixed32'
  | 'int64'
  | 'fixed64'
  | 'double'
  | 'bytes'
  | 'message';

export interface JsonField {
  /** In lowerCamelCase, as it is written and as errors name it. */
  readonly name: string;
  /** The field's number in the message. */
  readonly number: number;
  readonly kind: JsonKind;
  readonly isList: boolean;
  /** Of a message: the index of its shape. */
  readonly shape: number;
  /** Of an id. */
  readonly idBytes: number;
  readonly names: EnumNames | undefined;
}

export interface EnumNames {
  readonly prefix: string;
  readonly count: number;
  /** Numbers by name. */
  readonly table: KeyTable;
}

/** What may stand in the JSON object of one message. */
export interface JsonShape {
  /** By the index that `keys` finds. */
  readonly fields: readonly JsonField[];
  readonly keys: KeyTable;
  /** Whether at most one of the fields may be set. */
  readonly isOneof: boolean;
}

/** Indices of JSON_SHAPES. The first ones hold the spans. */
export const BODY = 0;
const RESOURCE_SPANS = 1;
const SCOPE_SPANS = 2;
export const SPAN = 3;
const RESOURCE = 4;
const SCOPE = 5;
const EVENT = 6;
const LINK = 7;
const STATUS = 8;
const KEY_VALUE = 9;
export const ANY_VALUE = 10;
const ARRAY_VALUE = 11;
const MAP_VALUE = 12;

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

type Field = Omit<JsonField, 'name'>;

const attributes = (number: number): Field => list(number, KEY_VALUE);

/** https://github.com/open-telemetry/opentelemetry-proto, trace.proto, resource.proto, common.proto */
export const JSON_SHAPES: readonly JsonShape[] = [
  shape({ resourceSpans: list(1, RESOURCE_SPANS) }),
  shape({
    resource: message(1, RESOURCE),
    scopeSpans: list(2, SCOPE_SPANS),
    schemaUrl: scalar(3, 'string'),
  }),
  shape({ scope: message(1, SCOPE), spans: list(2, SPAN), schemaUrl: scalar(3, 'string') }),
  shape({
    traceId: id(1, TRACE_ID_BYTES),
    spanId: id(2, SPAN_ID_BYTES),
    traceState: scalar(3, 'string'),
    parentSpanId: id(4, SPAN_ID_BYTES),
    name: scalar(5, 'string'),
    kind: names(6, 'SPAN_KIND_', SPAN_KINDS),
    startTimeUnixNano: scalar(7, 'fixed64'),
    endTimeUnixNano: scalar(8, 'fixed64'),
    attributes: attributes(9),
    droppedAttributesCount: scalar(10, 'uint32'),
    events: list(11, EVENT),
    droppedEventsCount: scalar(12, 'uint32'),
    links: list(13, LINK),
    droppedLinksCount: scalar(14, 'uint32'),
    status: message(15, STATUS),
    flags: scalar(16, 'fixed32'),
  }),
  shape({ attributes: attributes(1), droppedAttributesCount: scalar(2, 'uint32') }),
  shape({
    name: scalar(1, 'string'),
    version: scalar(2, 'string'),
    attributes: attributes(3),
    droppedAttributesCount: scalar(4, 'uint32'),
  }),
  shape({
    timeUnixNano: scalar(1, 'fixed64'),
    name: scalar(2, 'string'),
    attributes: attributes(3),
    droppedAttributesCount: scalar(4, 'uint32'),
  }),
  shape({
    traceId: id(1, TRACE_ID_BYTES),
    spanId: id(2, SPAN_ID_BYTES),
    traceState: scalar(3, 'string'),
    attributes: attributes(4),
    droppedAttributesCount: scalar(5, 'uint32'),
    flags: scalar(6, 'fixed32'),
  }),
  shape({ message: scalar(2, 'string'), code: names(3, 'STATUS_CODE_', STATUS_CODES) }),
  shape({ key: scalar(1, 'string'), value: message(2, ANY_VALUE) }),
  oneof({
    stringValue: scalar(1, 'string'),
    boolValue: scalar(2, 'bool'),
    intValue: scalar(3, 'int64'),
    doubleValue: scalar(4, 'double'),
    arrayValue: message(5, ARRAY_VALUE),
    kvlistValue: message(6, MAP_VALUE),
    bytesValue: scalar(7, 'bytes'),
  }),
  shape({ values: list(1, ANY_VALUE) }),
  shape({ values: list(1, KEY_VALUE) }),
];

function scalar(number: number, kind: JsonKind): Field {
  return { number, kind, isList: false, shape: 0, idBytes: 0, names: undefined };
}

function id(number: number, idBytes: number): Field {
  return { ...scalar(number, 'id'), idBytes };
}

function message(number: number, shapeIndex: number): Field {
  return { ...scalar(number, 'message'), shape: shapeIndex };
}

function list(number: number, shapeIndex: number): Field {
  return { ...message(number, shapeIndex), isList: true };
}

/** `inOrder` has the names by number, in the model's spelling. */
function names(number: number, prefix: string, inOrder: readonly string[]): Field {
  const table = createKeyTable(inOrder.map((name) => `${prefix}${name.toUpperCase()}`));
  return { ...scalar(number, 'enum'), names: { prefix, count: inOrder.length, table } };
}

function oneof(fields: Readonly<Record<string, Field>>): JsonShape {
  return { ...shape(fields), isOneof: true };
}

/** Parsers of proto3 JSON take a field's name of the .proto file too, which is in snake_case. */
function shape(byName: Readonly<Record<string, Field>>): JsonShape {
  const camel = Object.entries(byName).map(([name, field]) => ({ ...field, name }));
  const snake = camel.filter((field) => snakeCase(field.name) !== field.name);
  return {
    fields: [...camel, ...snake],
    keys: createKeyTable([
      ...camel.map(({ name }) => name),
      ...snake.map(({ name }) => snakeCase(name)),
    ]),
    isOneof: false,
  };
}

function snakeCase(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
