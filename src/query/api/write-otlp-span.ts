import { Buffer } from 'node:buffer';
import { shownSpanText } from '../../wire/otlp/otlp-json.ts';
import { ProtobufReader } from '../../wire/protobuf/reader.ts';
import type { JsonBytes } from './json-bytes.ts';
import { jsonText } from './json-text.ts';
import type { StoredPiece } from './span-piece.ts';
import { BOOL_TAG, INT_TAG, StoredSpanFields, TEXT_TAG } from './stored-span-fields.ts';
import { HIGH_MAX, microsOf, restOf } from './stored-span-times.ts';

const bytesOf = (text: string): Uint8Array => Buffer.from(text);
const TRACE_ID = bytesOf('{"traceId":"');
const SPAN_ID = bytesOf('","spanId":"');
const PARENT_ID = bytesOf('","parentSpanId":"');
const BEHIND_IDS = bytesOf('"');
const FLAGS = bytesOf(',"flags":');
const NAME = bytesOf(',"name":');
const KIND = bytesOf(',"kind":');
const START = bytesOf(',"startTimeUnixNano":"');
const END = bytesOf(',"endTimeUnixNano":"');
const BEHIND_TIME = bytesOf('"');
const ATTRIBUTES = bytesOf(',"attributes":[');
const COMMA = bytesOf(',');
const BEHIND_ATTRIBUTES = bytesOf(']');
const TRUE = bytesOf('{"boolValue":true}}');
const FALSE = bytesOf('{"boolValue":false}}');
const INT = bytesOf('{"intValue":"');
const BEHIND_INT = bytesOf('"}}');
const DOUBLE = bytesOf('{"doubleValue":');
const BEHIND_VALUE = bytesOf('}}');
/** By the number of the status. */
const STATUSES = ['{}', '{"code":1}', '{"code":2}'].map((json) => bytesOf(`,"status":${json}}`));

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
      this.writeAttributes();
      this.json.add(STATUSES[this.fields.statusCode] ?? COMMA);
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
    if (fields.hasDropped || !fields.arrange(sorted)) return false;
    const highOf = (at: number): number => (at < 0 ? 0 : reader.buffer.readUInt32LE(at + 4));
    return highOf(fields.start) < HIGH_MAX && highOf(fields.end) < HIGH_MAX;
  }

  private writeIds(): void {
    const { fields, json, reader } = this;
    const { buffer } = reader;
    json.add(TRACE_ID);
    json.addHex(buffer, fields.traceId, fields.traceId + 16);
    json.add(SPAN_ID);
    json.addHex(buffer, fields.spanId, fields.spanId + 8);
    if (fields.parentId >= 0) {
      json.add(PARENT_ID);
      json.addHex(buffer, fields.parentId, fields.parentId + 8);
    }
    json.add(BEHIND_IDS);
  }

  /** Without those that are zero. */
  private writeFields(): void {
    const { fields, json, reader } = this;
    if (fields.flags > 0) {
      json.add(FLAGS);
      json.addNumber(fields.flags);
    }
    if (fields.nameEnd > fields.nameStart) {
      json.add(NAME);
      json.addQuoted(reader.buffer, fields.nameStart, fields.nameEnd);
    }
    if (fields.kind > 0) {
      json.add(KIND);
      json.addNumber(fields.kind);
    }
    this.writeTime(START, fields.start);
    this.writeTime(END, fields.end);
  }

  private writeTime(head: Uint8Array, at: number): void {
    const { json, reader } = this;
    if (at < 0) return;
    const low = reader.buffer.readUInt32LE(at);
    const high = reader.buffer.readUInt32LE(at + 4);
    if (low === 0 && high === 0) return;
    json.add(head);
    json.addThousands(microsOf(high, low), restOf(high, low));
    json.add(BEHIND_TIME);
  }

  private writeAttributes(): void {
    const { fields, json } = this;
    if (fields.tagCount === 0) return;
    json.add(ATTRIBUTES);
    for (let index = 0; index < fields.tagCount; index++) {
      if (index > 0) json.add(COMMA);
      this.writeAttribute(fields.order[index] ?? 0);
    }
    json.add(BEHIND_ATTRIBUTES);
  }

  private writeAttribute(index: number): void {
    const { fields, json, reader } = this;
    const tag = fields.tags[index];
    if (tag?.key === undefined) return;
    if (tag.type === TEXT_TAG) {
      json.add(tag.key.textValueHead);
      json.addQuoted(reader.buffer, tag.start, tag.end);
      json.add(BEHIND_VALUE);
      return;
    }
    json.add(tag.key.valueHead);
    if (tag.type === BOOL_TAG) {
      json.add(reader.buffer[tag.start] === 0 ? FALSE : TRUE);
    } else if (tag.type === INT_TAG) {
      json.add(INT);
      reader.position = tag.start;
      reader.limit = tag.end;
      const value = reader.int64();
      const number = Number(value);
      if (Number.isSafeInteger(number)) json.addNumber(number);
      else json.addText(String(value));
      json.add(BEHIND_INT);
    } else {
      const value = reader.buffer.readDoubleLE(tag.start);
      json.add(DOUBLE);
      json.addText(Number.isFinite(value) ? String(value) : `"${value}"`);
      json.add(BEHIND_VALUE);
    }
  }
}
