import { SPAN_KINDS, STATUS_CODES } from '../../model/span.ts';
import { DEPTH_MAX } from '../protobuf/reader.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import {
  boolOf,
  bytesOf,
  childOf,
  doubleOf,
  enumOf,
  fieldName,
  hexOf,
  int64Of,
  itemsOf,
  jsonError,
  parseJson,
  requireObject,
  stringOf,
  uint32Of,
} from './json-node.ts';
import type { FieldName, JsonNode } from './json-node.ts';

const names = {
  resourceSpans: fieldName('resourceSpans'),
  resource: fieldName('resource'),
  scopeSpans: fieldName('scopeSpans'),
  scope: fieldName('scope'),
  spans: fieldName('spans'),
  schemaUrl: fieldName('schemaUrl'),
  attributes: fieldName('attributes'),
  droppedAttributesCount: fieldName('droppedAttributesCount'),
  name: fieldName('name'),
  version: fieldName('version'),
  traceId: fieldName('traceId'),
  spanId: fieldName('spanId'),
  traceState: fieldName('traceState'),
  parentSpanId: fieldName('parentSpanId'),
  kind: fieldName('kind'),
  startTimeUnixNano: fieldName('startTimeUnixNano'),
  endTimeUnixNano: fieldName('endTimeUnixNano'),
  timeUnixNano: fieldName('timeUnixNano'),
  events: fieldName('events'),
  droppedEventsCount: fieldName('droppedEventsCount'),
  links: fieldName('links'),
  droppedLinksCount: fieldName('droppedLinksCount'),
  status: fieldName('status'),
  flags: fieldName('flags'),
  message: fieldName('message'),
  code: fieldName('code'),
  key: fieldName('key'),
  value: fieldName('value'),
  values: fieldName('values'),
  stringValue: fieldName('stringValue'),
  boolValue: fieldName('boolValue'),
  intValue: fieldName('intValue'),
  doubleValue: fieldName('doubleValue'),
  arrayValue: fieldName('arrayValue'),
  kvlistValue: fieldName('kvlistValue'),
  bytesValue: fieldName('bytesValue'),
} satisfies Record<string, FieldName>;

/** Keeps the recursion bounded; the scan of the result judges its depth exactly. */
const VALUE_DEPTH_MAX = DEPTH_MAX;

/**
 * The OTLP TracesData message of an OTLP JSON body: proto3 JSON, but with ids in hex. Unknown fields
 * are ignored, enums may be names, 64-bit integers may be strings.
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 * @throws WireError that names the place
 */
export function jsonToOtlp(text: string): Uint8Array {
  const writer = new ProtobufWriter(text.length);
  const root = parseJson(text);
  requireObject(root);
  for (const resourceSpans of itemsOf(root, names.resourceSpans)) {
    const start = writer.beginMessage(1);
    message(writer, 1, childOf(resourceSpans, names.resource), writeResource);
    for (const scopeSpans of itemsOf(resourceSpans, names.scopeSpans)) {
      const scopeStart = writer.beginMessage(2);
      message(writer, 1, childOf(scopeSpans, names.scope), writeScope);
      for (const span of itemsOf(scopeSpans, names.spans)) message(writer, 2, span, writeSpan);
      string(writer, 3, childOf(scopeSpans, names.schemaUrl));
      writer.endMessage(scopeStart);
    }
    string(writer, 3, childOf(resourceSpans, names.schemaUrl));
    writer.endMessage(start);
  }
  return writer.finish();
}

type WriteFields = (writer: ProtobufWriter, node: JsonNode) => void;

function message(
  writer: ProtobufWriter,
  field: number,
  node: JsonNode | undefined,
  writeFields: WriteFields,
): void {
  if (node === undefined) return;
  requireObject(node);
  const start = writer.beginMessage(field);
  writeFields(writer, node);
  writer.endMessage(start);
}

function string(writer: ProtobufWriter, field: number, node: JsonNode | undefined): void {
  if (node !== undefined) writer.string(field, stringOf(node));
}

function hex(writer: ProtobufWriter, field: number, node: JsonNode | undefined): void {
  if (node !== undefined) writer.hex(field, hexOf(node));
}

function uint32(writer: ProtobufWriter, field: number, node: JsonNode | undefined): void {
  if (node !== undefined) writer.uint32(field, uint32Of(node));
}

function fixed32(writer: ProtobufWriter, field: number, node: JsonNode | undefined): void {
  if (node !== undefined) writer.fixed32(field, uint32Of(node));
}

function fixed64(writer: ProtobufWriter, field: number, node: JsonNode | undefined): void {
  if (node !== undefined) writer.fixed64(field, int64Of(node));
}

function writeAttributes(writer: ProtobufWriter, field: number, node: JsonNode): void {
  for (const attribute of itemsOf(node, names.attributes)) {
    writeKeyValue(writer, field, attribute, 0);
  }
}

