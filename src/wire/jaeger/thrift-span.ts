import { ScanLog } from '../otlp/scan-log.ts';
import { isAsciiBits, textBits } from '../otlp/text-bits.ts';
import type { ProtobufWriter } from '../protobuf/writer.ts';
import { T_I32, T_I64, T_LIST, T_STRING } from '../thrift/thrift-reader.ts';
import { BinaryThriftReader } from '../thrift/binary-reader.ts';
import { CompactThriftReader } from '../thrift/compact-reader.ts';
import type { ThriftReader } from '../thrift/thrift-reader.ts';
import { readBinaryHead } from './binary-head.ts';
import { BinaryTagRun } from './binary-tag-run.ts';
import { readCompactHead } from './compact-head.ts';
import {
  COPIED,
  NOT_PLAIN,
  READ,
  copyBinaryTag,
  copyCompactTag,
  createPlainTag,
} from './copy-plain-tag.ts';
import { CompactTagRun } from './compact-tag-run.ts';
import type { CopyPlainTag, PlainTag } from './copy-plain-tag.ts';
import { createReference, writeLink } from './jaeger-reference.ts';
import type { JaegerReference } from './jaeger-reference.ts';
import { createTag, isEventKey, isEventName, writeAttribute } from './jaeger-tag.ts';
import type { JaegerTag } from './jaeger-tag.ts';
import { readMicros, writeNanos } from './micros.ts';
import { createSpanHead, isRoot, noteParent, repeatsParent, writeSpanHead } from './span-head.ts';
import type { ReadPlainHead } from './plain-head.ts';
import type { SpanHead } from './span-head.ts';
import { clearSpecialTags, takeTag, takeTextTag } from './special-tags.ts';
import type { TagRun } from './tag-run.ts';
import { readReference, readWords } from './thrift-reference.ts';
import { fieldKey, readTag } from './thrift-tag.ts';

/** What a conversion of a batch works with, reused for all of its spans. */
export interface ThriftConversion {
  readonly reader: ThriftReader;
  readonly writer: ProtobufWriter;
  readonly copyPlainTag: CopyPlainTag;
  readonly readPlainHead: ReadPlainHead;
  readonly head: SpanHead;
  readonly tag: JaegerTag;
  readonly plainTag: PlainTag;
  readonly tagRun: TagRun;
  readonly log: ScanLog;
  /** Whether the log knows all of the span. */
  isPlain: boolean;
  readonly reference: JaegerReference;
  /** Whether a tag of the process may be the client's name. */
  mayNameClient: boolean;
}

export function createConversion(isCompact: boolean, writer: ProtobufWriter): ThriftConversion {
  return {
    reader: isCompact ? new CompactThriftReader() : new BinaryThriftReader(),
    writer,
    copyPlainTag: isCompact ? copyCompactTag : copyBinaryTag,
    readPlainHead: isCompact ? readCompactHead : readBinaryHead,
    head: createSpanHead(),
    tag: createTag(),
    plainTag: createPlainTag(),
    tagRun: isCompact ? new CompactTagRun() : new BinaryTagRun(),
    log: new ScanLog(),
    isPlain: false,
    reference: createReference(),
    mayNameClient: false,
  };
}

/** Field ids 1–5 and 7–9 are required: a bit each. */
const REQUIRED = 0b11_1011_1110;
/** Most spans take as many bytes of length as this. */
const SPAN_SIZE_GUESS = 500;

const TRACE_ID_LOW = fieldKey(1, T_I64);
const TRACE_ID_HIGH = fieldKey(2, T_I64);
const SPAN_ID = fieldKey(3, T_I64);
const PARENT_SPAN_ID = fieldKey(4, T_I64);
const OPERATION_NAME = fieldKey(5, T_STRING);
const REFERENCES = fieldKey(6, T_LIST);
const FLAGS = fieldKey(7, T_I32);
const START_TIME = fieldKey(8, T_I64);
const DURATION = fieldKey(9, T_I64);
const TAGS = fieldKey(10, T_LIST);
const LOGS = fieldKey(11, T_LIST);

/**
 * Span{1 traceIdLow, 2 traceIdHigh, 3 spanId, 4 parentSpanId, 5 operationName, 6 references, 7 flags,
 * 8 startTime µs, 9 duration µs, 10 tags, 11 logs} as field 2, an OTLP Span: 9 attributes and
 * 11 events as they come, then 13 links and the head, which takes the whole span to know.
 */
