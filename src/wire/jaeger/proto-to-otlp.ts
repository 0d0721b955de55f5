import { madeBytesMax } from '../otlp/made-bytes-max.ts';
import { ProtobufReader, WIRE_LENGTH } from '../protobuf/reader.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { writeAttribute, writeServiceName } from './jaeger-tag.ts';
import type { JaegerTag } from './jaeger-tag.ts';
import { skipUnknown } from './proto-fields.ts';
import { convertProtoSpan, createProtoSpan, findProcess } from './proto-span.ts';
import type { ProtoSpan } from './proto-span.ts';
import { readProtoTag } from './proto-tag.ts';
import { ScopeGroups } from './scope-groups.ts';

const MESSAGE_1 = (1 << 3) | WIRE_LENGTH;
const MESSAGE_2 = (2 << 3) | WIRE_LENGTH;

/** Beside the bytes of the spans: of messages around them. */
const ROOM_BYTES = 256;

/** What is reused for all spans of a message. */
interface Conversion {
  readonly reader: ProtobufReader;
  readonly writer: ProtobufWriter;
  readonly span: ProtoSpan;
}

/**
 * OTLP TracesData bytes of a jaeger.api_v2 PostSpansRequest{1 batch}. The batch's process is the
 * resource of the spans that have none of their own, which come first; each run of others with the
 * same process has its own.
 * @throws WireError
 */
export function postSpansToOtlp(bytes: Uint8Array): Uint8Array {
  return convert(bytes, (conversion) => {
    const { reader } = conversion;
    while (reader.hasMore()) {
      const tag = reader.tag();
      if (tag === MESSAGE_1) convertBatch(conversion);
      else skipUnknown(reader, tag, 1);
    }
  });
}

/** The same of a single jaeger.api_v2.Span: what Jaeger makes a message of Kafka. */
export function jaegerProtoSpanToOtlp(bytes: Uint8Array): Uint8Array {
  return convert(bytes, (conversion) => {
    const { reader, writer, span } = conversion;
    findProcess(reader, span);
    const resource = beginResource(conversion, span.processFrom, span.processTo);
    const scopes = new ScopeGroups(writer, reader.buffer);
    convertSpan(conversion, scopes);
    scopes.close();
    writer.endMessage(resource, bytes.length);
  });
}

/**
 * Writes the span from `position` to `limit` into the group of its scope. False, and nothing is
 * written, for one with a process of its own when it should have none.
 */
function convertSpan(conversion: Conversion, scopes: ScopeGroups, ofBatch = false): boolean {
  const { reader, writer, span } = conversion;
  const { position } = reader;
  const sizeLeft = reader.buffer.length - position;
  scopes.begin(sizeLeft);
  convertProtoSpan(writer, reader, span);
  if (ofBatch && span.processFrom >= 0) {
    scopes.undo();
    return false;
  }
  if (scopes.takes(span.head.special, sizeLeft)) return true;
  reader.position = position;
  convertProtoSpan(writer, reader, span);
  return scopes.takes(span.head.special, sizeLeft);
}

/** What is written, in memory of its own; that it was written to is given back at once. */
function convert(bytes: Uint8Array, write: (conversion: Conversion) => void): Uint8Array {
  const capacity = bytes.length + (bytes.length >>> 3) + ROOM_BYTES;
  const writer = new ProtobufWriter(capacity, madeBytesMax(bytes.length));
  try {
    write({ reader: new ProtobufReader(bytes), writer, span: createProtoSpan() });
    return writer.finish();
  } finally {
    writer.free();
  }
}

/**
 * Batch{1 spans, 2 process}. The spans without a process are not mixed with the others: each change
 * would repeat the batch's process, which may be as large as the request.
 */
function convertBatch(conversion: Conversion): void {
  const { reader } = conversion;
  const outer = reader.enter();
  const start = reader.position;
  let from = -1;
  let to = -1;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === MESSAGE_2) {
      to = reader.payloadEnd();
      from = reader.position;
      reader.position = to;
    } else if (tag === MESSAGE_1) reader.skip(tag);
    else skipUnknown(reader, tag, 2);
  }
  reader.position = start;
  if (convertSpansOfBatch(conversion, from, to)) {
    reader.position = start;
    convertSpansOfOthers(conversion);
  }
  reader.leave(outer);
}

/** Those with the process of the batch; true when there are others. */
function convertSpansOfBatch(conversion: Conversion, from: number, to: number): boolean {
  const { reader, writer } = conversion;
  const resource = beginResource(conversion, from, to);
  const scopes = new ScopeGroups(writer, reader.buffer);
  let others = false;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag !== MESSAGE_1) {
      reader.skip(tag);
      continue;
    }
    const outer = reader.enter();
    if (!convertSpan(conversion, scopes, true)) others = true;
    reader.leave(outer);
  }
  scopes.close();
  writer.endMessage(resource, reader.buffer.length);
  return others;
}

/** Those with a process of their own. */
function convertSpansOfOthers(conversion: Conversion): void {
  const { reader, writer, span } = conversion;
  const { buffer } = reader;
  const scopes = new ScopeGroups(writer, buffer);
  let resource = -1;
  let from = 0;
  let to = 0;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag !== MESSAGE_1) {
      reader.skip(tag);
      continue;
    }
    const outer = reader.enter();
    findProcess(reader, span);
    const { processFrom, processTo } = span;
    if (processFrom >= 0) {
      if (resource < 0 || buffer.compare(buffer, from, to, processFrom, processTo) !== 0) {
        scopes.close();
        if (resource >= 0) writer.endMessage(resource, buffer.length);
        resource = beginResource(conversion, processFrom, processTo);
        from = processFrom;
        to = processTo;
      }
      convertSpan(conversion, scopes);
    }
    reader.leave(outer);
  }
  scopes.close();
  if (resource >= 0) writer.endMessage(resource, buffer.length);
}

/**
 * Starts a ResourceSpans{1 resource}; a Process{1 service_name, 2 tags} in the given range is its
 * resource, an absent one (-1) an empty resource. Leaves the reader where it was.
 */
function beginResource({ reader, writer, span }: Conversion, from: number, to: number): number {
  const resourceSpans = writer.beginMessage(1, reader.buffer.length);
  const resource = writer.beginMessage(1);
  if (from >= 0) {
    const { position, limit } = reader;
    reader.position = from;
    reader.limit = to;
    writeProcess(reader, writer, span.tag);
    reader.position = position;
    reader.limit = limit;
  }
  writer.endMessage(resource);
  return resourceSpans;
}

function writeProcess(reader: ProtobufReader, writer: ProtobufWriter, scratch: JaegerTag): void {
  let isNamed = false;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === MESSAGE_1) {
      const end = reader.payloadEnd();
      writeServiceName(writer, reader.buffer, reader.position, end);
      reader.position = end;
      isNamed = true;
    } else if (tag === MESSAGE_2) {
      readProtoTag(reader, scratch);
      writeAttribute(writer, 1, reader.buffer, scratch);
    } else skipUnknown(reader, tag, 2);
  }
  // An empty name is not written in protobuf; it is a name all the same.
  if (!isNamed) writeServiceName(writer, reader.buffer, 0, 0);
}