function writeResource(writer: ProtobufWriter, node: JsonNode): void {
  writeAttributes(writer, 1, node);
  uint32(writer, 2, childOf(node, names.droppedAttributesCount));
}

function writeScope(writer: ProtobufWriter, node: JsonNode): void {
  string(writer, 1, childOf(node, names.name));
  string(writer, 2, childOf(node, names.version));
  writeAttributes(writer, 3, node);
  uint32(writer, 4, childOf(node, names.droppedAttributesCount));
}

function writeSpan(writer: ProtobufWriter, node: JsonNode): void {
  hex(writer, 1, childOf(node, names.traceId));
  hex(writer, 2, childOf(node, names.spanId));
  string(writer, 3, childOf(node, names.traceState));
  hex(writer, 4, childOf(node, names.parentSpanId));
  string(writer, 5, childOf(node, names.name));
  const kind = childOf(node, names.kind);
  if (kind !== undefined) writer.uint32(6, enumOf(kind, 'SPAN_KIND_', SPAN_KINDS));
  fixed64(writer, 7, childOf(node, names.startTimeUnixNano));
  fixed64(writer, 8, childOf(node, names.endTimeUnixNano));
  writeAttributes(writer, 9, node);
  uint32(writer, 10, childOf(node, names.droppedAttributesCount));
  for (const event of itemsOf(node, names.events)) message(writer, 11, event, writeEvent);
  uint32(writer, 12, childOf(node, names.droppedEventsCount));
  for (const link of itemsOf(node, names.links)) message(writer, 13, link, writeLink);
  uint32(writer, 14, childOf(node, names.droppedLinksCount));
  message(writer, 15, childOf(node, names.status), writeStatus);
  fixed32(writer, 16, childOf(node, names.flags));
}

function writeEvent(writer: ProtobufWriter, node: JsonNode): void {
  fixed64(writer, 1, childOf(node, names.timeUnixNano));
  string(writer, 2, childOf(node, names.name));
  writeAttributes(writer, 3, node);
  uint32(writer, 4, childOf(node, names.droppedAttributesCount));
}

function writeLink(writer: ProtobufWriter, node: JsonNode): void {
  hex(writer, 1, childOf(node, names.traceId));
  hex(writer, 2, childOf(node, names.spanId));
  string(writer, 3, childOf(node, names.traceState));
  writeAttributes(writer, 4, node);
  uint32(writer, 5, childOf(node, names.droppedAttributesCount));
  fixed32(writer, 6, childOf(node, names.flags));
}

function writeStatus(writer: ProtobufWriter, node: JsonNode): void {
  string(writer, 2, childOf(node, names.message));
  const code = childOf(node, names.code);
  if (code !== undefined) writer.uint32(3, enumOf(code, 'STATUS_CODE_', STATUS_CODES));
}

function writeKeyValue(writer: ProtobufWriter, field: number, node: JsonNode, depth: number): void {
  requireObject(node);
  const start = writer.beginMessage(field);
  string(writer, 1, childOf(node, names.key));
  const value = childOf(node, names.value);
  if (value !== undefined) writeAnyValue(writer, 2, value, depth);
  writer.endMessage(start);
}

function writeAnyValue(writer: ProtobufWriter, field: number, node: JsonNode, depth: number): void {
  if (depth > VALUE_DEPTH_MAX) throw jsonError(node, `nested less than ${VALUE_DEPTH_MAX} deep`);
  const start = writer.beginMessage(field);
  if (!writeScalar(writer, node)) writeCollection(writer, node, depth);
  writer.endMessage(start);
}

/** Writes the one field of a scalar AnyValue; false when it has none. */
function writeScalar(writer: ProtobufWriter, node: JsonNode): boolean {
  const text = childOf(node, names.stringValue);
  const bool = childOf(node, names.boolValue);
  const int = childOf(node, names.intValue);
  const double = childOf(node, names.doubleValue);
  const bytes = childOf(node, names.bytesValue);
  if (text !== undefined) writer.string(1, stringOf(text));
  else if (bool !== undefined) writer.bool(2, boolOf(bool));
  else if (int !== undefined) writer.int64(3, int64Of(int));
  else if (double !== undefined) writer.double(4, doubleOf(double));
  else if (bytes !== undefined) writer.bytes(7, bytesOf(bytes));
  else return false;
  return true;
}

function writeCollection(writer: ProtobufWriter, node: JsonNode, depth: number): void {
  const array = childOf(node, names.arrayValue);
  const map = childOf(node, names.kvlistValue);
  const collection = array ?? map;
  if (collection === undefined) return;
  const start = writer.beginMessage(array === undefined ? 6 : 5);
  for (const item of itemsOf(collection, names.values)) {
    if (array === undefined) writeKeyValue(writer, 1, item, depth + 1);
    else writeAnyValue(writer, 1, item, depth + 1);
  }
  writer.endMessage(start);
}
