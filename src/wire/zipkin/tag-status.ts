import type { Buffer } from 'node:buffer';
import { SPAN_KINDS, STATUS_CODES } from '../../model/span.ts';
import { createKeyTable } from '../json/key-table.ts';

const ERROR = 0;
const STATUS_CODE = 1;
const STATUS_DESCRIPTION = 2;
const SPAN_KIND = 3;
const TRACE_STATE = 4;
const SCOPE_NAME = 5;
const SCOPE_VERSION = 7;

/** Keys of tags that a field may say instead. */
export const TAG_KEYS = createKeyTable([
  'error',
  'otel.status_code',
  'otel.status_description',
  'span.kind',
  'w3c.tracestate',
  'otel.scope.name',
  'otel.library.name',
  'otel.scope.version',
  'otel.library.version',
]);

/** What OTLP has fields for and Zipkin spans say in tags. Ranges are empty when not said. */
export interface TagFields {
  /** Some tag `error` other than `false` was seen. It outranks otel.status_code. */
  error: boolean;
  /** OTLP StatusCode of otel.status_code; -1 when not said. */
  statusCode: number;
  /** OTLP SpanKind of span.kind; 0 when not said. */
  kind: number;
  descriptionStart: number;
  descriptionStop: number;
  traceStateStart: number;
  traceStateStop: number;
  scopeNameStart: number;
  scopeNameStop: number;
  scopeVersionStart: number;
  scopeVersionStop: number;
}

export function createTagFields(): TagFields {
  return {
    error: false,
    statusCode: -1,
    kind: 0,
    descriptionStart: 0,
    descriptionStop: 0,
    traceStateStart: 0,
    traceStateStop: 0,
    scopeNameStart: 0,
    scopeNameStop: 0,
    scopeVersionStart: 0,
    scopeVersionStop: 0,
  };
}

export function clearTagFields(fields: TagFields): void {
  fields.error = false;
  fields.statusCode = -1;
  fields.kind = 0;
  fields.descriptionStart = fields.descriptionStop = 0;
  fields.traceStateStart = fields.traceStateStop = 0;
  fields.scopeNameStart = fields.scopeNameStop = 0;
  fields.scopeVersionStart = fields.scopeVersionStop = 0;
}

/** A key and its value as ranges; one record is reused. */
export interface TagRange {
  keyStart: number;
  keyStop: number;
  valueStart: number;
  valueStop: number;
}

/** What is left to do with a tag: nothing, when a field says it all; else it is an attribute too. */
export const TAG_TAKEN = 0;
export const TAG_KEPT = 1;
export const TAG_ERROR_TEXT = 2;
export const TAG_ERROR_FALSE = 3;

/** Takes a tag in, and says what is left to do with it. */
export function takeTag(fields: TagFields, text: Buffer, tag: TagRange): number {
  const what = TAG_KEYS.find(text, tag.keyStart, tag.keyStop);
  if (what < 0) return TAG_KEPT;
  if (what === ERROR) return takeError(fields, text, tag);
  return takeKnown(fields, what, text, tag) ? TAG_TAKEN : TAG_KEPT;
}

/** The same for a tag that is true or false: a true `error` is the status. */
export function takeBoolTag(
  fields: TagFields,
  text: Buffer,
  tag: TagRange,
  value: boolean,
): boolean {
  const isError = value && TAG_KEYS.find(text, tag.keyStart, tag.keyStop) === ERROR;
  fields.error ||= isError;
  return isError;
}

/** Zipkin's rule: any value means an error, and one that is neither true nor false is its text. */
function takeError(fields: TagFields, text: Buffer, tag: TagRange): number {
  const value = shortText(text, tag).toLowerCase();
  if (value === 'false') return TAG_ERROR_FALSE;
  fields.error = true;
  return value === 'true' || tag.valueStart === tag.valueStop ? TAG_TAKEN : TAG_ERROR_TEXT;
}

function takeKnown(fields: TagFields, what: number, text: Buffer, tag: TagRange): boolean {
  const { valueStart, valueStop } = tag;
  switch (what) {
    case STATUS_CODE:
      fields.statusCode = statusCodeOf(shortText(text, tag));
      return fields.statusCode >= 0;
    case STATUS_DESCRIPTION:
      fields.descriptionStart = valueStart;
      fields.descriptionStop = valueStop;
      return true;
    case SPAN_KIND:
      fields.kind = kindOf(shortText(text, tag));
      return fields.kind > 0;
    case TRACE_STATE:
      fields.traceStateStart = valueStart;
      fields.traceStateStop = valueStop;
      return true;
    default:
      takeScope(fields, what, tag);
      return true;
  }
}

function takeScope(fields: TagFields, what: number, { valueStart, valueStop }: TagRange): void {
  if (what >= SCOPE_NAME && what < SCOPE_VERSION) {
    fields.scopeNameStart = valueStart;
    fields.scopeNameStop = valueStop;
  } else {
    fields.scopeVersionStart = valueStart;
    fields.scopeVersionStop = valueStop;
  }
}

/** OTLP StatusCode; 0 when the tags say nothing of a status. */
export function statusOf(fields: TagFields): number {
  return fields.error ? STATUS_CODES.indexOf('error') : Math.max(0, fields.statusCode);
}

/** OTel's exporters write ERROR, those of the collector STATUS_CODE_ERROR or Error. */
function statusCodeOf(value: string): number {
  const name = value.toLowerCase().replace('status_code_', '');
  return STATUS_CODES.findIndex((code) => code === name);
}

function kindOf(value: string): number {
  const name = value.toLowerCase();
  return Math.max(
    0,
    SPAN_KINDS.findIndex((kind) => kind === name),
  );
}

const SHORT_BYTES = 32;

/** The value when it is short enough to be one of those looked for; else ''. */
function shortText(text: Buffer, { valueStart, valueStop }: TagRange): string {
  return valueStop - valueStart <= SHORT_BYTES
    ? text.toString('latin1', valueStart, valueStop)
    : '';
}
