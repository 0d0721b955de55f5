import type { Buffer } from 'node:buffer';
import type { ProtobufWriter } from '../protobuf/writer.ts';
import { JAEGER_FLAGS } from './jaeger-flags.ts';
import { REF_CHILD_OF, REF_FOLLOWS_FROM, sameWords } from './jaeger-reference.ts';
import type { JaegerReference } from './jaeger-reference.ts';
import { NANOS_FIELD_BYTES, putNanos, putStartNanos } from './micros.ts';
import { STATUS_DESCRIPTION_KEY, createSpecialTags, statusOf } from './special-tags.ts';
import type { SpecialTags } from './special-tags.ts';

/** What a Jaeger span has once, whatever it was read from; one record is reused for all spans. */
export interface SpanHead {
  readonly special: SpecialTags;
  /** Big-endian words. */
  readonly traceId: Uint32Array;
  readonly id: Uint32Array;
  readonly parentId: Uint32Array;
  nameStart: number;
  nameEnd: number;
  flags: number;
  /** Scratch: the words of two times. */
  readonly times: Uint32Array;
  /** For who is told that instead of the end. */
  durationMicros: number;
  startMicros: number;
  /** Nanoseconds beyond the microseconds, 0–999. */
  startNanos: number;
  endMicros: number;
  endNanos: number;
  /** What `writeSpanHead` wrote, and where: see `WrittenSpan`. */
  nameAt: number;
  nameBytes: number;
  timesAt: number;
  kind: number;
  statusCode: number;
}

export function createSpanHead(): SpanHead {
  return {
    special: createSpecialTags(),
    traceId: new Uint32Array(4),
    id: new Uint32Array(2),
    parentId: new Uint32Array(2),
    nameStart: 0,
    nameEnd: 0,
    flags: 0,
    times: new Uint32Array(4),
    durationMicros: 0,
    startMicros: 0,
    startNanos: 0,
    endMicros: 0,
    endNanos: 0,
    nameAt: 0,
    nameBytes: 0,
    timesAt: 0,
    kind: 0,
    statusCode: 0,
  };
}

export function isRoot(head: SpanHead): boolean {
  return head.parentId[0] === 0 && head.parentId[1] === 0;
}

/**
 * Without a parentSpanId the parent is the first CHILD_OF reference within the trace, else the
 * first FOLLOWS_FROM one, as Jaeger has it. To be called with each reference of a span that
 * `isRoot`, in order; true when no later one can be the parent.
 */
export function noteParent(head: SpanHead, reference: JaegerReference): boolean {
  if (!sameWords(reference.traceId, head.traceId)) return false;
  const childOf = reference.type === REF_CHILD_OF;
  if (childOf || (reference.type === REF_FOLLOWS_FROM && isRoot(head))) {
    head.parentId.set(reference.spanId);
  }
  return childOf;
}

/** Whether a reference only repeats the parent. */
export function repeatsParent(head: SpanHead, reference: JaegerReference): boolean {
  return (
    reference.type === REF_CHILD_OF &&
    sameWords(reference.spanId, head.parentId) &&
    sameWords(reference.traceId, head.traceId)
  );
}

/** What the ranges of a head point into. */
export interface HeadSource {
  readonly buffer: Buffer;
  readonly view: DataView;
}

/**
 * Span fields 1 trace_id, 2 span_id, 3 trace_state, 4 parent_span_id, 5 name, 6 kind, 7 start, 8 end,
 * 15 status and 16 flags.
 */
export function writeSpanHead(writer: ProtobufWriter, source: HeadSource, head: SpanHead): void {
  const { special } = head;
  writeIds(writer, head);
  if (special.traceStateEnd > special.traceStateStart) {
    writer.range(3, source.buffer, special.traceStateStart, special.traceStateEnd);
  }
  writeName(writer, source, head);
  const out = writer.claim(KIND_AND_TIMES_BYTES + FLAGS_BYTES);
  let at = writer.position;
  if (special.kind > 0) {
    out.setUint16(at, KIND_HEAD | special.kind);
    at += 2;
  }
  putStartNanos(out, at, head.startMicros, head.startNanos);
  putNanos(out, at + NANOS_FIELD_BYTES, head.endMicros, head.endNanos);
  out.setUint8(at, START_HEAD);
  out.setUint8(at + NANOS_FIELD_BYTES, END_HEAD);
  head.timesAt = at;
  head.kind = special.kind;
  at += 2 * NANOS_FIELD_BYTES;
  writer.position = at;
  head.statusCode = Math.max(statusOf(special), 0);
  if (head.statusCode > 0 || special.descriptionStart > 0) {
    writeStatus(writer, source.buffer, special);
  }
  writeFlags(writer, head.flags & JAEGER_FLAGS);
}

