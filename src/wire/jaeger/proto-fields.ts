import type { ProtobufReader } from '../protobuf/reader.ts';

/** The first field of a message that the tag's caller does not know. */
export function skipUnknown(reader: ProtobufReader, tag: number, knownMax: number): void {
  // A known number that comes here has a wire type that is not its own.
  if (tag >>> 3 <= knownMax) throw reader.bad(`wire type ${tag & 7} in field ${tag >>> 3}`);
  reader.skip(tag);
}

/**
 * An id into big-endian words. Jaeger's are 8 bytes (the low half of a trace id) or all; shorter ones
 * are padded on the left.
 */
export function readIdBytes(reader: ProtobufReader, words: Uint32Array): void {
  const end = reader.payloadEnd();
  const size = end - reader.position;
  if (size > words.length * 4) throw reader.bad(`an id of ${size} bytes`);
  reader.position = end;
  if (size === words.length * 4) {
    for (let index = 0, at = end - size; at < end; index += 1, at += 4) {
      words[index] = reader.view.getUint32(at);
    }
    return;
  }
  words.fill(0);
  let byteIndex = words.length * 4 - size;
  for (let at = end - size; at < end; at += 1, byteIndex += 1) {
    const word = byteIndex >>> 2;
    words[word] = ((words[word] ?? 0) << 8) | (reader.buffer[at] ?? 0);
  }
}

/** A google.protobuf.Timestamp or Duration. */
export interface ProtoTime {
  seconds: number;
  nanos: number;
}

const SECONDS = 1 << 3;
const NANOS = 2 << 3;
const TWO_32 = 2 ** 32;

/** Timestamp and Duration{1 seconds, 2 nanos}. */
export function readTime(reader: ProtobufReader, time: ProtoTime): void {
  time.seconds = 0;
  time.nanos = 0;
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === SECONDS) {
      reader.int64Halves();
      time.seconds = (reader.high | 0) * TWO_32 + reader.low;
    } else if (tag === NANOS) time.nanos = reader.varint32() | 0;
    else skipUnknown(reader, tag, 2);
  }
  reader.leave(outer);
}

/** Whole microseconds of a time. */
export function microsOf(seconds: number, nanos: number): number {
  return seconds * 1e6 + Math.floor(nanos / 1000);
}

/** Nanoseconds beyond the whole microseconds, 0–999. */
export function restOf(nanos: number): number {
  return nanos - Math.floor(nanos / 1000) * 1000;
}
