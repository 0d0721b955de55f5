import { WIRE_LENGTH, WIRE_VARINT } from '../protobuf/reader.ts';
import type { ProtobufReader } from '../protobuf/reader.ts';
import type { ProtobufWriter } from '../protobuf/writer.ts';
import { WARNINGS_ATTRIBUTE } from '../otlp/warnings-attribute.ts';
import { copyProtoTag } from './copy-proto-tag.ts';
import { createPlainTag } from './copy-plain-tag.ts';
import type { PlainTag } from './copy-plain-tag.ts';
import { createReference, writeLink } from './jaeger-reference.ts';
import type { JaegerReference } from './jaeger-reference.ts';
import { createTag, isEventName, writeAttribute } from './jaeger-tag.ts';
import type { JaegerTag } from './jaeger-tag.ts';
import { writeNanos } from './micros.ts';
import { microsOf, readIdBytes, readTime, restOf, skipUnknown } from './proto-fields.ts';
import type { ProtoTime } from './proto-fields.ts';
import { readProtoTag } from './proto-tag.ts';
import { createSpanHead, noteParent, repeatsParent, writeSpanHead } from './span-head.ts';
import type { SpanHead } from './span-head.ts';
import { clearSpecialTags, takeTag } from './special-tags.ts';

/** One api_v2.Span; one record is reused for all. */
export interface ProtoSpan {
  readonly head: SpanHead;
  readonly start: ProtoTime;
  readonly duration: ProtoTime;
  /** Scratch for whatever is read element by element. */
  readonly tag: JaegerTag;
  readonly plainTag: PlainTag;
  readonly reference: JaegerReference;
  readonly time: ProtoTime;
  /** Where the message starts. */
  from: number;
  /** Where the field that is read starts. */
  fieldFrom: number;
  /** Range of its own process; -1 when it has none. */
  processFrom: number;
  processTo: number;
  /** From the first to the last, with whatever is between them. */
  referencesFrom: number;
  referencesTo: number;
  referenceCount: number;
  hasWarnings: boolean;
}

export function createProtoSpan(): ProtoSpan {
  return {
    head: createSpanHead(),
    start: { seconds: 0, nanos: 0 },
    duration: { seconds: 0, nanos: 0 },
    tag: createTag(),
    plainTag: createPlainTag(),
    reference: createReference(),
    time: { seconds: 0, nanos: 0 },
    from: 0,
    fieldFrom: 0,
    processFrom: -1,
    processTo: -1,
    referencesFrom: 0,
    referencesTo: 0,
    referenceCount: 0,
    hasWarnings: false,
  };
}

const TRACE_ID = (1 << 3) | WIRE_LENGTH;
const SPAN_ID = (2 << 3) | WIRE_LENGTH;
const OPERATION_NAME = (3 << 3) | WIRE_LENGTH;
const REFERENCES = (4 << 3) | WIRE_LENGTH;
const FLAGS = (5 << 3) | WIRE_VARINT;
const START_TIME = (6 << 3) | WIRE_LENGTH;
const DURATION = (7 << 3) | WIRE_LENGTH;
const TAGS = (8 << 3) | WIRE_LENGTH;
const LOGS = (9 << 3) | WIRE_LENGTH;
const PROCESS = (10 << 3) | WIRE_LENGTH;
const PROCESS_ID = (11 << 3) | WIRE_LENGTH;
const WARNINGS = (12 << 3) | WIRE_LENGTH;
const FIELD_MAX = 12;
/** Most spans take as many bytes of length as this. */
const SPAN_SIZE_GUESS = 500;

/**
 * Span{1 trace_id, 2 span_id, 3 operation_name, 4 references, 5 flags, 6 start_time, 7 duration,
 * 8 tags, 9 logs, 10 process, 11 process_id, 12 warnings} from `position` to `limit` as field 2, an
 * OTLP Span: 9 attributes and 11 events as they come, then 13 links and the head, which takes the
 * whole span to know.
 */
