import { T_I32, T_I64, T_LIST, T_STRING } from '../thrift/thrift-reader.ts';
import type { ThriftReader } from '../thrift/thrift-reader.ts';
import { createReference } from './jaeger-reference.ts';
import type { JaegerReference } from './jaeger-reference.ts';
import { createTag } from './jaeger-tag.ts';
import type { JaegerTag } from './jaeger-tag.ts';
import { readMicros } from './micros.ts';
import { createSpanHead } from './span-head.ts';
import type { SpanHead } from './span-head.ts';
import { clearSpecialTags, noteTag } from './special-tags.ts';
import { readWords } from './thrift-reference.ts';
import { fieldKey, readTag } from './thrift-tag.ts';

/** One Span and where its lists are, -1 for one it does not have; one record is reused for all. */
export interface ThriftSpan {
  readonly head: SpanHead;
  /** Scratch for whatever is read element by element. */
  readonly tag: JaegerTag;
  readonly reference: JaegerReference;
  durationMicros: number;
  references: number;
  tags: number;
  logs: number;
}

export function createSpan(): ThriftSpan {
  return {
    head: createSpanHead(),
    tag: createTag(),
    reference: createReference(),
    durationMicros: 0,
    references: -1,
    tags: -1,
    logs: -1,
  };
}

/** Field ids 1–5 and 7–9 are required: a bit each. */
const REQUIRED = 0b11_1011_1110;

/**
 * Span{1 traceIdLow, 2 traceIdHigh, 3 spanId, 4 parentSpanId, 5 operationName, 6 references, 7 flags,
 * 8 startTime µs, 9 duration µs, 10 tags, 11 logs}: reads all of it, keeping what `writeSpan` needs.
 */
export function readSpan(reader: ThriftReader, span: ThriftSpan): void {
  const { head } = span;
  clearSpecialTags(head.special);
  span.references = span.tags = span.logs = -1;
  let seen = 0;
  reader.enterStruct();
  while (reader.nextField()) {
    const id = reader.fieldId;
    if (readSpanField(reader, span)) seen |= 1 << id;
    else if (!noteSpanList(reader, span)) reader.skip(reader.fieldType);
  }
  const missing = REQUIRED & ~seen;
  if (missing !== 0) {
    throw reader.bad(`a Span without its required field ${31 - Math.clz32(missing)} ends`);
  }
  head.endMicros = head.startMicros + span.durationMicros;
}

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

/** False when the current field is none of the required ones. */
function readSpanField(reader: ThriftReader, span: ThriftSpan): boolean {
  const { head } = span;
  switch (fieldKey(reader.fieldId, reader.fieldType)) {
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
      span.durationMicros = readMicros(reader);
      return true;
    default:
      return false;
  }
}

/** Keeps where a list is; what tags say of scope and kind is needed before the span is written. */
function noteSpanList(reader: ThriftReader, span: ThriftSpan): boolean {
  const { position } = reader;
  const { head } = span;
  switch (fieldKey(reader.fieldId, reader.fieldType)) {
    case REFERENCES:
      span.references = position;
      reader.skip(T_LIST);
      return true;
    case TAGS:
      span.tags = position;
      clearSpecialTags(head.special);
      for (let left = reader.list(); left > 0; left--) {
        readTag(reader, span.tag);
        noteTag(head.special, reader.buffer, span.tag);
      }
      reader.leave();
      return true;
    case LOGS:
      span.logs = position;
      reader.skip(T_LIST);
      return true;
    default:
      return false;
  }
}
