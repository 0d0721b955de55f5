import type { Buffer } from 'node:buffer';
import { SPAN_KINDS, STATUS_CODES } from '../../model/span.ts';
import { WIRE_LENGTH } from '../protobuf/reader.ts';
import type { ProtobufReader } from '../protobuf/reader.ts';
import { PlainAttributes } from './plain-attributes.ts';
import { skipAttributes, skipField } from './skip-field.ts';
import type { ScanRows } from './span-scan-buffer.ts';
import { UNKNOWN_TEXT, isAsciiBits, textBits } from './text-bits.ts';
import {
  EVENT_ATTRIBUTE,
  EVENT_FIELDS,
  EVENT_NAME,
  EVENT_TIME,
  LINK_FIELDS,
  MESSAGE_4,
  SPAN_ATTRIBUTE,
  SPAN_END,
  SPAN_EVENT,
  SPAN_FIELDS,
  SPAN_ID,
  SPAN_KIND,
  SPAN_LINK,
  SPAN_NAME,
  SPAN_PARENT_ID,
  SPAN_START,
  SPAN_STATUS,
  SPAN_TRACE_ID,
  STATUS_CODE,
  STATUS_FIELDS,
  STATUS_MESSAGE,
} from './trace-fields.ts';
import { validateKeyValue } from './validate-value.ts';

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
const TWO_32 = 2 ** 32;
/** A varint below is one byte. */
const ONE_BYTE_MAX = 0x80;
/** A tag of one byte and a field of eight. */
const FIXED64_FIELD_BYTES = 9;
/** Where no plain field ends. */
const NOT_PLAIN = -1;

/** Fills the rows of spans, one after the other, from a reader that stands before each. */
export class SpanScanner {
  private readonly reader: ProtobufReader;
  private readonly bytes: Buffer;
  private readonly view: DataView;
  private readonly rows: ScanRows;
  private readonly attributes: PlainAttributes;
  private span = -1;
  // Of the span under the cursor; its times are where they start, -1 for none.
  private startAt = -1;
  private endAt = -1;
  private parentRight = true;
  private textBits = 0;

  constructor(reader: ProtobufReader, rows: ScanRows) {
    this.reader = reader;
    this.rows = rows;
    this.bytes = reader.buffer;
    const { buffer, byteOffset, byteLength } = reader.buffer;
    this.view = new DataView(buffer, byteOffset, byteLength);
    this.attributes = new PlainAttributes(this.view);
  }

  /** Of the spans scanned so far. */
  get count(): number {
    return this.span + 1;
  }

  /** Scans the span whose length the reader is at. */
  next(resource: number, scope: number): void {
    const { reader, rows } = this;
    const outer = reader.enter();
    const span = this.span + 1;
    rows.spanStarts[span] = reader.position;
    rows.spanEnds[span] = reader.limit;
    rows.resourceRows[span] = resource;
    rows.scopeRows[span] = scope;
    this.scan(span);
    reader.leave(outer);
  }

  /** Fills what is in the span of a row that has its place and its groups. */
  rescan(span: number): void {
    const { reader, rows } = this;
    reader.position = rows.spanStarts[span] ?? 0;
    reader.limit = rows.spanEnds[span] ?? 0;
    this.scan(span);
  }

  private scan(span: number): void {
    const { reader, rows, attributes } = this;
    const { limit } = reader;
    this.begin(span);
    let at = reader.position;
    while (at < limit) {
      const end = this.plainField(at, limit);
      if (end === NOT_PLAIN) {
        reader.position = at;
        this.field(reader.tag());
        at = reader.position;
      } else {
        at = end;
      }
    }
    if (!this.parentRight) rows.spanIds.fill(0, 2 * span, 2 * span + 2);
    rows.asciiTexts[span] = isAsciiBits(this.textBits | attributes.bits) ? 1 : 0;
    this.times(this.startAt, this.endAt);
  }

