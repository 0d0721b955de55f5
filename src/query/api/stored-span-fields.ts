import type { Buffer } from 'node:buffer';
import type { ProtobufReader } from '../../wire/protobuf/reader.ts';
import {
  SPAN_ATTRIBUTE,
  SPAN_END,
  SPAN_ID,
  SPAN_KIND,
  SPAN_NAME,
  SPAN_PARENT_ID,
  SPAN_START,
  SPAN_STATUS,
  SPAN_TRACE_ID,
} from '../../wire/otlp/trace-fields.ts';
import { TagKeys } from './tag-keys.ts';
import type { TagKey } from './tag-keys.ts';

/** More tags than this are written the long way. */
const TAGS_MAX = 128;
/** Whose values are adjusted. */
const ADJUSTED_KEYS: ReadonlySet<string> = new Set(['ip', 'peer.ipv4']);

/** Counts of what was dropped: Jaeger's JSON has nothing of them. */
const DROPPED: ReadonlySet<number> = new Set([10 << 3, 12 << 3, 14 << 3]);
const SPAN_FLAGS = (16 << 3) | 5;

const KEY_TAG = 0x0a;
const VALUE_TAG = 0x12;
const STATUS_CODE_TAG = 0x18;
/** Of AnyValue. */
export const TEXT_TAG = 0x0a;
export const BOOL_TAG = 0x10;
export const INT_TAG = 0x18;
const DOUBLE_TAG = 0x21;
const ONE_BYTE_MAX = 0x7f;
const KIND_MAX = 5;

interface Tag {
  key: TagKey | undefined;
  /** Tag of the field in AnyValue. */
  type: number;
  /** Of its payload. */
  start: number;
  end: number;
}

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
  tagCount = 0;
  readonly tags: readonly Tag[] = Array.from({ length: TAGS_MAX }, () => ({
    key: undefined,
    type: 0,
    start: 0,
    end: 0,
  }));
  /** Of tags, by index. */
  readonly order = new Uint8Array(TAGS_MAX);
  private readonly keys = new TagKeys();

  /**
   * False when the span in [start, end) of the reader's bytes has more to it: events, links, values
   * that are no simple ones, fields in an unusual shape.
   */
  read(reader: ProtobufReader, start: number, end: number): boolean {
    this.parentId = -1;
    this.spanId = -1;
    this.nameStart = this.nameEnd = 0;
    this.kind = this.statusCode = this.tagCount = 0;
    this.start = this.end = -1;
    this.flags = 0;
    this.hasDropped = false;
    reader.position = start;
    reader.limit = end;
    while (reader.hasMore()) {
      const tag = reader.tag();
      const isSimple = tag === SPAN_ATTRIBUTE ? this.readTag(reader) : this.readField(reader, tag);
      if (!isSimple) return false;
    }
    return this.spanId >= 0;
  }

  /** Puts `order` in the order of keys, or as they came. False when sorted ones have a key twice. */
  arrange(sorted: boolean): boolean {
    if (sorted) return this.sort();
    const { order, tagCount } = this;
    for (let index = 0; index < tagCount; index++) order[index] = index;
    return true;
  }

  /** Puts `order` in the order of keys. False when a key comes twice. */
  sort(): boolean {
    const { order, tagCount, tags } = this;
    for (let index = 0; index < tagCount; index++) {
      const rank = tags[index]?.key?.rank ?? 0;
      let at = index;
      for (; at > 0; at--) {
        const before = order[at - 1] ?? 0;
        const rankBefore = tags[before]?.key?.rank ?? 0;
        if (rankBefore === rank) return false;
        if (rankBefore < rank) break;
        order[at] = before;
      }
      order[at] = index;
    }
    return true;
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

  /** One attribute: a key and then a simple value. */
  private readTag(reader: ProtobufReader): boolean {
    const end = reader.payloadEnd();
    const { buffer } = reader;
    const keyStart = reader.position + 2;
    const keyLength = buffer[reader.position + 1] ?? 0;
    const valueTag = keyStart + keyLength;
    if (buffer[reader.position] !== KEY_TAG || keyLength > ONE_BYTE_MAX) return false;
    if (valueTag >= end || buffer[valueTag] !== VALUE_TAG) return false;
    const key = this.keys.find(buffer, keyStart, valueTag);
    const tag = this.tags[this.tagCount];
    if (key === undefined || tag === undefined) return false;
    reader.position = valueTag + 1;
    if (reader.payloadEnd() !== end || reader.position === end) return false;
    tag.key = key;
    tag.type = buffer[reader.position] ?? 0;
    this.tagCount += 1;
    if (!readValue(reader, tag, end)) return false;
    return tag.type === TEXT_TAG || !ADJUSTED_KEYS.has(key.text);
  }
}

/** Whether the value is the only field of its message, and ends where that does. */
function readValue(reader: ProtobufReader, tag: Tag, end: number): boolean {
  reader.position += 1;
  switch (tag.type) {
    case TEXT_TAG: {
      const textEnd = reader.payloadEnd();
      tag.start = reader.position;
      tag.end = textEnd;
      break;
    }
    case BOOL_TAG:
      tag.start = reader.position;
      tag.end = reader.position + 1;
      if ((reader.buffer[tag.start] ?? 0) > 1) return false;
      break;
    case INT_TAG:
      tag.start = reader.position;
      reader.varint32();
      tag.end = reader.position;
      break;
    case DOUBLE_TAG:
      tag.start = reader.position;
      tag.end = reader.position + 8;
      break;
    default:
      return false;
  }
  reader.position = end;
  return tag.end === end;
}

function isZero(bytes: Buffer, start: number, size: number): boolean {
  for (let at = start; at < start + size; at++) {
    if (bytes[at] !== 0) return false;
  }
  return true;
}
