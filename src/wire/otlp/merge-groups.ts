import { ProtobufReader, WIRE_LENGTH } from '../protobuf/reader.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { MESSAGE_1, MESSAGE_2 } from './trace-fields.ts';

/** Of a TracesData message: which of its groups are walked, and whether there are groups in them. */
const RESOURCE_SPANS = { tag: MESSAGE_1, hasGroups: true };
const SCOPE_SPANS = { tag: MESSAGE_2, hasGroups: false };

/** Tags and lengths that a merged message may have beyond its parts. */
const SPARE_BYTES = 64;

/**
 * The same TracesData message with one resource for each ResourceSpans and one scope for each
 * ScopeSpans, for a valid one that has several somewhere. To a protobuf parser several are one whose
 * fields stand one behind the other: numbers and texts of the last count, attributes add up.
 * https://protobuf.dev/programming-guides/encoding/#last-one-wins
 */
export function mergeGroups(otlp: Uint8Array): Uint8Array {
  const writer = new ProtobufWriter(otlp.length + SPARE_BYTES);
  copyGroups({ otlp, reader: new ProtobufReader(otlp), writer }, RESOURCE_SPANS);
  return writer.finish();
}

interface Copying {
  readonly otlp: Uint8Array;
  readonly reader: ProtobufReader;
  readonly writer: ProtobufWriter;
}

/** Copies fields up to the reader's limit; groups are merged on the way. */
function copyGroups(
  copying: Copying,
  { tag: groupTag, hasGroups }: typeof RESOURCE_SPANS,
  skipped?: number,
): void {
  const { otlp, reader, writer } = copying;
  while (reader.hasMore()) {
    const start = reader.position;
    const tag = reader.tag();
    if (tag === groupTag) {
      const outer = reader.enter();
      const at = writer.beginMessage(groupTag >>> 3);
      copyGroup(copying, hasGroups);
      writer.endMessage(at);
      reader.leave(outer);
      continue;
    }
    reader.skip(tag);
    if (tag !== skipped) writer.raw(otlp.subarray(start, reader.position));
  }
}

/** Field 1 is the resource or the scope; groups are in front of the rest of a resource only. */
function copyGroup(copying: Copying, hasGroups: boolean): void {
  const { otlp, reader, writer } = copying;
  const start = reader.position;
  const parts: Uint8Array[] = [];
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag !== MESSAGE_1) {
      reader.skip(tag);
      continue;
    }
    const end = reader.payloadEnd();
    parts.push(otlp.subarray(reader.position, end));
    reader.position = end;
  }
  if (parts.length > 0) {
    const at = writer.beginMessage(MESSAGE_1 >>> 3);
    for (const part of parts) writer.raw(part);
    writer.endMessage(at);
  }
  reader.position = start;
  copyGroups(copying, hasGroups ? SCOPE_SPANS : NO_GROUPS, MESSAGE_1);
}

/** The tag of no field. */
const NO_GROUPS = { tag: WIRE_LENGTH, hasGroups: false };