  private begin(span: number): void {
    this.span = span;
    this.startAt = -1;
    this.endAt = -1;
    this.parentRight = true;
    this.textBits = 0;
    this.attributes.bits = 0;
  }

  /**
   * Takes the field at `at` when it looks as nearly all do: a tag and a length of one byte each, an
   * id of the right size, plain attributes. Returns where it ends, or NOT_PLAIN for every other
   * field, right or wrong.
   */
  private plainField(at: number, limit: number): number {
    const tag = this.bytes[at] ?? 0;
    switch (tag) {
      case SPAN_ATTRIBUTE: {
        const end = this.attributes.skip(SPAN_ATTRIBUTE, at, limit);
        return end === at ? NOT_PLAIN : end;
      }
      case SPAN_TRACE_ID:
      case SPAN_ID:
      case SPAN_PARENT_ID:
        return this.plainId(tag, at, limit);
      case SPAN_NAME:
        return this.plainName(at, limit);
      case SPAN_KIND:
        return this.plainKind(at, limit);
      case SPAN_START:
        this.startAt = at + 1;
        return at + FIXED64_FIELD_BYTES > limit ? NOT_PLAIN : at + FIXED64_FIELD_BYTES;
      case SPAN_END:
        this.endAt = at + 1;
        return at + FIXED64_FIELD_BYTES > limit ? NOT_PLAIN : at + FIXED64_FIELD_BYTES;
      default:
        return NOT_PLAIN;
    }
  }

  private plainKind(at: number, limit: number): number {
    const kind = this.bytes[at + 1] ?? 0;
    if (kind >= ONE_BYTE_MAX || at + 2 > limit) return NOT_PLAIN;
    this.rows.kinds[this.span] = knownOrZero(kind, SPAN_KINDS.length);
    return at + 2;
  }

  private plainName(at: number, limit: number): number {
    const { rows, span, view } = this;
    const size = this.bytes[at + 1] ?? 0;
    const end = at + 2 + size;
    if (size >= ONE_BYTE_MAX || end > limit) return NOT_PLAIN;
    rows.nameStarts[span] = at + 2;
    rows.nameEnds[span] = end;
    this.textBits |= textBits(view, at + 2, end);
    return end;
  }

  private plainId(tag: number, at: number, limit: number): number {
    const { rows, span, view } = this;
    const start = at + 2;
    const size = tag === SPAN_TRACE_ID ? TRACE_ID_BYTES : SPAN_ID_BYTES;
    if (start + size > limit || view.getUint8(at + 1) !== size) return NOT_PLAIN;
    if (tag === SPAN_TRACE_ID) {
      idWords(view, start, rows.traceIds, 4 * span);
      idWords(view, start + 8, rows.traceIds, 4 * span + 2);
    } else if (tag === SPAN_ID) {
      idWords(view, start, rows.spanIds, 2 * span);
    } else {
      this.parentRight = true;
      idWords(view, start, rows.parentSpanIds, 2 * span);
    }
    return start + size;
  }

  /** Any field of a span whose tag has just been read. */
  private field(tag: number): void {
    const { reader, rows, span } = this;
    switch (tag) {
      case SPAN_TRACE_ID:
        this.id(rows.traceIds, TRACE_ID_BYTES);
        return;
      case SPAN_ID:
        this.id(rows.spanIds, SPAN_ID_BYTES);
        return;
      case SPAN_PARENT_ID:
        this.parentRight = this.id(rows.parentSpanIds, SPAN_ID_BYTES);
        return;
      case SPAN_KIND:
        rows.kinds[span] = knownOrZero(reader.varint32(), SPAN_KINDS.length);
        return;
      case SPAN_START:
        this.startAt = reader.position;
        reader.skip(tag);
        return;
      case SPAN_END:
        this.endAt = reader.position;
        reader.skip(tag);
        return;
      case SPAN_NAME:
        rows.nameStarts[span] = this.text();
        rows.nameEnds[span] = reader.position;
        return;
      default:
        this.detail(tag);
    }
  }