const KIND_HEAD = 0x3000;
const START_HEAD = 0x39;
const END_HEAD = 0x41;
const KIND_AND_TIMES_BYTES = 2 + 2 * NANOS_FIELD_BYTES;

/** 5 name. Most are short: whole words are copied, and what is copied too much is written over. */
function writeName(writer: ProtobufWriter, { view }: HeadSource, head: SpanHead): void {
  const { nameStart, nameEnd } = head;
  const size = nameEnd - nameStart;
  head.nameBytes = size;
  if (size > SHORT_MAX || nameEnd + WORD_BYTES > view.byteLength) {
    writer.text(5, view, nameStart, nameEnd);
    head.nameAt = writer.position - size;
    return;
  }
  const out = writer.claim(2 + SHORT_MAX + WORD_BYTES);
  const { position } = writer;
  out.setUint16(position, NAME_HEAD | size);
  head.nameAt = position + 2;
  for (let from = nameStart, to = position + 2; from < nameEnd; from += 4, to += 4) {
    out.setInt32(to, view.getInt32(from, true), true);
  }
  writer.position = position + 2 + size;
}

const NAME_HEAD = 0x2a00;
/** Sizes up to here take a byte. */
const SHORT_MAX = 0x7f;
const WORD_BYTES = 4;

function writeFlags(writer: ProtobufWriter, flags: number): void {
  if (flags === 0) return;
  const out = writer.claim(FLAGS_BYTES);
  const { position } = writer;
  out.setUint16(position, FLAGS_HEAD);
  out.setUint32(position + 2, flags, true);
  writer.position = position + FLAGS_BYTES;
}

/** 16, fixed32: its tag takes two bytes. */
const FLAGS_HEAD = 0x8501;
const FLAGS_BYTES = 6;

/** Tags and sizes of one byte, and 16, 8 and 8 bytes. */
const IDS_BYTES = 18 + 10 + 10;
const TRACE_ID_HEAD = 0x0a10;
const SPAN_ID_HEAD = 0x1208;
const PARENT_ID_HEAD = 0x2208;

/** 1 trace_id, 2 span_id and, unless it is a root, 4 parent_span_id. */
function writeIds(writer: ProtobufWriter, { traceId, id, parentId }: SpanHead): void {
  const out = writer.claim(IDS_BYTES);
  const { position } = writer;
  out.setUint16(position, TRACE_ID_HEAD);
  out.setUint32(position + 2, traceId[0] ?? 0);
  out.setUint32(position + 6, traceId[1] ?? 0);
  out.setUint32(position + 10, traceId[2] ?? 0);
  out.setUint32(position + 14, traceId[3] ?? 0);
  out.setUint16(position + 18, SPAN_ID_HEAD);
  out.setUint32(position + 20, id[0] ?? 0);
  out.setUint32(position + 24, id[1] ?? 0);
  writer.position = position + 28;
  const parentHigh = parentId[0] ?? 0;
  const parentLow = parentId[1] ?? 0;
  if ((parentHigh | parentLow) === 0) return;
  out.setUint16(position + 28, PARENT_ID_HEAD);
  out.setUint32(position + 30, parentHigh);
  out.setUint32(position + 34, parentLow);
  writer.position = position + IDS_BYTES;
}

/** Status{2 message, 3 code}. OTLP shows a message only beside a code: alone it stays an attribute. */
function writeStatus(writer: ProtobufWriter, source: Buffer, special: SpecialTags): void {
  const code = statusOf(special);
  const { descriptionStart, descriptionEnd } = special;
  if (code <= 0) {
    if (descriptionStart > 0) writeDescription(writer, source, special);
    return;
  }
  const status = writer.beginMessage(15);
  if (descriptionEnd > descriptionStart) {
    writer.range(2, source, descriptionStart, descriptionEnd);
  }
  writer.uint32(3, code);
  writer.endMessage(status);
}

function writeDescription(
  writer: ProtobufWriter,
  source: Buffer,
  { descriptionStart, descriptionEnd }: SpecialTags,
): void {
  const attribute = writer.beginMessage(9);
  writer.string(1, STATUS_DESCRIPTION_KEY);
  const value = writer.beginMessage(2);
  writer.range(1, source, descriptionStart, descriptionEnd);
  writer.endMessage(value);
  writer.endMessage(attribute);
}
