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
  /** 0 when there is none: no message starts with it. */
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

export const STATUS_DESCRIPTION_KEY = 'otel.status_description';
const KEYS = [
  ['span.kind', KIND],
  ['error', ERROR],
  ['otel.status_code', STATUS_CODE],
  [STATUS_DESCRIPTION_KEY, STATUS_DESCRIPTION],
  ['otel.scope.name', SCOPE_NAME],
  ['otel.library.name', SCOPE_NAME],
  ['otel.scope.version', SCOPE_VERSION],
  ['otel.library.version', SCOPE_VERSION],
  ['w3c.tracestate', TRACE_STATE],
] as const;

/** Position = length; no two keys of a length mean different things. */
const KEYS_BY_LENGTH: readonly ({ readonly key: Buffer; readonly what: number } | undefined)[] =
  Array.from({ length: 24 }, (_, length) =>
    KEYS.filter(([key]) => key.length === length).map(([key, what]) => ({
      key: Buffer.from(key),
      what,
    })),
  ).map(([only]) => only);

/**
 * False only for a key that is not special, by its length and first byte. True for `event` too, which
 * means something in a log: it looks like `error`.
 */
export function mayBeSpecial(length: number, first: number | undefined): boolean {
  return length < KEYS_BY_LENGTH.length && KEYS_BY_LENGTH[length]?.key[0] === first;
}

/** Takes a tag in when an OTLP field says it instead, and tells whether; the last of a key wins. */
export function takeTag(special: SpecialTags, source: Buffer, tag: JaegerTag): boolean {
  switch (specialOf(source, tag)) {
    case KIND:
      special.kind = kindOf(source, tag);
      return true;
    case ERROR:
      special.error = true;
      return true;
    case STATUS_CODE:
      special.statusCode = statusCodeOf(source, tag);
      return true;
    case STATUS_DESCRIPTION:
      special.descriptionStart = tag.textStart;
      special.descriptionEnd = tag.textEnd;
      return true;
    case SCOPE_NAME:
      special.scopeNameStart = tag.textStart;
      special.scopeNameEnd = tag.textEnd;
      return true;
    case SCOPE_VERSION:
      special.scopeVersionStart = tag.textStart;
      special.scopeVersionEnd = tag.textEnd;
      return true;
    case TRACE_STATE:
      special.traceStateStart = tag.textStart;
      special.traceStateEnd = tag.textEnd;
      return true;
    default:
      return false;
  }
}

/** OTLP StatusCode; -1 when the tags say nothing of a status. */
export function statusOf(special: SpecialTags): number {
  return special.error ? STATUS_CODES.indexOf('error') : special.statusCode;
}

/** What a tag says, when its value is one that can be taken over. */
function specialOf(source: Buffer, tag: JaegerTag): number {
  const known = KEYS_BY_LENGTH[tag.keyEnd - tag.keyStart];
  if (known === undefined || !equalBytes(source, tag.keyStart, known.key)) return NOT_SPECIAL;
  return isUsable(known.what, source, tag) ? known.what : NOT_SPECIAL;
}

function isUsable(what: number, source: Buffer, tag: JaegerTag): boolean {
  if (what === ERROR) return tag.type === TAG_BOOL ? tag.bool : isText(source, tag, TRUE);
  if (tag.type !== TAG_STRING) return false;
  if (what === KIND) return kindOf(source, tag) > 0;
  return what !== STATUS_CODE || statusCodeOf(source, tag) >= 0;
}

const TRUE = Buffer.from('true');
const KINDS = SPAN_KINDS.map((kind) => Buffer.from(kind));

function kindOf(source: Buffer, tag: JaegerTag): number {
  for (let kind = 0; kind < KINDS.length; kind += 1) {
    if (isText(source, tag, KINDS[kind] ?? TRUE)) return kind;
  }
  return -1;
}

function isText(source: Buffer, tag: JaegerTag, text: Buffer): boolean {
  return (
    tag.type === TAG_STRING &&
    tag.textEnd - tag.textStart === text.length &&
    equalBytes(source, tag.textStart, text)
  );
}

function statusCodeOf(source: Buffer, tag: JaegerTag): number {
  if (tag.textEnd - tag.textStart > STATUS_SIZE_MAX) return -1;
  const text = source.toString('latin1', tag.textStart, tag.textEnd).toLowerCase();
  return STATUS_CODES.findIndex((code) => code === text);
}

/** Of the longest status. */
const STATUS_SIZE_MAX = 5;
