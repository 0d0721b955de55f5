import { ProtobufReader, WIRE_LENGTH } from '../protobuf/reader.ts';

const RESOURCE_SPANS = (1 << 3) | WIRE_LENGTH;
const SCOPE_SPANS = (2 << 3) | WIRE_LENGTH;
const SPAN = (2 << 3) | WIRE_LENGTH;
const TRACE_ID = (1 << 3) | WIRE_LENGTH;

/**
 * The trace id, as 32 hex digits, of the first span of a TracesData message; undefined when it has
 * no span. Reads no further than that.
 * @throws WireError
 */
export function firstTraceId(otlp: Uint8Array): string | undefined {
  const reader = new ProtobufReader(otlp);
  return firstIn(reader, [RESOURCE_SPANS, SCOPE_SPANS, SPAN]);
}

function firstIn(reader: ProtobufReader, path: readonly number[]): string | undefined {
  const [wanted = TRACE_ID, ...rest] = path;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag !== wanted) {
      reader.skip(tag);
    } else if (path.length === 0) {
      return reader.hex();
    } else {
      const outer = reader.enter();
      const found = firstIn(reader, rest);
      if (found !== undefined) return found;
      reader.leave(outer);
    }
  }
  return undefined;
}
