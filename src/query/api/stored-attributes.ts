import type { ProtobufReader } from '../../wire/protobuf/reader.ts';
import { TagKeys, isKeyAt } from './tag-keys.ts';
import type { TagKey } from './tag-keys.ts';

/** More than this are written the long way. */
const TAGS_MAX = 128;
/** Whose values are adjusted. */
const ADJUSTED_KEYS: ReadonlySet<string> = new Set(['ip', 'peer.ipv4']);

const KEY_TAG = 0x0a;
const VALUE_TAG = 0x12;
/** Of AnyValue. */
export const TEXT_TAG = 0x0a;
export const BOOL_TAG = 0x10;
export const INT_TAG = 0x18;
const DOUBLE_TAG = 0x21;
const ONE_BYTE_MAX = 0x7f;
const NEVER = -1;

export interface StoredTag {
  key: TagKey | undefined;
  /** Tag of the field in AnyValue. */
  type: number;
  /** Of its payload. */
  start: number;
  end: number;
}

/** Finds the attributes of stored spans or events; one object is filled again and again. */
export class StoredAttributes {
  count = 0;
  readonly tags: readonly StoredTag[] = Array.from({ length: TAGS_MAX }, () => ({
    key: undefined,
    type: 0,
    start: 0,
    end: 0,
  }));
  /** Of tags, by index. */
  readonly order = new Uint8Array(TAGS_MAX);
  /** How many tags of these keys are in `order`, by keys. */
  private sortedCount = NEVER;
  private readonly keys = new TagKeys();

  /** Whether it learns no more keys. */
  get isFull(): boolean {
    return this.keys.isFull;
  }

  clear(): void {
    this.count = 0;
  }

  /** One attribute, of which the reader is at its length: a key and then a simple value. False for others. */
  read(reader: ProtobufReader): boolean {
    const end = reader.payloadEnd();
    const { buffer } = reader;
    const keyStart = reader.position + 2;
    const keyLength = buffer[reader.position + 1] ?? 0;
    const valueTag = keyStart + keyLength;
    if (buffer[reader.position] !== KEY_TAG || keyLength > ONE_BYTE_MAX) return false;
    if (valueTag >= end || buffer[valueTag] !== VALUE_TAG) return false;
    const tag = this.tags[this.count];
    if (tag === undefined) return false;
    // Spans of one place in a program carry the same keys in the same order.
    if (tag.key === undefined || !isKeyAt(tag.key, reader.view, keyStart, keyLength)) {
      this.sortedCount = NEVER;
      tag.key = this.keys.find(buffer, keyStart, valueTag);
      if (tag.key === undefined) return false;
    }
    reader.position = valueTag + 1;
    if (reader.payloadEnd() !== end || reader.position === end) return false;
    tag.type = buffer[reader.position] ?? 0;
    this.count += 1;
    if (!readValue(reader, tag, end)) return false;
    return tag.type === TEXT_TAG || !ADJUSTED_KEYS.has(tag.key.text);
  }

  has(key: string): boolean {
    for (let index = 0; index < this.count; index++) {
      if (this.tags[index]?.key?.text === key) return true;
    }
    return false;
  }

  /** Puts `order` in the order of keys, or as they came. False when sorted ones have a key twice. */
  arrange(sorted: boolean): boolean {
    const { count, order } = this;
    if (sorted) return this.sort();
    this.sortedCount = NEVER;
    for (let index = 0; index < count; index++) order[index] = index;
    return true;
  }

  /** Puts `order` in the order of keys. False when a key comes twice. */
  sort(): boolean {
    const { count, order, tags } = this;
    if (this.sortedCount === count) return true;
    this.sortedCount = NEVER;
    for (let index = 0; index < count; index++) {
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
    this.sortedCount = count;
    return true;
  }
}

/** Whether the value is the only field of its message, and ends where that does. */
function readValue(reader: ProtobufReader, tag: StoredTag, end: number): boolean {
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
