import type { ProtobufWriter } from '../protobuf/writer.ts';
import { T_I64, T_LIST } from '../thrift/thrift-reader.ts';
import type { ThriftReader } from '../thrift/thrift-reader.ts';
import { writeLink } from './jaeger-reference.ts';
import { isEventName, writeAttribute } from './jaeger-tag.ts';
import type { JaegerTag } from './jaeger-tag.ts';
import { readMicros, writeNanos } from './micros.ts';
import { isRoot, noteParent, repeatsParent, writeSpanHead } from './span-head.ts';
import { staysAttribute } from './special-tags.ts';
import { readReference } from './thrift-reference.ts';
import type { ThriftSpan } from './thrift-span.ts';
import { fieldKey, readTag } from './thrift-tag.ts';

/**
 * Writes as field `field` an OTLP Span, its head and 9 attributes, 11 events, 13 links, from a record
 * filled by `readSpan` and the lists it points to. Leaves the reader anywhere.
 */
export function writeOtlpSpan(
  writer: ProtobufWriter,
  field: number,
  reader: ThriftReader,
  span: ThriftSpan,
): void {
  const message = writer.beginMessage(field);
  findParent(reader, span);
  writeSpanHead(writer, reader.buffer, span.head);
  writeAttributes(writer, reader, span);
  writeEvents(writer, reader, span);
  writeLinks(writer, reader, span);
  writer.endMessage(message);
}

function findParent(reader: ThriftReader, { head, references, reference }: ThriftSpan): void {
  if (references < 0 || !isRoot(head)) return;
  reader.position = references;
  for (let left = reader.list(); left > 0; left--) {
    readReference(reader, reference);
    if (noteParent(head, reference)) break;
  }
  reader.leave();
}

function writeAttributes(writer: ProtobufWriter, reader: ThriftReader, span: ThriftSpan): void {
  if (span.tags < 0) return;
  const { special } = span.head;
  reader.position = span.tags;
  for (let left = reader.list(); left > 0; left--) {
    readTag(reader, span.tag);
    if (staysAttribute(special, reader.buffer, span.tag)) {
      writeAttribute(writer, 9, reader.buffer, span.tag);
    }
  }
  reader.leave();
}

function writeEvents(writer: ProtobufWriter, reader: ThriftReader, span: ThriftSpan): void {
  if (span.logs < 0) return;
  reader.position = span.logs;
  for (let left = reader.list(); left > 0; left--) writeEvent(writer, reader, span.tag);
  reader.leave();
}

const TIMESTAMP = fieldKey(1, T_I64);
const FIELDS = fieldKey(2, T_LIST);

/** Log{1 timestamp µs, 2 fields}, both required, as OTLP Event{1 time, 2 name, 3 attributes}. */
function writeEvent(writer: ProtobufWriter, reader: ThriftReader, tag: JaegerTag): void {
  const event = writer.beginMessage(11);
  let timed = false;
  let fielded = false;
  reader.enterStruct();
  while (reader.nextField()) {
    const key = fieldKey(reader.fieldId, reader.fieldType);
    if (key === TIMESTAMP) {
      timed = true;
      writeNanos(writer, 1, readMicros(reader));
    } else if (key === FIELDS) {
      fielded = true;
      writeEventFields(writer, reader, tag);
    } else reader.skip(reader.fieldType);
  }
  if (!timed || !fielded) throw reader.bad('a Log without timestamp or fields ends');
  writer.endMessage(event);
}

function writeEventFields(writer: ProtobufWriter, reader: ThriftReader, tag: JaegerTag): void {
  const { buffer } = reader;
  for (let left = reader.list(); left > 0; left--) {
    readTag(reader, tag);
    if (isEventName(buffer, tag)) writer.range(2, buffer, tag.textStart, tag.textEnd);
    else writeAttribute(writer, 3, buffer, tag);
  }
  reader.leave();
}

/** Every reference but the one that only repeats the parent. */
function writeLinks(writer: ProtobufWriter, reader: ThriftReader, span: ThriftSpan): void {
  if (span.references < 0) return;
  const { head, reference } = span;
  reader.position = span.references;
  for (let left = reader.list(); left > 0; left--) {
    readReference(reader, reference);
    if (!repeatsParent(head, reference)) writeLink(writer, 13, reference);
  }
  reader.leave();
}
