import { WIRE_FIXED64 } from '../protobuf/reader.ts';
import type { ProtobufWriter } from '../protobuf/writer.ts';
import type { ThriftReader } from '../thrift/thrift-reader.ts';

const TWO_32 = 2 ** 32;
/**
 * The last double whose nanoseconds fit 64 bits, in microseconds: the year 2554, and as a signed number
 * a time before 1970.
 */
const MICROS_MAX = 18_446_744_073_709_548;

/** An i64 as a number, exact for every time before the year 2255. */
export function readMicros(reader: ThriftReader): number {
  reader.i64();
  return (reader.high | 0) * TWO_32 + reader.low;
}

/**
 * Writes microseconds and the nanoseconds (0–999) beyond them as a fixed64 of nanoseconds; what
 * cannot be one becomes the nearest that can. `field` is below 16.
 */
export function writeNanos(writer: ProtobufWriter, field: number, micros: number, nanos = 0): void {
  const out = writer.claim(NANOS_FIELD_BYTES);
  const { position } = writer;
  out.setUint8(position, (field << 3) | WIRE_FIXED64);
  putNanos(out, position, micros, nanos);
  writer.position = position + NANOS_FIELD_BYTES;
}

/** The same but for the tag, of one byte at `at`, and the room, which there is. */
export function putNanos(out: DataView, at: number, micros: number, nanos: number): void {
  const isIn = micros >= 0 && micros <= MICROS_MAX;
  const clamped = isIn ? micros : micros > 0 ? MICROS_MAX : 0;
  // Below 2^22: a double is rounded down to an integer by the shift, faster than by Math.floor.
  const high = (clamped / TWO_32) >>> 0;
  const lowNanos = (clamped - high * TWO_32) * 1000 + (isIn ? nanos : 0);
  const carry = (lowNanos / TWO_32) >>> 0;
  out.setUint32(at + 1, lowNanos - carry * TWO_32, true);
  out.setUint32(at + 5, high * 1000 + carry, true);
}

/** As `putNanos`, but a start before 1970 stays one, as a signed number: nobody is to take it. */
export function putStartNanos(out: DataView, at: number, micros: number, nanos: number): void {
  putNanos(out, at, micros < 0 ? MICROS_MAX : micros, nanos);
}

/** The same for `writeNanos`. */
export function writeStartNanos(writer: ProtobufWriter, field: number, micros: number): void {
  writeNanos(writer, field, micros < 0 ? MICROS_MAX : micros);
}

/** Of tag and number. */
export const NANOS_FIELD_BYTES = 9;
