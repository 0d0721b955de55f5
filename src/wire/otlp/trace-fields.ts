import { WIRE_FIXED32, WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from '../protobuf/reader.ts';

/*
 * TracesData { 1 resource_spans }
 * ResourceSpans { 1 resource, 2 scope_spans, 3 schema_url }
 * ScopeSpans { 1 scope, 2 spans, 3 schema_url }
 * Resource { 1 attributes, 2 dropped_attributes_count }
 * InstrumentationScope { 1 name, 2 version, 3 attributes, 4 dropped_attributes_count }
 * Span { 1 trace_id, 2 span_id, 3 trace_state, 4 parent_span_id, 5 name, 6 kind,
 *   7 start_time_unix_nano fixed64, 8 end_time_unix_nano fixed64, 9 attributes,
 *   10 dropped_attributes_count, 11 events, 12 dropped_events_count, 13 links,
 *   14 dropped_links_count, 15 status, 16 flags fixed32 }
 * Event { 1 time_unix_nano fixed64, 2 name, 3 attributes, 4 dropped_attributes_count }
 * Link { 1 trace_id, 2 span_id, 3 trace_state, 4 attributes, 5 dropped_attributes_count,
 *   6 flags fixed32 }
 * Status { 2 message, 3 code }
 * https://github.com/open-telemetry/opentelemetry-proto/blob/v1.7.0/opentelemetry/proto/trace/v1/trace.proto
 */
export const MESSAGE_1 = (1 << 3) | WIRE_LENGTH;
export const MESSAGE_2 = (2 << 3) | WIRE_LENGTH;
export const FIELD_3 = (3 << 3) | WIRE_LENGTH;
export const MESSAGE_4 = (4 << 3) | WIRE_LENGTH;

export const SPAN_TRACE_ID = (1 << 3) | WIRE_LENGTH;
export const SPAN_ID = (2 << 3) | WIRE_LENGTH;
export const SPAN_PARENT_ID = (4 << 3) | WIRE_LENGTH;
export const SPAN_NAME = (5 << 3) | WIRE_LENGTH;
export const SPAN_KIND = (6 << 3) | WIRE_VARINT;
export const SPAN_START = (7 << 3) | WIRE_FIXED64;
export const SPAN_END = (8 << 3) | WIRE_FIXED64;
export const SPAN_ATTRIBUTE = (9 << 3) | WIRE_LENGTH;
export const SPAN_EVENT = (11 << 3) | WIRE_LENGTH;
export const SPAN_LINK = (13 << 3) | WIRE_LENGTH;
export const SPAN_STATUS = (15 << 3) | WIRE_LENGTH;
export const EVENT_TIME = (1 << 3) | WIRE_FIXED64;
export const EVENT_NAME = (2 << 3) | WIRE_LENGTH;
export const EVENT_ATTRIBUTE = (3 << 3) | WIRE_LENGTH;
export const STATUS_MESSAGE = (2 << 3) | WIRE_LENGTH;
export const STATUS_CODE = (3 << 3) | WIRE_VARINT;

/** The wire type of each field, by number; 255 for a number the message does not have. */
export type FieldTypes = readonly number[];
export const NONE = 255;
export const SPAN_FIELDS: FieldTypes = [
  NONE,
  WIRE_LENGTH,
  WIRE_LENGTH,
  WIRE_LENGTH,
  WIRE_LENGTH,
  WIRE_LENGTH,
  WIRE_VARINT,
  WIRE_FIXED64,
  WIRE_FIXED64,
  WIRE_LENGTH,
  WIRE_VARINT,
  WIRE_LENGTH,
  WIRE_VARINT,
  WIRE_LENGTH,
  WIRE_VARINT,
  WIRE_LENGTH,
  WIRE_FIXED32,
];
export const EVENT_FIELDS: FieldTypes = [NONE, WIRE_FIXED64, WIRE_LENGTH, WIRE_LENGTH, WIRE_VARINT];
export const LINK_FIELDS: FieldTypes = [
  NONE,
  WIRE_LENGTH,
  WIRE_LENGTH,
  WIRE_LENGTH,
  WIRE_LENGTH,
  WIRE_VARINT,
  WIRE_FIXED32,
];
export const STATUS_FIELDS: FieldTypes = [NONE, NONE, WIRE_LENGTH, WIRE_VARINT];
export const RESOURCE_FIELDS: FieldTypes = [NONE, WIRE_LENGTH, WIRE_VARINT];
export const SCOPE_FIELDS: FieldTypes = [NONE, WIRE_LENGTH, WIRE_LENGTH, WIRE_LENGTH, WIRE_VARINT];
/** TracesData, ResourceSpans and ScopeSpans: every field has a length. */
export const GROUP_FIELDS: FieldTypes = [NONE, WIRE_LENGTH, WIRE_LENGTH, WIRE_LENGTH];
