import { Buffer } from 'node:buffer';
import { SPAN_KINDS, STATUS_CODES } from '../../model/span.ts';
import type { TextPair } from '../protobuf/writer.ts';
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
  /** Scratch: of the tag that is looked at. */
  textStart: number;
  textEnd: number;
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
    textStart: 0,
    textEnd: 0,
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
  return FIRST_BYTES[length] === first;
}

/** Position = length of a key; 0 for a length that no special key has. */
const FIRST_BYTES = Uint8Array.from(KEYS_BY_LENGTH, (known) => known?.key[0] ?? 0);

/** Takes a tag in when an OTLP field says it instead, and tells whether; the last of a key wins. */
export function takeTag(special: SpecialTags, source: Buffer, tag: JaegerTag): boolean {
  const known = KEYS_BY_LENGTH[tag.keyEnd - tag.keyStart];
  if (known === undefined || !equalBytes(source, tag.keyStart, known.key)) return false;
  if (known.what === ERROR && tag.type === TAG_BOOL) {
    special.error ||= tag.bool;
    return tag.bool;
  }
  if (tag.type !== TAG_STRING) return false;
  special.textStart = tag.textStart;
  special.textEnd = tag.textEnd;
  return takeText(special, source, known.what);
}

/** The same for a tag that has a text. */
export function takeTextTag(special: SpecialTags, source: Buffer, tag: TextPair): boolean {
  const known = KEYS_BY_LENGTH[tag.keyStop - tag.keyStart];
  if (known === undefined || !equalBytes(source, tag.keyStart, known.key)) return false;
  special.textStart = tag.valueStart;
  special.textEnd = tag.valueStop;
  return takeText(special, source, known.what);
}

function takeText(special: SpecialTags, source: Buffer, what: number): boolean {
  const { textStart, textEnd } = special;
  switch (what) {
    case ERROR: {
      const isError = isTrue(source, textStart, textEnd);
      special.error ||= isError;
      return isError;
    }
    case KIND: {
      const kind = kindOf(source, textStart, textEnd);
      if (kind > 0) special.kind = kind;
      return kind > 0;
    }
    case STATUS_CODE: {
      const code = statusCodeOf(source, textStart, textEnd);
      if (code >= 0) special.statusCode = code;
      return code >= 0;
    }
    case STATUS_DESCRIPTION:
      special.descriptionStart = textStart;
      special.descriptionEnd = textEnd;
      return true;
    case SCOPE_NAME:
      special.scopeNameStart = textStart;
      special.scopeNameEnd = textEnd;
      return true;
    case SCOPE_VERSION:
      special.scopeVersionStart = textStart;
      special.scopeVersionEnd = textEnd;
      return true;
    default:
      special.traceStateStart = textStart;
      special.traceStateEnd = textEnd;
      return true;
  }
}

/** OTLP StatusCode; -1 when the tags say nothing of a status. */
export function statusOf(special: SpecialTags): number {
  return special.error ? STATUS_CODES.indexOf('error') : special.statusCode;
}

const TRUE = Buffer.from('true');
const KINDS = SPAN_KINDS.map((kind) => Buffer.from(kind));
/** Position = SpanKind: its length and its first letter, which no two share. */
const KIND_HEADS = KINDS.map((kind) => (kind.length << 8) | (kind[0] ?? 0));

/** 0 for a text that is no kind, or says that it is not known. */
function kindOf(source: Buffer, start: number, end: number): number {
  const kind = KIND_HEADS.indexOf(((end - start) << 8) | (source[start] ?? 0));
  if (kind <= 0) return 0;
  const text = KINDS[kind];
  return text !== undefined && equalBytes(source, start, text) ? kind : 0;
}

function isTrue(source: Buffer, start: number, end: number): boolean {
  return end - start === TRUE.length && equalBytes(source, start, TRUE);
}

/** Of the longest status. */
const STATUS_SIZE_MAX = 5;

function statusCodeOf(source: Buffer, start: number, end: number): number {
  if (end - start > STATUS_SIZE_MAX) return -1;
  const text = source.toString('latin1', start, end).toLowerCase();
  return STATUS_CODES.findIndex((code) => code === text);
}
