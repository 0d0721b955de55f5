import type { Buffer } from 'node:buffer';
import { SPAN_KINDS, STATUS_CODES } from '../../../model/span.ts';
import { afterField, afterVarint, placeAttribute, varintAt } from './attribute-place.ts';
import type { AttributePlace } from './attribute-place.ts';
import {
  BYTES,
  EVENTS,
  FIELDS,
  FIXED32,
  INT,
  LINKS,
  REST_FIELD,
  SPANS,
  STRING,
} from './block-format.ts';
import { ByteSink } from './byte-sink.ts';
import { byteWords } from './bytes-table.ts';
import type { ByteWords } from './bytes-table.ts';
import { ColumnSet } from './column-set.ts';
import { GrowingWords } from './growing-words.ts';

/** Fields of Span, Event, Link and Status; the grammar is in `trace-fields.ts`. */
const SPAN_ATTRIBUTE = 0x4a;
const SPAN_EVENT = 0x5a;
const SPAN_LINK = 0x6a;
const EVENT_TIME = 0x09;
const EVENT_NAME = 0x12;
const EVENT_ATTRIBUTE = 0x1a;
const EVENT_DROPPED = 0x20;
const LINK_TRACE_ID = 0x0a;
const LINK_SPAN_ID = 0x12;
const LINK_STATE = 0x1a;
const LINK_ATTRIBUTE = 0x22;
const LINK_DROPPED = 0x28;
const LINK_FLAGS = 0x35;
const STATUS_MESSAGE = 0x12;
const STATUS_CODE = 0x18;
/** Lengths from here on take more than one byte. */
const LONG = 0x80;

export const NAME_FIELD = 5;
/** Field of the span's column that holds Status.message. */
export const STATUS_FIELD = 15;

/**
 * Takes spans apart into columns: spans, their events, their links. Ids, times, kind and status code
 * are left to the scan. What no column can hold (unknown fields, an attribute that comes twice, keys
 * beyond the limit of columns) is kept as it came, as whole fields, in the column `REST_FIELD`.
 */
export class SpanShredder {
  readonly spans: ColumnSet;
  readonly events: ColumnSet;
  readonly links: ColumnSet;
  /** Span row of each event and link. */
  readonly eventOwners = new GrowingWords();
  readonly linkOwners = new GrowingWords();
  /** Low and high word of the time of each event. */
  readonly eventTimes = new GrowingWords();
  private readonly place: AttributePlace = { keyStart: 0, keyEnd: 0, type: 0, start: 0, end: 0 };
  /** Of the span that is being taken. */
  private source: ByteWords = byteWords(new Uint8Array());
  private readonly spanRest = new ByteSink(256);
  private readonly childRest = new ByteSink(256);

  constructor(columnsMax: number, seed: number) {
    this.spans = new ColumnSet(SPANS, columnsMax, seed);
    this.events = new ColumnSet(EVENTS, columnsMax, seed);
    this.links = new ColumnSet(LINKS, columnsMax, seed);
  }

  /** Forgets all spans, and keeps memory for others. */
  clear(): void {
    for (const table of [this.spans, this.events, this.links]) table.clear();
    for (const words of [this.eventOwners, this.linkOwners, this.eventTimes]) words.length = 0;
  }

  /** Takes the Span message [start, end), of a message that a scan has accepted. */
  span(row: number, source: ByteWords, start: number, end: number): void {
    const { bytes } = source;
    this.source = source;
    this.spans.startRow();
    for (let at = start; at < end;) {
      const size = bytes[at + 1] ?? 0;
      // Nearly all fields of spans are attributes of this kind.
      if (bytes[at] === SPAN_ATTRIBUTE && size < LONG) {
        const next = at + 2 + size;
        if (!this.attribute(this.spans, row, at + 2, next)) this.spanRest.bytes(bytes, at, next);
        at = next;
      } else {
        const tag = varintAt(bytes, at);
        const payloadAt = afterVarint(bytes, at);
        const next = afterField(bytes, payloadAt, tag);
        if (!this.spanField(row, tag, payloadAt, next)) this.spanRest.bytes(bytes, at, next);
        at = next;
      }
    }
    putRest(this.spans, row, this.spanRest);
  }

  /** To be called before the source of the spans goes; values are read then, a column at a time. */
  takePlaced(source: ByteWords): void {
    for (const table of [this.spans, this.events, this.links]) table.takePlaced(source);
  }

  /** Keeps a field of the span as bytes, which count more than what columns say. */
  keep(row: number, field: Uint8Array): void {
    const column = this.spans.field(REST_FIELD, FIELDS);
    const isLast = column.count > 0 && column.lastRow === row;
    if (isLast) this.spanRest.bytes(column.entries.entry(column.codes[column.count - 1] ?? 0));
    this.spanRest.bytes(field);
    putRest(this.spans, row, this.spanRest);
  }

