import { attributeText } from '../../model/attribute-text.ts';
import type { AttributeValue } from '../../model/span.ts';
import type { AttributeCondition, TraceQuery } from '../../model/trace-query.ts';
import { decodeKeyValue } from '../otlp/decode-value.ts';
import { encodeKeyValue } from '../otlp/encode-value.ts';
import { ProtobufReader, WIRE_LENGTH, WIRE_VARINT } from '../protobuf/reader.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { WireError } from '../wire-error.ts';
import {
  AFTER_FIELD,
  FILTERS_FIELD,
  TELL_POSITIONS_FIELD,
  readFilters,
  readPosition,
  writeSearchExtension,
} from './search-extension.ts';
import { emptySearchFields, readSearchField } from './search-fields.ts';
import type { SearchFields } from './search-fields.ts';
import { sentTime, writeDuration, writeNanos } from './time-messages.ts';

/** What a query asks for that this side does not know: answering part of it would be a lie. */
export class UnsupportedQueryError extends WireError {}

/** jaeger.storage.v2 leaves the meaning of no search_depth to the backend; Jaeger's UI sends 20. */
const DEFAULT_LIMIT = 100;
const LATEST_NANO = 2n ** 63n - 1n;
/** How a search for a span kind is said where the message has no field for it. */
const SPAN_KIND_KEY = 'span.kind';
/** How a search for spans with an error is said. */
const ERROR_KEY = 'error';

/**
 * FindTracesRequest, FindTraceIDsRequest and FindTraceSummariesRequest of jaeger.storage.v2: each is
 * {1 query: TraceQueryParameters}. What only our own servers know is in `search-extension.ts`.
 */
export function encodeFindRequest(
  query: TraceQuery,
  { tellPositions = false }: { readonly tellPositions?: boolean } = {},
): Uint8Array {
  const writer = new ProtobufWriter();
  const start = writer.beginMessage(1);
  if (query.serviceName !== undefined) writer.string(1, query.serviceName);
  if (query.operationName !== undefined) writer.string(2, query.operationName);
  for (const { key, value } of conditionsOf(query)) {
    encodeKeyValue(writer, 3, { key, value: searchValue(key, value) });
  }
  writeNanos(writer, 4, query.startTimeMinNano);
  writeNanos(writer, 5, query.startTimeMaxNano);
  if (query.durationMinNano !== undefined) writeDuration(writer, 6, BigInt(query.durationMinNano));
  if (query.durationMaxNano !== undefined) writeDuration(writer, 7, BigInt(query.durationMaxNano));
  writer.uint32(8, query.limit);
  writeSearchExtension(writer, query);
  if (tellPositions) writer.bool(TELL_POSITIONS_FIELD, true);
  writer.endMessage(start);
  return writer.finish();
}

export interface FindRequest extends TraceQuery {
  /** The sender understands where each trace stands in the order of results. */
  readonly tellPositions?: true;
}

/**
 * The query of such a request. No times mean any time, no search_depth means 100 traces, and typed
 * values of attributes are compared as their texts.
 * @throws UnsupportedQueryError for a structured filter, WireError for bytes that are no request
 */
export function decodeFindRequest(bytes: Uint8Array): FindRequest {
  const reader = new ProtobufReader(bytes);
  const draft: Draft = { ...emptySearchFields(), attributes: [], extension: {} };
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag >>> 3 === 1) {
      reader.expect(tag, WIRE_LENGTH);
      const outer = reader.enter();
      while (reader.hasMore()) readField(reader, draft);
      reader.leave(outer);
    } else {
      reader.skip(tag);
    }
  }
  return queryOf(draft);
}

interface Draft extends SearchFields {
  readonly attributes: AttributeCondition[];
  extension: Pick<FindRequest, 'filters' | 'traceFilters' | 'after' | 'tellPositions'>;
}

function readField(reader: ProtobufReader, draft: Draft): void {
  const tag = reader.tag();
  if (readSearchField(reader, tag, draft)) return;
  const field = tag >>> 3;
  if (field <= 10) reader.expect(tag, WIRE_LENGTH);
  if (field === 3) {
    const { key, value } = decodeKeyValue(reader);
    draft.attributes.push({ key, value: attributeText(value) });
  } else if (field === 9) {
    throw new UnsupportedQueryError('structured filters are not supported; see GetCapabilities');
  } else {
    readExtension(reader, tag, draft);
  }
}

function readExtension(reader: ProtobufReader, tag: number, draft: Draft): void {
  switch (tag >>> 3) {
    case FILTERS_FIELD:
      reader.expect(tag, WIRE_LENGTH);
      draft.extension = { ...draft.extension, ...readFilters(reader.string()) };
      break;
    case AFTER_FIELD:
      reader.expect(tag, WIRE_LENGTH);
      draft.extension = { ...draft.extension, after: readPosition(reader) };
      break;
    case TELL_POSITIONS_FIELD:
      reader.expect(tag, WIRE_VARINT);
      if (reader.varint32() !== 0) draft.extension = { ...draft.extension, tellPositions: true };
      break;
    default:
      reader.skip(tag);
  }
}

function queryOf(draft: Draft): FindRequest {
  const { serviceName, operationName, durationMinNano, durationMaxNano } = draft;
  return {
    ...(serviceName === '' ? {} : { serviceName }),
    ...(operationName === '' ? {} : { operationName }),
    attributes: draft.attributes,
    startTimeMinNano: sentTime(draft.startNano) ?? 0n,
    startTimeMaxNano: sentTime(draft.endNano) ?? LATEST_NANO,
    ...(durationMinNano !== 0n ? { durationMinNano: Number(durationMinNano) } : {}),
    ...(durationMaxNano !== 0n ? { durationMaxNano: Number(durationMaxNano) } : {}),
    limit: draft.limit > 0 ? draft.limit : DEFAULT_LIMIT,
    ...draft.extension,
  };
}

/** Jaeger's memory storage takes every text for an error that is none; other values it compares as text. */
function searchValue(key: string, value: string): AttributeValue {
  return key === ERROR_KEY && (value === 'true' || value === 'false')
    ? { type: 'bool', value: value === 'true' }
    : { type: 'string', value };
}

function conditionsOf({ attributes, spanKind }: TraceQuery): readonly AttributeCondition[] {
  return spanKind === undefined
    ? attributes
    : [...attributes, { key: SPAN_KIND_KEY, value: spanKind }];
}
