import type { Buffer } from 'node:buffer';
import type { ProtobufReader } from '../../wire/protobuf/reader.ts';
import {
  SPAN_ATTRIBUTE,
  SPAN_END,
  SPAN_EVENT,
  SPAN_ID,
  SPAN_KIND,
  SPAN_NAME,
  SPAN_PARENT_ID,
  SPAN_START,
  SPAN_STATUS,
  SPAN_TRACE_ID,
} from '../../wire/otlp/trace-fields.ts';
import { StoredAttributes } from './stored-attributes.ts';
import { StoredSpanEvents } from './stored-span-events.ts';

/** Counts of what was dropped: Jaeger's JSON has nothing of them. */
const DROPPED: ReadonlySet<number> = new Set([10 << 3, 12 << 3, 14 << 3]);
const SPAN_FLAGS = (16 << 3) | 5;

const STATUS_CODE_TAG = 0x18;
const KIND_MAX = 5;

/**
 * Finds the fields of stored spans that most spans are made of, without making anything of them: one
 * object is filled again and again.
 */
export class StoredSpanFields {
  traceId = -1;
  spanId = -1;
  /** -1 without a parent. */
  parentId = -1;
  nameStart = 0;
  nameEnd = 0;
  kind = 0;
  statusCode = 0;
  flags = 0;
  /** Whether something of the span was dropped. */
  hasDropped = false;
  /** Where the times stand, -1 for zero. */
  start = -1;
  end = -1;
  readonly attributes = new StoredAttributes();
  readonly events = new StoredSpanEvents();

  /** Whether it learns no more keys. */
  get isFull(): boolean {
    return this.attributes.isFull || this.events.attributes.isFull;
  }

  /**
   * False when the span in [start, end) of the reader's bytes has more to it: links, values that
   * are no simple ones, fields in an unusual shape.
   */
  read(reader: ProtobufReader, start: number, end: number): boolean {
    this.parentId = -1;
    this.spanId = -1;
    this.nameStart = this.nameEnd = 0;
    this.kind = this.statusCode = 0;
    this.attributes.clear();
    this.events.clear();
    this.start = this.end = -1;
    this.flags = 0;
    this.hasDropped = false;
    reader.position = start;
    reader.limit = end;
    while (reader.hasMore()) {
      const tag = reader.tag();
      const isSimple =
        tag === SPAN_ATTRIBUTE ? this.attributes.read(reader) : this.readField(reader, tag);
      if (!isSimple) return false;
    }
    return this.spanId >= 0;
  }

  /** Puts attributes and events in order. False for those that need more care. */
  arrange(buffer: Buffer, sorted: boolean): boolean {
    return this.attributes.arrange(sorted) && this.events.arrange(buffer, sorted);
  }

  private readField(reader: ProtobufReader, tag: number): boolean {
    switch (tag) {
      case SPAN_TRACE_ID:
        if (this.payload(reader) !== 16) return false;
        this.traceId = reader.position - 16;
        return true;
      case SPAN_ID:
        if (this.payload(reader) !== 8) return false;
        this.spanId = reader.position - 8;
        return true;
      case SPAN_PARENT_ID: {
        const size = this.payload(reader);
        this.parentId = isZero(reader.buffer, reader.position - size, size)
          ? -1
          : reader.position - size;
        return size === 8 || size === 0;
      }
      case SPAN_NAME: {
        const size = this.payload(reader);
        this.nameStart = reader.position - size;
        this.nameEnd = reader.position;
        return true;
      }
      case SPAN_KIND:
        this.kind = reader.varint32();
        return this.kind <= KIND_MAX;
      case SPAN_START:
        this.start = reader.position;
        reader.skip(tag);
        return true;
      case SPAN_END:
        this.end = reader.position;
        reader.skip(tag);
        return true;
      case SPAN_STATUS:
        return this.readStatus(reader);
      default:
        return this.readRareField(reader, tag);
    }
  }

  private readRareField(reader: ProtobufReader, tag: number): boolean {
    if (tag === SPAN_EVENT) return this.events.add(reader);
    if (tag === SPAN_FLAGS) {
      this.flags = reader.fixed32();
      return true;
    }
    if (!DROPPED.has(tag)) return false;
    if (reader.varint32() > 0) this.hasDropped = true;
    return true;
  }

  /** Steps over a payload and returns its size. */
  private payload(reader: ProtobufReader): number {
    const end = reader.payloadEnd();
    const size = end - reader.position;
    reader.position = end;
    return size;
  }

  private readStatus(reader: ProtobufReader): boolean {
    const end = reader.payloadEnd();
    const { buffer, position } = reader;
    reader.position = end;
    this.statusCode = 0;
    if (position === end) return true;
    this.statusCode = buffer[position + 1] ?? 0;
    return end - position === 2 && buffer[position] === STATUS_CODE_TAG && this.statusCode <= 2;
  }
}

function isZero(bytes: Buffer, start: number, size: number): boolean {
  for (let at = start; at < start + size; at++) {
    if (bytes[at] !== 0) return false;
  }
  return true;
}
