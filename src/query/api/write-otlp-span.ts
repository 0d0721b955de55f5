import { doubleText } from '../../wire/json/number-text.ts';
import { shownSpanText } from '../../wire/otlp/otlp-json.ts';
import { ProtobufReader } from '../../wire/protobuf/reader.ts';
import { jsonPart } from './json-bytes.ts';
import type { JsonBytes, JsonPart } from './json-bytes.ts';
import { jsonText } from './json-text.ts';
import type { StoredPiece } from './span-piece.ts';
import { BOOL_TAG, INT_TAG, TEXT_TAG } from './stored-attributes.ts';
import type { StoredAttributes, StoredTag } from './stored-attributes.ts';
import { StoredSpanFields } from './stored-span-fields.ts';
import { HIGH_MAX, microsOf, restOf } from './stored-span-times.ts';
import type { TagKey } from './tag-keys.ts';

const TRACE_ID = jsonPart('{"traceId":"');
const SPAN_ID = jsonPart('","spanId":"');
const PARENT_ID = jsonPart('","parentSpanId":"');
const BEHIND_IDS = jsonPart('"');
const FLAGS = jsonPart(',"flags":');
const NAME = jsonPart(',"name":');
const KIND = jsonPart(',"kind":');
const START = jsonPart(',"startTimeUnixNano":"');
const END = jsonPart(',"endTimeUnixNano":"');
const BEHIND_TIME = jsonPart('"');
const ATTRIBUTES = jsonPart(',"attributes":[');
const COMMA = 0x2c;
const LIST_END = 0x5d;
const EVENTS = jsonPart(',"events":[');
const EVENT_TIME = jsonPart(',"timeUnixNano":"');
const TRUE = jsonPart('{"boolValue":true}}');
const FALSE = jsonPart('{"boolValue":false}}');
const INT = jsonPart('{"intValue":"');
const BEHIND_INT = jsonPart('"}}');
const DOUBLE = jsonPart('{"doubleValue":');
const BEHIND_VALUE = jsonPart('}}');
/** By the number of the status. */
const STATUSES = ['{}', '{"code":1}', '{"code":2}'].map((json) => jsonPart(`,"status":${json}}`));

/**
 * Turns the bytes of stored spans into OTLP JSON, with nothing made in between: what is common goes
 * this way, and `shownSpanText` is for the rest and says what is right.
 */
export class OtlpSpanWriter {
  private readonly json: JsonBytes;
  private readonly fields = new StoredSpanFields();
  private piece: StoredPiece | undefined;
  private reader = new ProtobufReader(new Uint8Array(0));

  constructor(json: JsonBytes) {
    this.json = json;
  }

  /** Writes a span that is shown. */
  write(piece: StoredPiece, index: number): void {
    if (piece !== this.piece) {
      this.piece = piece;
      this.reader = new ProtobufReader(piece.otlp);
    }
    if (this.isCommon(piece, index)) {
      this.writeIds();
      this.writeFields();
      this.writeAttributes(this.fields.attributes);
      this.writeEvents(piece.sorted);
      this.json.addPart(STATUSES[this.fields.statusCode] ?? BEHIND_VALUE);
      return;
    }
    const span = piece.span(index);
    if (span !== undefined) this.json.addText(shownSpanText(span, jsonText));
  }

  /** Whether `fields` has all of the span. */
  private isCommon(piece: StoredPiece, index: number): boolean {
    const { fields, reader } = this;
    const { scan, sorted } = piece;
    // What is wrong with its time is told by an attribute.
    if (piece.wayOf(index) !== 'bytes' || piece.skewOf(index) !== undefined) return false;
    if (!fields.read(reader, scan.spanStarts[index] ?? 0, scan.spanEnds[index] ?? 0)) return false;
    if (fields.hasDropped || fields.events.hasDropped) return false;
    if (!fields.arrange(reader.buffer, sorted)) return false;
    const highOf = (at: number): number => (at < 0 ? 0 : reader.buffer.readUInt32LE(at + 4));
    return highOf(fields.start) < HIGH_MAX && highOf(fields.end) < HIGH_MAX;
  }