  private detail(tag: number): void {
    const { reader } = this;
    switch (tag) {
      case SPAN_ATTRIBUTE:
        validateKeyValue(reader);
        break;
      case SPAN_EVENT:
        this.event();
        return;
      case SPAN_LINK: {
        const outer = reader.enter();
        skipAttributes(reader, MESSAGE_4, LINK_FIELDS);
        reader.leave(outer);
        break;
      }
      case SPAN_STATUS:
        this.status();
        return;
      default:
        skipField(reader, tag, SPAN_FIELDS);
    }
    if ((tag & 7) === WIRE_LENGTH) this.textBits |= UNKNOWN_TEXT;
  }

  private event(): void {
    const { reader } = this;
    const outer = reader.enter();
    while (reader.hasMore()) {
      const tag = reader.tag();
      switch (tag) {
        case EVENT_ATTRIBUTE:
          this.eventAttributes();
          break;
        case EVENT_NAME:
          this.text();
          break;
        case EVENT_TIME:
          reader.skip(tag);
          break;
        default:
          skipField(reader, tag, EVENT_FIELDS);
      }
    }
    reader.leave(outer);
  }

  /** The attribute whose tag, of one byte or more, has just been read, and those that follow. */
  private eventAttributes(): void {
    const { reader, attributes } = this;
    const start = reader.position - 1;
    const end = attributes.skip(EVENT_ATTRIBUTE, start, reader.limit);
    if (end > start) {
      reader.position = end;
    } else {
      validateKeyValue(reader);
      this.textBits |= UNKNOWN_TEXT;
    }
  }

  private status(): void {
    const { reader } = this;
    const outer = reader.enter();
    // A second status adds to the first.
    let code = this.rows.statusCodes[this.span] ?? 0;
    while (reader.hasMore()) {
      const tag = reader.tag();
      if (tag === STATUS_CODE) {
        code = knownOrZero(reader.varint32(), STATUS_CODES.length);
      } else if (tag === STATUS_MESSAGE) {
        this.text();
      } else {
        skipField(reader, tag, STATUS_FIELDS);
      }
    }
    this.rows.statusCodes[this.span] = code;
    reader.leave(outer);
  }

  /** Steps over a text whose length the reader is at; returns where it begins. */
  private text(): number {
    const { reader } = this;
    const end = reader.payloadEnd();
    const start = reader.position;
    this.textBits |= textBits(this.view, start, end);
    reader.position = end;
    return start;
  }

  /** Reads an id into its row's big-endian words; false when it has a wrong length. */
  private id(words: Uint32Array, size: number): boolean {
    const { reader, view } = this;
    const end = reader.payloadEnd();
    const right = end - reader.position === size;
    let row = this.span * (size >>> 2);
    if (right) {
      for (let at = reader.position; at < end; at += 4) words[row++] = view.getUint32(at);
    } else {
      words.fill(0, row, row + (size >>> 2));
    }
    const empty = end === reader.position;
    reader.position = end;
    return right || empty;
  }

  /** Times as pairs of words: exact up to a duration of 104 days. */
  private times(startAt: number, endAt: number): void {
    const { rows, span, view } = this;
    const startLow = startAt < 0 ? 0 : view.getUint32(startAt, true);
    const startHigh = startAt < 0 ? 0 : view.getUint32(startAt + 4, true);
    const endLow = endAt < 0 ? 0 : view.getUint32(endAt, true);
    const endHigh = endAt < 0 ? 0 : view.getUint32(endAt + 4, true);
    rows.startTimeWords[2 * span] = startLow;
    rows.startTimeWords[2 * span + 1] = startHigh;
    rows.durationsNano[span] = (endHigh - startHigh) * TWO_32 + (endLow - startLow);
  }
}

function idWords(view: DataView, start: number, words: Uint32Array, row: number): void {
  words[row] = view.getUint32(start);
  words[row + 1] = view.getUint32(start + 4);
}

function knownOrZero(value: number, count: number): number {
  return value < count ? value : 0;
}
