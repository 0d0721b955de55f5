import type { FilterCall, FilterTerm } from '../../model/filter-expression.ts';
import type { AttributeCondition, TimeWindow } from '../../model/trace-query.ts';
import { emptySearchFields, readSearchField } from '../jaeger-storage/search-fields.ts';
import type { SearchFields } from '../jaeger-storage/search-fields.ts';
import { readNanos } from '../jaeger-storage/time-messages.ts';
import { ProtobufReader, WIRE_LENGTH, WIRE_VARINT } from '../protobuf/reader.ts';
import { readTextMessage } from '../protobuf/text-fields.ts';
import { WireError } from '../wire-error.ts';

/**
 * What clients of Jaeger's query services ask. The messages of jaeger.api_v2 and jaeger.api_v3 have
 * the same numbers; only a trace id is bytes in one and hex digits in the other.
 */
export type ApiVersion = 'v2' | 'v3';

export interface TraceRequest {
  /** As sent: hex digits, which may be none or too many. */
  readonly traceId: string;
  readonly window: TimeWindow;
  readonly raw: boolean;
}

/** GetTraceRequest and ArchiveTraceRequest. @throws WireError */
export function decodeTraceRequest(bytes: Uint8Array, version: ApiVersion): TraceRequest {
  const reader = new ProtobufReader(bytes);
  let traceId = '';
  let startNano = 0n;
  let endNano = 0n;
  let raw = false;
  while (reader.hasMore()) {
    const tag = reader.tag();
    const field = tag >>> 3;
    if (field <= 4) reader.expect(tag, field === 4 ? WIRE_VARINT : WIRE_LENGTH);
    if (field === 1) traceId = version === 'v2' ? reader.hex() : reader.string();
    else if (field === 2) startNano = readNanos(reader);
    else if (field === 3) endNano = readNanos(reader);
    else if (field === 4) raw = reader.varint32() !== 0;
    else reader.skip(tag);
  }
  const window = {
    ...(startNano > 0n ? { startNano } : {}),
    ...(endNano > 0n ? { endNano } : {}),
  };
  return { traceId, window, raw };
}

export interface SearchRequest extends Readonly<SearchFields> {
  readonly attributes: readonly AttributeCondition[];
  readonly raw: boolean;
  readonly filter: FilterCall | undefined;
}

/** Calls within calls. */
const FILTER_DEPTH_MAX = 32;

interface Draft extends SearchFields {
  readonly attributes: AttributeCondition[];
  raw: boolean;
  filter: FilterCall | undefined;
}

/** FindTracesRequest, FindTraceSummariesRequest; undefined without a query. @throws WireError */
export function decodeSearchRequest(bytes: Uint8Array): SearchRequest | undefined {
  const reader = new ProtobufReader(bytes);
  let draft: Draft | undefined;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag >>> 3 !== 1) {
      reader.skip(tag);
      continue;
    }
    reader.expect(tag, WIRE_LENGTH);
    draft ??= emptyDraft();
    const outer = reader.enter();
    while (reader.hasMore()) readQueryField(reader, draft);
    reader.leave(outer);
  }
  return draft;
}

function emptyDraft(): Draft {
  return { ...emptySearchFields(), attributes: [], raw: false, filter: undefined };
}

function readQueryField(reader: ProtobufReader, draft: Draft): void {
  const tag = reader.tag();
  if (readSearchField(reader, tag, draft)) return;
  const field = tag >>> 3;
  if (field <= 10) reader.expect(tag, field === 9 ? WIRE_VARINT : WIRE_LENGTH);
  if (field === 3) {
    const [key = '', value = ''] = readTextMessage(reader, 2);
    draft.attributes.push({ key, value });
  } else if (field === 9) {
    draft.raw = reader.varint32() !== 0;
  } else if (field === 10) {
    draft.filter = readCall(reader, 1);
  } else {
    reader.skip(tag);
  }
}

function readCall(reader: ProtobufReader, depth: number): FilterCall {
  if (depth > FILTER_DEPTH_MAX) {
    throw new WireError(`a filter of more than ${FILTER_DEPTH_MAX} levels`);
  }
  const outer = reader.enter();
  let op = '';
  const args: FilterTerm[] = [];
  while (reader.hasMore()) {
    const tag = reader.tag();
    const field = tag >>> 3;
    if (field <= 2) reader.expect(tag, WIRE_LENGTH);
    if (field === 1) op = reader.string();
    else if (field === 2) args.push(readTerm(reader, depth));
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { op, args };
}

/** Of several fields of a oneof the last one counts. */
function readTerm(reader: ProtobufReader, depth: number): FilterTerm {
  const outer = reader.enter();
  let term: FilterTerm = {};
  while (reader.hasMore()) {
    const tag = reader.tag();
    const field = tag >>> 3;
    if (field > 6) {
      reader.skip(tag);
      continue;
    }
    reader.expect(tag, WIRE_LENGTH);
    term = readTermField(reader, field, depth);
  }
  reader.leave(outer);
  return term;
}

function readTermField(reader: ProtobufReader, field: number, depth: number): FilterTerm {
  if (field === 5) return { list: readList(reader) };
  if (field === 6) return { call: readCall(reader, depth + 1) };
  const [first = '', second = ''] = readTextMessage(reader, 2);
  switch (field) {
    case 1:
      return { attr: { key: first, level: second } };
    case 2:
      return { field: { name: first, level: second } };
    case 3:
      return { nested: { level: first } };
    default:
      return { scalar: { value: first, type: second } };
  }
}

function readList(reader: ProtobufReader): NonNullable<FilterTerm['list']> {
  const outer = reader.enter();
  const values: string[] = [];
  let type = '';
  while (reader.hasMore()) {
    const tag = reader.tag();
    const field = tag >>> 3;
    if (field <= 2) reader.expect(tag, WIRE_LENGTH);
    if (field === 1) values.push(reader.string());
    else if (field === 2) type = reader.string();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { values, type };
}
