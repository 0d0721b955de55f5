import type { Attribute, Resource, Scope, Span, SpanEvent, SpanLink } from '../../model/span.ts';
import { SPAN_KINDS, STATUS_CODES } from '../../model/span.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { encodeKeyValue } from './encode-value.ts';
import { WARNINGS_ATTRIBUTE } from './warnings-attribute.ts';

/**
 * An OTLP TracesData message of the spans; the grammar is in `scan-spans.ts`. Spans with the same
 * resource object share a ResourceSpans, those that also have the same scope object a ScopeSpans;
 * groups and spans keep the order of first appearance. Warnings become an attribute of the span.
 */
export function encodeSpans(spans: readonly Span[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const [resource, scopes] of groupSpans(spans)) {
    const start = writer.beginMessage(1);
    encodeResource(writer, resource);
    for (const [scope, members] of scopes) {
      const scopeStart = writer.beginMessage(2);
      encodeScope(writer, scope);
      for (const span of members) encodeSpan(writer, span);
      optionalString(writer, 3, scope.schemaUrl);
      writer.endMessage(scopeStart);
    }
    optionalString(writer, 3, resource.schemaUrl);
    writer.endMessage(start);
  }
  return writer.finish();
}

function groupSpans(spans: readonly Span[]): Map<Resource, Map<Scope, Span[]>> {
  const groups = new Map<Resource, Map<Scope, Span[]>>();
  for (const span of spans) {
    const scopes = groups.get(span.resource) ?? new Map<Scope, Span[]>();
    groups.set(span.resource, scopes);
    const members = scopes.get(span.scope);
    if (members === undefined) scopes.set(span.scope, [span]);
    else members.push(span);
  }
  return groups;
}

function optionalString(writer: ProtobufWriter, field: number, value: string): void {
  if (value !== '') writer.string(field, value);
}

function optionalCount(writer: ProtobufWriter, field: number, value: number): void {
  if (value !== 0) writer.uint32(field, value);
}

function attributes(writer: ProtobufWriter, field: number, list: readonly Attribute[]): void {
  for (const attribute of list) encodeKeyValue(writer, field, attribute);
}

function encodeResource(writer: ProtobufWriter, resource: Resource): void {
  const start = writer.beginMessage(1);
  attributes(writer, 1, resource.attributes);
  optionalCount(writer, 2, resource.droppedAttributesCount);
  writer.endMessage(start);
}

function encodeScope(writer: ProtobufWriter, scope: Scope): void {
  const start = writer.beginMessage(1);
  optionalString(writer, 1, scope.name);
  optionalString(writer, 2, scope.version);
  attributes(writer, 3, scope.attributes);
  optionalCount(writer, 4, scope.droppedAttributesCount);
  writer.endMessage(start);
}

function encodeSpan(writer: ProtobufWriter, span: Span): void {
  const start = writer.beginMessage(2);
  writer.hex(1, span.traceId);
  writer.hex(2, span.spanId);
  optionalString(writer, 3, span.traceState);
  if (span.parentSpanId !== '') writer.hex(4, span.parentSpanId);
  optionalString(writer, 5, span.name);
  optionalCount(writer, 6, SPAN_KINDS.indexOf(span.kind));
  writer.fixed64(7, span.startTimeUnixNano);
  writer.fixed64(8, span.endTimeUnixNano);
  attributes(writer, 9, span.attributes);
  if (span.warnings.length > 0) encodeKeyValue(writer, 9, warningsAttribute(span.warnings));
  optionalCount(writer, 10, span.droppedAttributesCount);
  for (const event of span.events) encodeEvent(writer, event);
  optionalCount(writer, 12, span.droppedEventsCount);
  for (const link of span.links) encodeLink(writer, link);
  optionalCount(writer, 14, span.droppedLinksCount);
  encodeStatus(writer, span);
  if (span.flags !== 0) writer.fixed32(16, span.flags);
  writer.endMessage(start);
}

/** Warnings as the attribute they travel in. */
export function warningsAttribute(warnings: readonly string[]): Attribute {
  const values = warnings.map((value) => ({ type: 'string' as const, value }));
  return { key: WARNINGS_ATTRIBUTE, value: { type: 'array', values } };
}

function encodeEvent(writer: ProtobufWriter, event: SpanEvent): void {
  const start = writer.beginMessage(11);
  writer.fixed64(1, event.timeUnixNano);
  optionalString(writer, 2, event.name);
  attributes(writer, 3, event.attributes);
  optionalCount(writer, 4, event.droppedAttributesCount);
  writer.endMessage(start);
}

function encodeLink(writer: ProtobufWriter, link: SpanLink): void {
  const start = writer.beginMessage(13);
  writer.hex(1, link.traceId);
  writer.hex(2, link.spanId);
  optionalString(writer, 3, link.traceState);
  attributes(writer, 4, link.attributes);
  optionalCount(writer, 5, link.droppedAttributesCount);
  if (link.flags !== 0) writer.fixed32(6, link.flags);
  writer.endMessage(start);
}

function encodeStatus(writer: ProtobufWriter, { status }: Span): void {
  if (status.code === 'unset' && status.message === '') return;
  const start = writer.beginMessage(15);
  optionalString(writer, 2, status.message);
  optionalCount(writer, 3, STATUS_CODES.indexOf(status.code));
  writer.endMessage(start);
}
