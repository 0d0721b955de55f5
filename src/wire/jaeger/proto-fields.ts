import type { ProtobufReader } from '../protobuf/reader.ts';

/** The first field of a message that the tag's caller does not know. */
export function skipUnknown(reader: ProtobufReader, tag: number, knownMax: number): void {
  // A known number that comes here has a wire type that is not its own.
  if (tag >>> 3 <= knownMax) throw reader.bad(`wire type ${tag & 7} in field ${tag >>> 3}`);
  reader.skip(tag);
}

const HALF_BYTES = 8;

/**
 * An id into big-endian words: of all its bytes, or of the low half of a trace id. As Jaeger has it, any
 * other length makes the message one that cannot be read, be it of no bytes.
 * https://github.com/jaegertracing/jaeger-idl/blob/main/model/v1/ids.go
 */
export function readIdBytes(reader: ProtobufReader, words: Uint32Array): void {
  const end = reader.payloadEnd();
  const size = end - reader.position;
  const whole = words.length * 4;
  if (size !== whole && size !== HALF_BYTES) {
    const allowed = whole === HALF_BYTES ? HALF_BYTES : `${HALF_BYTES} or ${whole}`;
    throw reader.bad(`an id of ${size} bytes, not ${allowed},`);
  }
  reader.position = end;
  words.fill(0, 0, (whole - size) / 4);
  for (let index = (whole - size) / 4, at = end - size; at < end; index += 1, at += 4) {
    words[index] = reader.view.getUint32(at);
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
