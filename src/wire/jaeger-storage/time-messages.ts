import type { ProtobufReader } from '../protobuf/reader.ts';
import { WIRE_VARINT } from '../protobuf/reader.ts';
import type { ProtobufWriter } from '../protobuf/writer.ts';

const NANOS_PER_SECOND = 1_000_000_000n;

/**
 * google.protobuf.Timestamp and Duration, which have the same fields: 1 seconds (int64), 2 nanos
 * (int32, of the sign of the seconds in a Duration). In nanoseconds.
 */
export function readNanos(reader: ProtobufReader): bigint {
  const outer = reader.enter();
  let seconds = 0n;
  let nanos = 0n;
  while (reader.hasMore()) {
    const tag = reader.tag();
    switch (tag >>> 3) {
      case 1:
        reader.expect(tag, WIRE_VARINT);
        seconds = reader.int64();
        break;
      case 2:
        reader.expect(tag, WIRE_VARINT);
        nanos = reader.int64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outer);
  return seconds * NANOS_PER_SECOND + nanos;
}

/** Writes nanoseconds since 1970 as a Timestamp. */
export function writeNanos(writer: ProtobufWriter, field: number, value: bigint): void {
  const start = writer.beginMessage(field);
  // A Timestamp's nanos count forward even before 1970.
  const nanos = ((value % NANOS_PER_SECOND) + NANOS_PER_SECOND) % NANOS_PER_SECOND;
  writeParts(writer, { seconds: (value - nanos) / NANOS_PER_SECOND, nanos });
  writer.endMessage(start);
}

/** Writes nanoseconds as a Duration: both its parts have the sign. */
export function writeDuration(writer: ProtobufWriter, field: number, value: bigint): void {
  const start = writer.beginMessage(field);
  writeParts(writer, { seconds: value / NANOS_PER_SECOND, nanos: value % NANOS_PER_SECOND });
  writer.endMessage(start);
}

function writeParts(
  writer: ProtobufWriter,
  { nanos, seconds }: { readonly nanos: bigint; readonly seconds: bigint },
): void {
  if (seconds !== 0n) writer.int64(1, seconds);
  if (nanos !== 0n) writer.int64(2, nanos);
}

/** A time that somebody chose: Jaeger sends the year 1, which is Go's zero time, for none. */
export function sentTime(nanos: bigint | undefined): bigint | undefined {
  return nanos === undefined || nanos <= 0n ? undefined : nanos;
}
