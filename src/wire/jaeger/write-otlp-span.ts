import { Buffer } from 'node:buffer';
import type { ProtobufWriter } from '../protobuf/writer.ts';
import { T_I64, T_LIST } from '../thrift/thrift-reader.ts';
import type { ThriftReader } from '../thrift/thrift-reader.ts';
import { readMicros, writeNanos } from './micros.ts';
import { equals, statusOf, staysAttribute } from './special-tags.ts';
import type { SpecialTags } from './special-tags.ts';
import {
  REF_CHILD_OF,
  REF_FOLLOWS_FROM,
  readReference,
  sameWords,
  writeLink,
} from './thrift-reference.ts';
import type { ThriftSpan } from './thrift-span.ts';
import { TAG_STRING, fieldKey, readTag, writeAttribute } from './thrift-tag.ts';
import type { ThriftTag } from './thrift-tag.ts';

const ROOT = new Uint32Array(2);
const EVENT_KEY = Buffer.from('event');

/**
 * Writes as field `field` an OTLP Span{1 trace_id, 2 span_id, 3 trace_state, 4 parent_span_id,
 * 5 name, 6 kind, 7 start, 8 end, 9 attributes, 11 events, 13 links, 15 status, 16 flags}, from a
 * record filled by `readSpan` and the lists it points to. Leaves the reader anywhere.
 */
export function writeOtlpSpan(
  writer: ProtobufWriter,
  field: number,
  reader: ThriftReader,
  span: ThriftSpan,
): void {
  const { special } = span;
  const message = writer.beginMessage(field);
  writer.words(1, span.traceId);
  writer.words(2, span.id);
  if (special.traceStateEnd > special.traceStateStart) {
    writer.range(3, reader.buffer, special.traceStateStart, special.traceStateEnd);
  }
  findParent(reader, span);
  if (!sameWords(span.parentId, ROOT)) writer.words(4, span.parentId);
  writer.range(5, reader.buffer, span.nameStart, span.nameEnd);
  if (special.kind > 0) writer.uint32(6, special.kind);
  writeNanos(writer, 7, span.startMicros);
  writeNanos(writer, 8, span.startMicros + span.durationMicros);
  writeAttributes(writer, reader, span);
  writeEvents(writer, reader, span);
  writeLinks(writer, reader, span);
  writeStatus(writer, reader.buffer, special);
  // OTLP has the W3C trace flags in the low byte; Jaeger's own flags (1 sampled, 2 debug) go there.
  const flags = span.flags & 0xff;
  if (flags !== 0) writer.fixed32(16, flags);
  writer.endMessage(message);
}

/**
 * Without a parentSpanId the parent is the first CHILD_OF reference within the trace, else the
 * first FOLLOWS_FROM one, as Jaeger has it.
 */
function findParent(reader: ThriftReader, span: ThriftSpan): void {
  if (span.references < 0 || !sameWords(span.parentId, ROOT)) return;
  const { reference } = span;
  let found = false;
  reader.position = span.references;
  for (let left = reader.list(); left > 0; left--) {
    readReference(reader, reference);
    if (!sameWords(reference.traceId, span.traceId)) continue;
    const childOf = reference.type === REF_CHILD_OF;
    if (childOf || (!found && reference.type === REF_FOLLOWS_FROM)) {
      span.parentId.set(reference.spanId);
      found = true;
    }
    if (childOf) break;
  }
  reader.leave();
}

function writeAttributes(writer: ProtobufWriter, reader: ThriftReader, span: ThriftSpan): void {
  if (span.tags < 0) return;
  reader.position = span.tags;
  for (let left = reader.list(); left > 0; left--) {
    readTag(reader, span.tag);
    if (staysAttribute(span.special, reader.buffer, span.tag)) {
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
function writeEvent(writer: ProtobufWriter, reader: ThriftReader, tag: ThriftTag): void {
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

function writeEventFields(writer: ProtobufWriter, reader: ThriftReader, tag: ThriftTag): void {
  const { buffer } = reader;
  for (let left = reader.list(); left > 0; left--) {
    readTag(reader, tag);
    if (isEventName(buffer, tag)) writer.range(2, buffer, tag.textStart, tag.textEnd);
    else writeAttribute(writer, 3, buffer, tag);
  }
  reader.leave();
}

function isEventName(buffer: Buffer, tag: ThriftTag): boolean {
  return (
    tag.type === TAG_STRING &&
    tag.keyEnd - tag.keyStart === EVENT_KEY.length &&
    equals(buffer, tag.keyStart, EVENT_KEY)
  );
}

/** Every reference but the one that only repeats the parent. */
function writeLinks(writer: ProtobufWriter, reader: ThriftReader, span: ThriftSpan): void {
  if (span.references < 0) return;
  const { reference } = span;
  reader.position = span.references;
  for (let left = reader.list(); left > 0; left--) {
    readReference(reader, reference);
    const isParent =
      reference.type === REF_CHILD_OF &&
      sameWords(reference.spanId, span.parentId) &&
      sameWords(reference.traceId, span.traceId);
    if (!isParent) writeLink(writer, 13, reference);
  }
  reader.leave();
}

/** Status{2 message, 3 code}. */
function writeStatus(writer: ProtobufWriter, buffer: Buffer, special: SpecialTags): void {
  const code = statusOf(special);
  if (code <= 0) return;
  const status = writer.beginMessage(15);
  if (special.descriptionEnd > special.descriptionStart) {
    writer.range(2, buffer, special.descriptionStart, special.descriptionEnd);
  }
  writer.uint32(3, code);
  writer.endMessage(status);
}
