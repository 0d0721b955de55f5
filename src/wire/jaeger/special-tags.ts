import { Buffer } from 'node:buffer';
import { SPAN_KINDS, STATUS_CODES } from '../../model/span.ts';
import { equalBytes } from './equal-bytes.ts';
import { TAG_BOOL, TAG_STRING } from './jaeger-tag.ts';
import type { JaegerTag } from './jaeger-tag.ts';

/** What OTLP has fields for and Jaeger says in tags of a span; ranges are empty when not said. */
export interface SpecialTags {
  /** OTLP SpanKind. */
  kind: number;
  /** A tag error=true was seen. It outranks otel.status_code. */
  error: boolean;
  /** OTLP StatusCode of otel.status_code; -1 when not said. */
  statusCode: number;
  descriptionStart: number;
  descriptionEnd: number;
  scopeNameStart: number;
  scopeNameEnd: number;
  scopeVersionStart: number;
  scopeVersionEnd: number;
  traceStateStart: number;
  traceStateEnd: number;
}

export function createSpecialTags(): SpecialTags {
  return clearSpecialTags({
    kind: 0,
    error: false,
    statusCode: -1,
    descriptionStart: 0,
    descriptionEnd: 0,
    scopeNameStart: 0,
    scopeNameEnd: 0,
    scopeVersionStart: 0,
    scopeVersionEnd: 0,
    traceStateStart: 0,
    traceStateEnd: 0,
  });
}

export function clearSpecialTags(special: SpecialTags): SpecialTags {
  special.kind = 0;
  special.error = false;
  special.statusCode = -1;
  special.descriptionStart = special.descriptionEnd = 0;
  special.scopeNameStart = special.scopeNameEnd = 0;
  special.scopeVersionStart = special.scopeVersionEnd = 0;
  special.traceStateStart = special.traceStateEnd = 0;
  return special;
}

const NOT_SPECIAL = 0;
const KIND = 1;
const ERROR = 2;
const STATUS_CODE = 3;
const STATUS_DESCRIPTION = 4;
const SCOPE_NAME = 5;
const SCOPE_VERSION = 6;
const TRACE_STATE = 7;

const KEYS = [
  ['span.kind', KIND],
  ['error', ERROR],
  ['otel.status_code', STATUS_CODE],
  ['otel.status_description', STATUS_DESCRIPTION],
  ['otel.scope.name', SCOPE_NAME],
  ['otel.library.name', SCOPE_NAME],
  ['otel.scope.version', SCOPE_VERSION],
  ['otel.library.version', SCOPE_VERSION],
  ['w3c.tracestate', TRACE_STATE],
] as const;

const KEYS_BY_LENGTH: readonly (readonly { readonly key: Buffer; readonly what: number }[])[] =
  Array.from({ length: 24 }, (_, length) =>
    KEYS.filter(([key]) => key.length === length).map(([key, what]) => ({
      key: Buffer.from(key),
      what,
    })),
  );

/** Takes a tag in when it is special; the last one of a key wins. */
export function noteTag(special: SpecialTags, source: Buffer, tag: JaegerTag): void {
  switch (specialOf(source, tag)) {
    case KIND:
      special.kind = kindOf(source, tag);
      break;
    case ERROR:
      special.error = true;
      break;
    case STATUS_CODE:
      special.statusCode = statusCodeOf(source, tag);
      break;
    case STATUS_DESCRIPTION:
      special.descriptionStart = tag.textStart;
      special.descriptionEnd = tag.textEnd;
      break;
    case SCOPE_NAME:
      special.scopeNameStart = tag.textStart;
      special.scopeNameEnd = tag.textEnd;
      break;
    case SCOPE_VERSION:
      special.scopeVersionStart = tag.textStart;
      special.scopeVersionEnd = tag.textEnd;
      break;
    case TRACE_STATE:
      special.traceStateStart = tag.textStart;
      special.traceStateEnd = tag.textEnd;
      break;
    default:
  }
}

/** False for a tag that an OTLP field says instead. */
export function staysAttribute(special: SpecialTags, source: Buffer, tag: JaegerTag): boolean {
  const what = specialOf(source, tag);
  // OTLP shows a status message only beside a status.
  return what === NOT_SPECIAL || (what === STATUS_DESCRIPTION && statusOf(special) <= 0);
}

/** OTLP StatusCode; -1 when the tags say nothing of a status. */
export function statusOf(special: SpecialTags): number {
  return special.error ? STATUS_CODES.indexOf('error') : special.statusCode;
}

/** What a tag says, when its value is one that can be taken over. */
function specialOf(source: Buffer, tag: JaegerTag): number {
  const length = tag.keyEnd - tag.keyStart;
  for (const { key, what } of KEYS_BY_LENGTH[length] ?? []) {
    if (equalBytes(source, tag.keyStart, key))
      return isUsable(what, source, tag) ? what : NOT_SPECIAL;
  }
  return NOT_SPECIAL;
}

function isUsable(what: number, source: Buffer, tag: JaegerTag): boolean {
  if (what === ERROR) return tag.type === TAG_BOOL ? tag.bool : textOf(source, tag) === 'true';
  if (tag.type !== TAG_STRING) return false;
  if (what === KIND) return kindOf(source, tag) > 0;
  return what !== STATUS_CODE || statusCodeOf(source, tag) >= 0;
}

function kindOf(source: Buffer, tag: JaegerTag): number {
  const text = textOf(source, tag);
  return SPAN_KINDS.findIndex((kind) => kind === text);
}

function statusCodeOf(source: Buffer, tag: JaegerTag): number {
  const text = textOf(source, tag).toLowerCase();
  return STATUS_CODES.findIndex((code) => code === text);
}

/** The text of a short string tag; '' for a value of any other kind. */
function textOf(source: Buffer, tag: JaegerTag): string {
  const size = tag.textEnd - tag.textStart;
  return tag.type === TAG_STRING && size <= 16
    ? source.toString('latin1', tag.textStart, tag.textEnd)
    : '';
}