  private writeIds(): void {
    const { fields, json, reader } = this;
    const { buffer } = reader;
    json.addPart(TRACE_ID);
    json.addHex(buffer, fields.traceId, fields.traceId + 16);
    json.addPart(SPAN_ID);
    json.addHex(buffer, fields.spanId, fields.spanId + 8);
    if (fields.parentId >= 0) {
      json.addPart(PARENT_ID);
      json.addHex(buffer, fields.parentId, fields.parentId + 8);
    }
    json.addPart(BEHIND_IDS);
  }

  /** Without those that are zero. */
  private writeFields(): void {
    const { fields, json } = this;
    if (fields.flags > 0) {
      json.addPart(FLAGS);
      json.addNumber(fields.flags);
    }
    this.writeName(fields.nameStart, fields.nameEnd);
    if (fields.kind > 0) {
      json.addPart(KIND);
      json.addNumber(fields.kind);
    }
    this.writeTime(START, fields.start);
    this.writeTime(END, fields.end);
  }

  private writeName(start: number, end: number): void {
    if (end === start) return;
    this.json.addPart(NAME);
    this.json.addQuoted(this.reader.buffer, start, end);
  }

  private writeTime(head: JsonPart, at: number): void {
    const { json, reader } = this;
    if (at < 0) return;
    const low = reader.buffer.readUInt32LE(at);
    const high = reader.buffer.readUInt32LE(at + 4);
    if (low === 0 && high === 0) return;
    json.addPart(head);
    json.addThousands(microsOf(high, low), restOf(high, low));
    json.addPart(BEHIND_TIME);
  }

  private writeAttributes({ count, order, tags }: StoredAttributes): void {
    const { json } = this;
    if (count === 0) return;
    json.addPart(ATTRIBUTES);
    for (let index = 0; index < count; index++) {
      if (index > 0) json.addByte(COMMA);
      const tag = tags[order[index] ?? 0];
      if (tag?.key !== undefined) this.writeAttribute(tag, tag.key);
    }
    json.addByte(LIST_END);
  }

  private writeEvents(sorted: boolean): void {
    const { fields, json, reader } = this;
    const { attributes, count } = fields.events;
    if (count === 0) return;
    json.addPart(EVENTS);
    for (let index = 0; index < count; index++) {
      fields.events.read(reader, index, sorted);
      const { nameEnd, nameStart, time } = fields.events;
      if (index > 0) json.addByte(COMMA);
      const start = json.length;
      this.writeTime(EVENT_TIME, time);
      this.writeName(nameStart, nameEnd);
      this.writeAttributes(attributes);
      json.object(start);
    }
    json.addByte(LIST_END);
  }

  private writeAttribute(tag: StoredTag, key: TagKey): void {
    const { json, reader } = this;
    if (tag.type === TEXT_TAG) {
      json.addPart(key.textValueHead);
      json.addQuoted(reader.buffer, tag.start, tag.end);
      json.addPart(BEHIND_VALUE);
      return;
    }
    json.addPart(key.valueHead);
    if (tag.type === BOOL_TAG) {
      json.addPart(reader.buffer[tag.start] === 0 ? FALSE : TRUE);
    } else if (tag.type === INT_TAG) {
      json.addPart(INT);
      reader.position = tag.start;
      reader.limit = tag.end;
      const value = reader.int64();
      const number = Number(value);
      if (Number.isSafeInteger(number)) json.addNumber(number);
      else json.addText(String(value));
      json.addPart(BEHIND_INT);
    } else {
      const value = reader.buffer.readDoubleLE(tag.start);
      json.addPart(DOUBLE);
      json.addText(doubleText(value));
      json.addPart(BEHIND_VALUE);
    }
  }
}