export function convertSpan(conversion: ThriftConversion): void {
  const { reader, writer, head } = conversion;
  const { log, tagRun } = conversion;
  clearSpecialTags(head.special);
  conversion.isPlain = true;
  tagRun.bits = 0;
  let references = -1;
  const message = writer.beginMessage(2, SPAN_SIZE_GUESS);
  reader.enterStruct();
  let seen = conversion.readPlainHead(reader, head);
  while (reader.nextField()) {
    const key = fieldKey(reader.fieldId, reader.fieldType);
    switch (key) {
      case TAGS:
        convertTags(conversion);
        break;
      case LOGS:
        conversion.isPlain = false;
        for (let left = reader.list(); left > 0; left -= 1) convertLog(conversion);
        reader.leave();
        break;
      case REFERENCES:
        conversion.isPlain = false;
        references = reader.position;
        reader.skip(T_LIST);
        break;
      default: {
        const id = reader.fieldId;
        if (readHeadField(conversion, key)) seen |= 1 << id;
        else reader.skip(reader.fieldType);
      }
    }
  }
  const missing = REQUIRED & ~seen;
  if (missing !== 0) {
    throw reader.bad(`a Span without its required field ${31 - Math.clz32(missing)} ends`);
  }
  if (references >= 0) convertReferences(conversion, references);
  head.endMicros = head.startMicros + head.durationMicros;
  writeSpanHead(writer, reader, head);
  const moved = writer.endMessage(message, SPAN_SIZE_GUESS);
  head.nameAt += moved;
  head.timesAt += moved;
  const known = isKnown(conversion) ? head : undefined;
  log.span(message + moved, writer.position, known, writer.claim(0));
}

/** Whether the log need not look at the span just written: all its texts are ASCII and where it knows. */
function isKnown({ reader, head, isPlain, tagRun }: ThriftConversion): boolean {
  const { traceStateEnd, descriptionStart } = head.special;
  if (!isPlain || traceStateEnd > 0 || descriptionStart > 0) return false;
  return isAsciiBits(tagRun.bits | textBits(reader.view, head.nameStart, head.nameEnd));
}

/** False when the field is none of the required ones. */
function readHeadField(conversion: ThriftConversion, key: number): boolean {
  const { reader, head } = conversion;
  switch (key) {
    case TRACE_ID_LOW:
      readWords(reader, head.traceId, 2);
      return true;
    case TRACE_ID_HIGH:
      readWords(reader, head.traceId, 0);
      return true;
    case SPAN_ID:
      readWords(reader, head.id, 0);
      return true;
    case PARENT_SPAN_ID:
      readWords(reader, head.parentId, 0);
      return true;
    case OPERATION_NAME:
      reader.bytes();
      head.nameStart = reader.start;
      head.nameEnd = reader.stop;
      return true;
    case FLAGS:
      head.flags = reader.i32();
      return true;
    case START_TIME:
      head.startMicros = readMicros(reader);
      return true;
    case DURATION:
      head.durationMicros = readMicros(reader);
      return true;
    default:
      return false;
  }
}

function convertTags(conversion: ThriftConversion): void {
  const { reader, writer, copyPlainTag, head, tag, plainTag, tagRun } = conversion;
  let left = reader.list();
  while (left > 0) {
    left = tagRun.copy(reader, writer, 9, left);
    if (left === 0) break;
    left -= 1;
    const plain = copyPlainTag(reader, writer, 9, plainTag);
    if (plain === READ && takeTextTag(head.special, reader.buffer, plainTag)) continue;
    if (plain === NOT_PLAIN) {
      readTag(reader, tag);
      if (takeTag(head.special, reader.buffer, tag)) continue;
      writeAttribute(writer, 9, reader.buffer, tag);
    } else if (plain === READ) writer.textPair(9, reader.view, plainTag);
    conversion.isPlain = false;
  }
  reader.leave();
}

const TIMESTAMP = fieldKey(1, T_I64);
const FIELDS = fieldKey(2, T_LIST);

/** Log{1 timestamp µs, 2 fields}, both required, as OTLP Event{1 time, 2 name, 3 attributes}. */
function convertLog(conversion: ThriftConversion): void {
  const { reader, writer } = conversion;
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
      convertLogFields(conversion);
    } else reader.skip(reader.fieldType);
  }
  if (!timed || !fielded) throw reader.bad('a Log without timestamp or fields ends');
  writer.endMessage(event);
}

function convertLogFields({ reader, writer, copyPlainTag, tag, plainTag }: ThriftConversion): void {
  const { buffer, view } = reader;
  for (let left = reader.list(); left > 0; left -= 1) {
    const plain = copyPlainTag(reader, writer, 3, plainTag);
    if (plain === COPIED) continue;
    if (plain === READ) {
      if (isEventKey(buffer, plainTag.keyStart, plainTag.keyStop)) {
        writer.text(2, view, plainTag.valueStart, plainTag.valueStop);
      } else writer.textPair(3, view, plainTag);
      continue;
    }
    readTag(reader, tag);
    if (isEventName(buffer, tag)) writer.range(2, buffer, tag.textStart, tag.textEnd);
    else writeAttribute(writer, 3, buffer, tag);
  }
  reader.leave();
}

/** Finds the parent of a span that names none, and writes all others as links. */
function convertReferences(
  { reader, writer, head, reference }: ThriftConversion,
  references: number,
): void {
  const end = reader.position;
  if (isRoot(head)) {
    reader.position = references;
    for (let left = reader.list(); left > 0; left -= 1) {
      readReference(reader, reference);
      if (noteParent(head, reference)) break;
    }
    reader.leave();
  }
  reader.position = references;
  for (let left = reader.list(); left > 0; left -= 1) {
    readReference(reader, reference);
    if (!repeatsParent(head, reference)) writeLink(writer, 13, reference);
  }
  reader.leave();
  reader.position = end;
}