export function convertProtoSpan(
  writer: ProtobufWriter,
  reader: ProtobufReader,
  span: ProtoSpan,
): void {
  clear(span);
  span.from = reader.position;
  const message = writer.beginMessage(2, SPAN_SIZE_GUESS);
  while (reader.hasMore()) {
    span.fieldFrom = reader.position;
    const tag = reader.tag();
    if (tag === TAGS) convertTag(writer, reader, span);
    else if (!readHeadField(reader, span, tag)) readOther(writer, reader, span, tag);
  }
  finishTimes(span);
  if (span.referenceCount > 0) convertReferences(writer, reader, span);
  if (span.hasWarnings) writeWarnings(writer, reader, span.from);
  writeSpanHead(writer, reader, span.head);
  writer.endMessage(message, SPAN_SIZE_GUESS);
}

/** Sets only the range of the process of the span from `position` to `limit`; stays there. */
export function findProcess(reader: ProtobufReader, span: ProtoSpan): void {
  const { position } = reader;
  span.processFrom = span.processTo = -1;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === PROCESS) {
      span.processTo = reader.payloadEnd();
      span.processFrom = reader.position;
      reader.position = span.processTo;
    } else reader.skip(tag);
  }
  reader.position = position;
}

function convertTag(writer: ProtobufWriter, reader: ProtobufReader, span: ProtoSpan): void {
  if (copyProtoTag(reader, writer, 9, span.plainTag)) return;
  const { tag, head } = span;
  readProtoTag(reader, tag);
  if (!takeTag(head.special, reader.buffer, tag)) writeAttribute(writer, 9, reader.buffer, tag);
}

function readOther(
  writer: ProtobufWriter,
  reader: ProtobufReader,
  span: ProtoSpan,
  tag: number,
): void {
  switch (tag) {
    case LOGS:
      writeEvent(writer, reader, span);
      break;
    case REFERENCES:
      if (span.referenceCount === 0) span.referencesFrom = span.fieldFrom;
      span.referenceCount += 1;
      reader.skip(tag);
      span.referencesTo = reader.position;
      break;
    case WARNINGS:
      span.hasWarnings = true;
      reader.skip(tag);
      break;
    case PROCESS:
      span.processTo = reader.payloadEnd();
      span.processFrom = reader.position;
      reader.position = span.processTo;
      break;
    case PROCESS_ID:
      reader.skip(tag);
      break;
    default:
      skipUnknown(reader, tag, FIELD_MAX);
  }
}

function clear(span: ProtoSpan): void {
  const { head } = span;
  clearSpecialTags(head.special);
  head.traceId.fill(0);
  head.id.fill(0);
  head.parentId.fill(0);
  head.nameStart = head.nameEnd = head.flags = 0;
  span.start.seconds = span.start.nanos = 0;
  span.duration.seconds = span.duration.nanos = 0;
  span.processFrom = span.processTo = -1;
  span.referenceCount = 0;
  span.hasWarnings = false;
}

function readHeadField(reader: ProtobufReader, span: ProtoSpan, tag: number): boolean {
  const { head } = span;
  switch (tag) {
    case TRACE_ID:
      readIdBytes(reader, head.traceId);
      return true;
    case SPAN_ID:
      readIdBytes(reader, head.id);
      return true;
    case OPERATION_NAME:
      head.nameEnd = reader.payloadEnd();
      head.nameStart = reader.position;
      reader.position = head.nameEnd;
      return true;
    case FLAGS:
      head.flags = reader.varint32();
      return true;
    case START_TIME:
      readTime(reader, span.start);
      return true;
    case DURATION:
      readTime(reader, span.duration);
      return true;
    default:
      return false;
  }
}

/** The year 1, which Go's time is when nobody sets it. */
const GO_UNSET_SECONDS = -62_135_596_800;

