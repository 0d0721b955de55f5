import { Buffer } from 'node:buffer';
import { SPAN_KINDS, STATUS_CODES } from '../../model/span.ts';
import type {
  Attribute,
  AttributeValue,
  Resource,
  Scope,
  Span,
  SpanEvent,
  SpanKind,
  SpanLink,
  StatusCode,
} from '../../model/span.ts';
import { doubleJson } from '../json/number-text.ts';
import { WARNINGS_ATTRIBUTE } from './warnings-attribute.ts';

/** A message in OTLP's JSON, ready for JSON.stringify: zero values are absent. */
type OtlpJson = Readonly<Record<string, unknown>>;

/** How ids and enums are written, on which dialects of OTLP's JSON differ. */
export interface OtlpJsonForm {
  readonly id: (hex: string) => string;
  readonly kind: (kind: SpanKind) => string | number;
  readonly status: (code: StatusCode) => string | number;
}

const STANDARD: OtlpJsonForm = {
  id: (hex) => hex,
  kind: (kind) => SPAN_KINDS.indexOf(kind),
  status: (code) => STATUS_CODES.indexOf(code),
};

/** Spans that become text at once. */
const SPANS_A_PIECE = 256;

/**
 * The ResourceSpans of some spans in OTLP JSON, separated by commas, in pieces of bounded size: ids
 * in hex unless another form is given, 64-bit integers as text, NaN and Infinity as text. Spans that share a resource and scope
 * by reference are put together.
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function* resourceSpansText(
  spans: readonly Span[],
  stringify: (value: unknown) => string,
  form = STANDARD,
): Generator<string> {
  let separator = '';
  for (const [resource, scopes] of groupSpans(spans)) {
    yield separator + resourceHead(resource, stringify);
    separator = '';
    for (const [scope, own] of scopes) {
      yield separator + scopeHead(scope, stringify);
      for (let at = 0; at < own.length; at += SPANS_A_PIECE) {
        const piece = own.slice(at, at + SPANS_A_PIECE).map((span) => spanJson(span, form));
        yield `${at === 0 ? '' : ','}${stringify(piece).slice(1, -1)}`;
      }
      yield groupTail(scope, stringify);
      separator = ',';
    }
    yield groupTail(resource, stringify);
    separator = ',';
  }
}

/** The text of one span, as `resourceSpansText` has it. */
export function shownSpanText(span: Span, stringify: (value: unknown) => string): string {
  return stringify(spanJson(span, STANDARD));
}

/** What stands before the ScopeSpans of a resource. */
export function resourceHead(resource: Resource, stringify: (value: unknown) => string): string {
  return `{"resource":${stringify(resourceJson(resource))},"scopeSpans":[`;
}

/** What stands before the spans of a scope. */
export function scopeHead(scope: Scope, stringify: (value: unknown) => string): string {
  return `{"scope":${stringify(scopeJson(scope))},"spans":[`;
}

/** What stands behind the last of either. */
export function groupTail(group: Resource | Scope, stringify: (value: unknown) => string): string {
  return `]${schemaUrlText(group, stringify)}}`;
}

/** By resource and scope, told by reference. */
export function groupSpans(
  spans: readonly Span[],
): ReadonlyMap<Resource, ReadonlyMap<Scope, readonly Span[]>> {
  const groups = new Map<Resource, Map<Scope, Span[]>>();
  for (const span of spans) {
    const scopes = groups.get(span.resource) ?? new Map<Scope, Span[]>();
    groups.set(span.resource, scopes);
    const own = scopes.get(span.scope) ?? [];
    scopes.set(span.scope, own);
    own.push(span);
  }
  return groups;
}

function resourceJson({ attributes, droppedAttributesCount }: Resource): OtlpJson {
  return withoutZeros({ attributes: attributes.map(attributeJson), droppedAttributesCount });
}

function scopeJson({ attributes, droppedAttributesCount, name, version }: Scope): OtlpJson {
  return withoutZeros({
    name,
    version,
    attributes: attributes.map(attributeJson),
    droppedAttributesCount,
  });
}

function schemaUrlText(
  { schemaUrl }: Resource | Scope,
  stringify: (value: unknown) => string,
): string {
  return schemaUrl === '' ? '' : `,"schemaUrl":${stringify(schemaUrl)}`;
}

function spanJson(span: Span, form: OtlpJsonForm): OtlpJson {
  return {
    traceId: form.id(span.traceId),
    spanId: form.id(span.spanId),
    ...withoutZeros({
      traceState: span.traceState,
      parentSpanId: form.id(span.parentSpanId),
      flags: span.flags,
      name: span.name,
      kind: form.kind(span.kind),
      startTimeUnixNano: int64(span.startTimeUnixNano),
      endTimeUnixNano: int64(span.endTimeUnixNano),
      attributes: spanAttributes(span).map(attributeJson),
      droppedAttributesCount: span.droppedAttributesCount,
      events: span.events.map(eventJson),
      droppedEventsCount: span.droppedEventsCount,
      links: span.links.map((link) => linkJson(link, form)),
      droppedLinksCount: span.droppedLinksCount,
    }),
    status: withoutZeros({
      message: span.status.message,
      code: form.status(span.status.code),
    }),
  };
}

function spanAttributes({ attributes, warnings }: Span): readonly Attribute[] {
  if (warnings.length === 0) return attributes;
  const values = warnings.map((value): AttributeValue => ({ type: 'string', value }));
  return [...attributes, { key: WARNINGS_ATTRIBUTE, value: { type: 'array', values } }];
}

function eventJson(event: SpanEvent): OtlpJson {
  return withoutZeros({
    timeUnixNano: int64(event.timeUnixNano),
    name: event.name,
    attributes: event.attributes.map(attributeJson),
    droppedAttributesCount: event.droppedAttributesCount,
  });
}

function linkJson(link: SpanLink, form: OtlpJsonForm): OtlpJson {
  return withoutZeros({
    traceId: form.id(link.traceId),
    spanId: form.id(link.spanId),
    traceState: link.traceState,
    attributes: link.attributes.map(attributeJson),
    droppedAttributesCount: link.droppedAttributesCount,
    flags: link.flags,
  });
}

/** A KeyValue. */
export function attributeJson({ key, value }: Attribute): OtlpJson {
  return { key, value: valueJson(value) };
}

function valueJson(value: AttributeValue): OtlpJson {
  switch (value.type) {
    case 'empty':
      return {};
    case 'string':
      return { stringValue: value.value };
    case 'bool':
      return { boolValue: value.value };
    case 'int':
      return { intValue: String(value.value) };
    case 'double':
      return { doubleValue: doubleJson(value.value) };
    case 'bytes':
      return { bytesValue: Buffer.from(value.value).toString('base64') };
    case 'array':
      return { arrayValue: withoutZeros({ values: value.values.map(valueJson) }) };
    case 'map':
      return { kvlistValue: withoutZeros({ values: value.entries.map(attributeJson) }) };
  }
}

function int64(value: bigint): string {
  return value === 0n ? '' : String(value);
}

function withoutZeros(message: OtlpJson): OtlpJson {
  return Object.fromEntries(
    Object.entries(message).filter(
      ([, value]) => value !== '' && value !== 0 && !(Array.isArray(value) && value.length === 0),
    ),
  );
}