  /** Takes the payload [start, end) of a field; false when the field has to be kept as it is. */
  private spanField(row: number, tag: number, start: number, end: number): boolean {
    const { bytes } = this.source;
    switch (tag) {
      case 0x0a:
      case 0x12:
      case 0x22:
      case 0x39:
      case 0x41:
        return true;
      case 0x1a:
      case 0x2a:
        this.spans.field(tag >>> 3, STRING).place(row, afterVarint(bytes, start), end);
        return true;
      case 0x30:
        return varintAt(bytes, start) < SPAN_KINDS.length;
      case SPAN_ATTRIBUTE:
        return this.attribute(this.spans, row, afterVarint(bytes, start), end);
      case SPAN_EVENT:
        this.event(row, afterVarint(bytes, start), end);
        return true;
      case SPAN_LINK:
        this.link(row, afterVarint(bytes, start), end);
        return true;
      default:
        return this.rareSpanField(row, tag, start, end);
    }
  }

  private rareSpanField(row: number, tag: number, start: number, end: number): boolean {
    const { source } = this;
    switch (tag) {
      case 0x50:
      case 0x60:
      case 0x70:
        this.spans.field(tag >>> 3, INT).place(row, start, end);
        return true;
      case 0x7a:
        return this.status(row, afterVarint(source.bytes, start), end);
      case (16 << 3) | 5:
        this.spans.field(16, FIXED32).place(row, start, end);
        return true;
      default:
        return false;
    }
  }

  private status(row: number, start: number, end: number): boolean {
    const { source } = this;
    const { bytes } = source;
    for (let at = start; at < end;) {
      const tag = varintAt(bytes, at);
      const payloadAt = afterVarint(bytes, at);
      at = afterField(bytes, payloadAt, tag);
      const isKnown =
        tag === STATUS_MESSAGE ||
        (tag === STATUS_CODE && varintAt(bytes, payloadAt) < STATUS_CODES.length);
      if (!isKnown) return false;
      if (tag === STATUS_MESSAGE) {
        const textAt = afterVarint(bytes, payloadAt);
        this.spans.field(STATUS_FIELD, STRING).place(row, textAt, at);
      }
    }
    return true;
  }

  /** Takes the KeyValue message [start, end); false when no column can. */
  private attribute(table: ColumnSet, row: number, start: number, end: number): boolean {
    const { place, source } = this;
    placeAttribute(source.bytes, start, end, place);
    const column = table.attribute(source, place.keyStart, place.keyEnd, place.type);
    if (column === undefined || column.lastRow === row) return false;
    column.place(row, place.start, place.end);
    return true;
  }

  private event(owner: number, start: number, end: number): void {
    const { bytes, view } = this.source;
    const row = this.eventOwners.length;
    this.eventOwners.push(owner);
    this.events.startRow();
    let timeAt = -1;
    for (let at = start; at < end;) {
      const tag = varintAt(bytes, at);
      const payloadAt = afterVarint(bytes, at);
      const next = afterField(bytes, payloadAt, tag);
      if (tag === EVENT_TIME) timeAt = payloadAt;
      else if (!this.eventField(row, tag, payloadAt, next)) this.childRest.bytes(bytes, at, next);
      at = next;
    }
    this.eventTimes.push(timeAt < 0 ? 0 : view.getUint32(timeAt, true));
    this.eventTimes.push(timeAt < 0 ? 0 : view.getUint32(timeAt + 4, true));
    putRest(this.events, row, this.childRest);
  }

  private eventField(row: number, tag: number, start: number, end: number): boolean {
    const { source } = this;
    switch (tag) {
      case EVENT_NAME:
        this.events.field(2, STRING).place(row, afterVarint(source.bytes, start), end);
        return true;
      case EVENT_ATTRIBUTE:
        return this.attribute(this.events, row, afterVarint(source.bytes, start), end);
      case EVENT_DROPPED:
        this.events.field(4, INT).place(row, start, end);
        return true;
      default:
        return false;
    }
  }

  private link(owner: number, start: number, end: number): void {
    const { bytes } = this.source;
    const row = this.linkOwners.length;
    this.linkOwners.push(owner);
    this.links.startRow();
    for (let at = start; at < end;) {
      const tag = varintAt(bytes, at);
      const payloadAt = afterVarint(bytes, at);
      const next = afterField(bytes, payloadAt, tag);
      if (!this.linkField(row, tag, payloadAt, next)) this.childRest.bytes(bytes, at, next);
      at = next;
    }
    putRest(this.links, row, this.childRest);
  }

  private linkField(row: number, tag: number, start: number, end: number): boolean {
    const { source } = this;
    switch (tag) {
      case LINK_TRACE_ID:
      case LINK_SPAN_ID:
        this.links.field(tag >>> 3, BYTES).place(row, afterVarint(source.bytes, start), end);
        return true;
      case LINK_STATE:
        this.links.field(3, STRING).place(row, afterVarint(source.bytes, start), end);
        return true;
      case LINK_ATTRIBUTE:
        return this.attribute(this.links, row, afterVarint(source.bytes, start), end);
      case LINK_DROPPED:
        this.links.field(5, INT).place(row, start, end);
        return true;
      case LINK_FLAGS:
        this.links.field(6, FIXED32).place(row, start, end);
        return true;
      default:
        return false;
    }
  }
}

function putRest(table: ColumnSet, row: number, rest: ByteSink): void {
  if (rest.position === 0) return;
  const whole: Buffer = rest.view();
  const column = table.field(REST_FIELD, FIELDS);
  column.place(row, 0, whole.length);
  column.takePlaced(byteWords(whole));
  rest.position = 0;
}
