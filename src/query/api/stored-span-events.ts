import type { Buffer } from 'node:buffer';
import { EVENT_ATTRIBUTE, EVENT_NAME, EVENT_TIME } from '../../wire/otlp/trace-fields.ts';
import type { ProtobufReader } from '../../wire/protobuf/reader.ts';
import { StoredAttributes } from './stored-attributes.ts';
import { HIGH_MAX } from './stored-span-times.ts';

/** More events than this are written the long way. */
const EVENTS_MAX = 32;
const EVENT_DROPPED = 4 << 3;
const ASCII_MAX = 0x7f;

/** Finds the fields of the events of stored spans; one object is filled again and again. */
export class StoredSpanEvents {
  count = 0;
  /** Whether attributes of one were dropped. */
  hasDropped = false;
  /** Of the event that was read last: where its time stands, -1 for zero. */
  time = -1;
  nameStart = 0;
  nameEnd = 0;
  readonly attributes = new StoredAttributes();
  /** Of events, by index. */
  readonly order = new Uint8Array(EVENTS_MAX);
  private readonly starts = new Uint32Array(EVENTS_MAX);
  private readonly ends = new Uint32Array(EVENTS_MAX);
  private readonly nameStarts = new Uint32Array(EVENTS_MAX);
  private readonly nameEnds = new Uint32Array(EVENTS_MAX);

  /** Whether the name of the event that was read last is a field of its own in Jaeger's logs. */
  get isNamed(): boolean {
    return this.nameEnd > this.nameStart && !this.attributes.has('event');
  }

  clear(): void {
    this.count = 0;
    this.hasDropped = false;
  }

  /** One event, of which the reader is at its length. False for one with more to it than fields here. */
  add(reader: ProtobufReader): boolean {
    const index = this.count;
    if (index === EVENTS_MAX) return false;
    const end = reader.payloadEnd();
    const { limit, position } = reader;
    this.starts[index] = position;
    this.ends[index] = end;
    if (!this.readFields(reader, position, end) || !this.attributes.sort()) return false;
    reader.limit = limit;
    if (this.time >= 0 && reader.buffer.readUInt32LE(this.time + 4) >= HIGH_MAX) return false;
    this.nameStarts[index] = this.nameStart;
    this.nameEnds[index] = this.nameEnd;
    this.count += 1;
    return true;
  }

  /** Puts `order` in the order of names, or as they came. False for names that need more care. */
  arrange(buffer: Buffer, sorted: boolean): boolean {
    const { count, order } = this;
    for (let index = 0; index < count; index++) {
      let at = index;
      if (sorted && count > 1) {
        if (!this.isAscii(buffer, index)) return false;
        for (; at > 0; at--) {
          const before = order[at - 1] ?? 0;
          if (this.compareNames(buffer, before, index) <= 0) break;
          order[at] = before;
        }
      }
      order[at] = index;
    }
    return true;
  }

  /** Finds the fields of the event that is the `at`th in order. */
  read(reader: ProtobufReader, at: number, sorted: boolean): void {
    const index = this.order[at] ?? 0;
    this.readFields(reader, this.starts[index] ?? 0, this.ends[index] ?? 0);
    this.attributes.arrange(sorted);
  }

  private readFields(reader: ProtobufReader, start: number, end: number): boolean {
    this.time = -1;
    this.nameStart = this.nameEnd = 0;
    this.attributes.clear();
    reader.position = start;
    reader.limit = end;
    while (reader.hasMore()) {
      const tag = reader.tag();
      if (tag === EVENT_ATTRIBUTE) {
        if (!this.attributes.read(reader)) return false;
      } else if (tag === EVENT_NAME) {
        this.nameEnd = reader.payloadEnd();
        this.nameStart = reader.position;
        reader.position = this.nameEnd;
      } else if (tag === EVENT_TIME) {
        this.time = reader.position;
        reader.skip(tag);
      } else if (tag === EVENT_DROPPED) {
        if (reader.varint32() > 0) this.hasDropped = true;
      } else {
        return false;
      }
    }
    return true;
  }

  /** Texts of other characters have another order than their bytes. */
  private isAscii(buffer: Buffer, index: number): boolean {
    const end = this.nameEnds[index] ?? 0;
    for (let at = this.nameStarts[index] ?? 0; at < end; at++) {
      if ((buffer[at] ?? 0) > ASCII_MAX) return false;
    }
    return true;
  }

  private compareNames(buffer: Buffer, a: number, b: number): number {
    const { nameEnds: ends, nameStarts: starts } = this;
    return buffer.compare(buffer, starts[b], ends[b], starts[a], ends[a]);
  }
}