function finishTimes({ head, start, duration }: ProtoSpan): void {
  if (start.seconds === GO_UNSET_SECONDS && start.nanos === 0) start.seconds = 0;
  const endNanos = start.nanos + duration.nanos;
  head.startMicros = microsOf(start.seconds, start.nanos);
  head.startNanos = restOf(start.nanos);
  head.endMicros = microsOf(start.seconds + duration.seconds, endNanos);
  head.endNanos = restOf(endNanos);
}

/** Finds the parent among the references, and writes all others as links. */
function convertReferences(writer: ProtobufWriter, reader: ProtobufReader, span: ProtoSpan): void {
  const { head, reference } = span;
  let isFound = false;
  reader.position = span.referencesFrom;
  while (reader.position < span.referencesTo) {
    if (nextReference(reader, reference)) isFound ||= noteParent(head, reference);
  }
  if (isFound && span.referenceCount === 1) return;
  reader.position = span.referencesFrom;
  while (reader.position < span.referencesTo) {
    if (nextReference(reader, reference) && !repeatsParent(head, reference)) {
      writeLink(writer, 13, reference);
    }
  }
}

/** Reads a field; false when it is no reference. */
function nextReference(reader: ProtobufReader, reference: JaegerReference): boolean {
  const tag = reader.tag();
  if (tag === REFERENCES) readProtoReference(reader, reference);
  else reader.skip(tag);
  return tag === REFERENCES;
}

/** SpanRef{1 trace_id, 2 span_id, 3 ref_type}. */
function readProtoReference(reader: ProtobufReader, reference: JaegerReference): void {
  reference.type = 0;
  reference.traceId.fill(0);
  reference.spanId.fill(0);
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === TRACE_ID) readIdBytes(reader, reference.traceId);
    else if (tag === SPAN_ID) readIdBytes(reader, reference.spanId);
    else if (tag === REF_TYPE) reference.type = reader.varint32();
    else skipUnknown(reader, tag, 3);
  }
  reader.leave(outer);
}

const REF_TYPE = (3 << 3) | WIRE_VARINT;

const LOG_TIMESTAMP = (1 << 3) | WIRE_LENGTH;
const LOG_FIELDS = (2 << 3) | WIRE_LENGTH;

/** Log{1 timestamp, 2 fields} as OTLP Event{1 time, 2 name, 3 attributes}. */
function writeEvent(writer: ProtobufWriter, reader: ProtobufReader, span: ProtoSpan): void {
  const { tag, time } = span;
  const { buffer } = reader;
  const event = writer.beginMessage(11);
  const outer = reader.enter();
  time.seconds = time.nanos = 0;
  while (reader.hasMore()) {
    const field = reader.tag();
    if (field === LOG_TIMESTAMP) readTime(reader, time);
    else if (field === LOG_FIELDS) {
      if (copyProtoTag(reader, writer, 3, span.plainTag)) continue;
      readProtoTag(reader, tag);
      if (isEventName(buffer, tag)) writer.range(2, buffer, tag.textStart, tag.textEnd);
      else writeAttribute(writer, 3, buffer, tag);
    } else skipUnknown(reader, field, 2);
  }
  writeNanos(writer, 1, microsOf(time.seconds, time.nanos), restOf(time.nanos));
  reader.leave(outer);
  writer.endMessage(event);
}

/** One attribute whose value is AnyValue{5 array{1 values{1 string}}}. */
function writeWarnings(writer: ProtobufWriter, reader: ProtobufReader, from: number): void {
  const attribute = writer.beginMessage(9);
  writer.string(1, WARNINGS_ATTRIBUTE);
  const value = writer.beginMessage(2);
  const array = writer.beginMessage(5);
  reader.position = from;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === WARNINGS) {
      const end = reader.payloadEnd();
      const item = writer.beginMessage(1);
      writer.range(1, reader.buffer, reader.position, end);
      writer.endMessage(item);
      reader.position = end;
    } else reader.skip(tag);
  }
  writer.endMessage(array);
  writer.endMessage(value);
  writer.endMessage(attribute);
}
