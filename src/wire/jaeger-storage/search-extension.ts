import { Buffer } from 'node:buffer';
import { FilterError } from '../../model/build-filter.ts';
import { filterJson, readFilterJson } from '../../model/filter-json.ts';
import type { SearchPosition } from '../../model/search-filter.ts';
import type { TraceQuery } from '../../model/trace-query.ts';
import { ProtobufReader, WIRE_FIXED64, WIRE_LENGTH } from '../protobuf/reader.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { WireError } from '../wire-error.ts';

/*
 * What jaeger.storage.v2 has no fields for, in fields far beyond its own. Jaeger's servers and clients
 * step over them, so a client asks GetCapabilities first.
 *
 *   TraceQueryParameters  1001 filters: string, JSON as in `filter-json.ts`
 *                         1002 after: SearchPosition{1 start: fixed64, 2 trace_id: bytes}
 *                         1003 tell_positions: bool
 *   SearchCapabilities    1001 filters: bool, 1002 cursor: bool, 1003 attributes: bool,
 *                         1004 archive: bool
 *   TracesData            1001 match: fixed64, the first field of the message
 *   TraceSummary          1001 match: fixed64
 */
export const FILTERS_FIELD = 1001;
export const AFTER_FIELD = 1002;
export const TELL_POSITIONS_FIELD = 1003;
export const MATCH_FIELD = 1001;

/** Two bytes of tag, eight of time. */
const MATCH_BYTES = 10;

/** Of a query; nothing when it is one that Jaeger knows. */
export function writeSearchExtension(writer: ProtobufWriter, query: TraceQuery): void {
  const { after, filters = [], traceFilters = [] } = query;
  if (filters.length + traceFilters.length > 0) {
    writer.string(FILTERS_FIELD, JSON.stringify(filterJson({ filters, traceFilters })));
  }
  if (after !== undefined) {
    const start = writer.beginMessage(AFTER_FIELD);
    writer.fixed64(1, after.startNano);
    writer.hex(2, after.traceId);
    writer.endMessage(start);
  }
}

/** @throws WireError */
export function readFilters(text: string): Pick<TraceQuery, 'filters' | 'traceFilters'> {
  try {
    const { filters, traceFilters } = readFilterJson(JSON.parse(text));
    return {
      ...(filters.length === 0 ? {} : { filters }),
      ...(traceFilters.length === 0 ? {} : { traceFilters }),
    };
  } catch (error) {
    if (!(error instanceof FilterError) && !(error instanceof SyntaxError)) throw error;
    throw new WireError(`filters: ${error.message}`, { cause: error });
  }
}

export function readPosition(reader: ProtobufReader): SearchPosition {
  const outer = reader.enter();
  let startNano = 0n;
  let traceId = '';
  while (reader.hasMore()) {
    const tag = reader.tag();
    const field = tag >>> 3;
    if (field === 1) {
      reader.expect(tag, WIRE_FIXED64);
      startNano = reader.fixed64();
    } else if (field === 2) {
      reader.expect(tag, WIRE_LENGTH);
      traceId = reader.hex();
    } else {
      reader.skip(tag);
    }
  }
  reader.leave(outer);
  if (traceId.length !== 32) throw new WireError('a position has a trace id of 16 bytes');
  return { startNano, traceId };
}

/** A TracesData message with the time of its trace's newest match in front. */
export function withMatch(otlp: Uint8Array, matchNano: bigint): Buffer {
  const writer = new ProtobufWriter(otlp.length + MATCH_BYTES);
  writer.fixed64(MATCH_FIELD, matchNano);
  writer.raw(otlp);
  return Buffer.from(writer.finish());
}

/** Undoes `withMatch`; of any other message there is no match. @throws WireError */
export function splitMatch(message: Uint8Array): {
  readonly otlp: Uint8Array;
  readonly matchNano?: bigint;
} {
  const reader = new ProtobufReader(message);
  if (!reader.hasMore() || reader.tag() !== ((MATCH_FIELD << 3) | WIRE_FIXED64)) {
    return { otlp: message };
  }
  const matchNano = reader.fixed64();
  return { otlp: message.subarray(MATCH_BYTES), matchNano };
}
