import { Buffer } from 'node:buffer';
import type {
  Attribute,
  Resource,
  Scope,
  Span,
  SpanEvent,
  SpanLink,
  SpanStatus,
} from '../../model/span.ts';
import { SPAN_KINDS, STATUS_CODES } from '../../model/span.ts';
import { ProtobufReader, WIRE_LENGTH } from '../protobuf/reader.ts';
import { decodeKeyValue } from './decode-value.ts';
import { WARNINGS_ATTRIBUTE } from './warnings-attribute.ts';

/** The same type with fields that can be assigned, while it is being read. */
type Draft<T> = { -readonly [K in keyof T]: T[K] };

const ROOT_PARENT = /^0*$/;

/**
 * Every span of an OTLP TracesData message, in message order; the grammar is in `scan-spans.ts`.
 * Spans of one ResourceSpans share its resource by reference, those of one ScopeSpans its scope.
 * Nothing returned refers to `otlp`. Invalid UTF-8 becomes replacement characters.
 * @throws WireError, never for a message that `scanSpans` has accepted
 */
export function decodeSpans(otlp: Uint8Array): Span[] {
  const reader = new ProtobufReader(otlp);
  const spans: Span[] = [];
  eachField(reader, (number) => {
    if (number !== 1) return false;
    decodeResourceSpans(reader, spans);
    return true;
  });
  return spans;
}

/** A Resource message. @throws WireError, never for one that `scanSpans` has found */
export function decodeResourceMessage(bytes: Uint8Array): Resource {
  return readResource(new ProtobufReader(bytes));
}

/** An InstrumentationScope message. @throws WireError, never for one that `scanSpans` has found */
export function decodeScopeMessage(bytes: Uint8Array): Scope {
  return readScope(new ProtobufReader(bytes));
}

/** A Span message. @throws WireError, never for one that `scanSpans` has found */
export function decodeSpanMessage(bytes: Uint8Array, resource: Resource, scope: Scope): Span {
  return readSpan(new ProtobufReader(bytes), resource, scope);
}

/** Calls `read` with each field's number; it returns false to have the field skipped. */
function eachField(reader: ProtobufReader, read: (field: number, tag: number) => boolean): void {
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (!read(tag >>> 3, tag)) reader.skip(tag);
  }
}

function message(reader: ProtobufReader, read: (field: number, tag: number) => boolean): void {
  const outer = reader.enter();
  eachField(reader, read);
  reader.leave(outer);
}

function decodeResourceSpans(reader: ProtobufReader, spans: Span[]): void {
  decodeGroup(reader, readResource, (resource) => {
    decodeGroup(reader, readScope, (scope) => {
      spans.push(decodeSpan(reader, resource, scope));
    });
  });
}

/** A ResourceSpans, or a ScopeSpans: what its members (field 2) share, and then `readMember` for each. */
function decodeGroup<Shared extends Resource | Scope>(
  reader: ProtobufReader,
  readShared: (reader: ProtobufReader) => Shared,
  readMember: (shared: Shared) => void,
): void {
  const outer = reader.enter();
  const start = reader.position;
  // What they share and its schema may stand behind them, so these are read first.
  const parts: Uint8Array[] = [];
  let schemaUrl = '';
  eachField(reader, (number) => {
    if (number === 1) parts.push(reader.bytes());
    else if (number === 3) schemaUrl = reader.string();
    else return false;
    return true;
  });
  const shared = { ...readShared(whole(parts)), schemaUrl };
  reader.position = start;
  eachField(reader, (number, tag) => {
    if (number !== 2) return false;
    reader.expect(tag, WIRE_LENGTH);
    readMember(shared);
    return true;
  });
  reader.leave(outer);
}

/** A message that comes in parts is what they are one behind the other. */
function whole(parts: readonly Uint8Array[]): ProtobufReader {
  const [only] = parts;
  return new ProtobufReader(only !== undefined && parts.length === 1 ? only : Buffer.concat(parts));
}

const NO_SCOPE: Scope = {
  name: '',
  version: '',
  attributes: [],
  droppedAttributesCount: 0,
  schemaUrl: '',
};

function readResource(reader: ProtobufReader): Resource {
  const attributes: Attribute[] = [];
  let droppedAttributesCount = 0;
  eachField(reader, (number) => {
    if (number === 1) attributes.push(decodeKeyValue(reader));
    else if (number === 2) droppedAttributesCount = reader.varint32();
    else return false;
    return true;
  });
  const named = attributes.find(({ key }) => key === 'service.name')?.value;
  const serviceName = named?.type === 'string' ? named.value : '';
  return { serviceName, attributes, droppedAttributesCount, schemaUrl: '' };
}

function readScope(reader: ProtobufReader): Scope {
  const attributes: Attribute[] = [];
  const scope: Draft<Scope> = { ...NO_SCOPE, attributes };
  eachField(reader, (number) => {
    if (number === 1) scope.name = reader.string();
    else if (number === 2) scope.version = reader.string();
    else if (number === 3) attributes.push(decodeKeyValue(reader));
    else if (number === 4) scope.droppedAttributesCount = reader.varint32();
    else return false;
    return true;
  });
  return scope;
}

type SpanDraft = Draft<Span> & {
  readonly attributes: Attribute[];
  readonly events: SpanEvent[];
  readonly links: SpanLink[];
};

function decodeSpan(reader: ProtobufReader, resource: Resource, scope: Scope): Span {
  const outer = reader.enter();
  const span = readSpan(reader, resource, scope);
  reader.leave(outer);
  return span;
}

function readSpan(reader: ProtobufReader, resource: Resource, scope: Scope): Span {
  const span: SpanDraft = {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    traceState: '',
    flags: 0,
    name: '',
    kind: 'unspecified',
    startTimeUnixNano: 0n,
    endTimeUnixNano: 0n,
    attributes: [],
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: 'unset', message: '' },
    resource,
    scope,
    warnings: [],
  };
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (!readSpanField(reader, tag >>> 3, span) && !readSpanList(reader, tag >>> 3, span)) {
      reader.skip(tag);
    }
  }
  if (ROOT_PARENT.test(span.parentSpanId)) span.parentSpanId = '';
  return span;
}

function readSpanField(reader: ProtobufReader, number: number, span: SpanDraft): boolean {
  switch (number) {
    case 1:
      span.traceId = reader.hex();
      return true;
    case 2:
      span.spanId = reader.hex();
      return true;
    case 3:
      span.traceState = reader.string();
      return true;
    case 4:
      span.parentSpanId = reader.hex();
      return true;
    case 5:
      span.name = reader.string();
      return true;
    case 6:
      span.kind = SPAN_KINDS[reader.varint32()] ?? 'unspecified';
      return true;
    case 7:
      span.startTimeUnixNano = reader.fixed64();
      return true;
    case 8:
      span.endTimeUnixNano = reader.fixed64();
      return true;
    case 16:
      span.flags = reader.fixed32();
      return true;
    default:
      return false;
  }
}

function readSpanList(reader: ProtobufReader, number: number, span: SpanDraft): boolean {
  switch (number) {
    case 9:
      readSpanAttribute(reader, span);
      return true;
    case 10:
      span.droppedAttributesCount = reader.varint32();
      return true;
    case 11:
      span.events.push(decodeEvent(reader));
      return true;
    case 12:
      span.droppedEventsCount = reader.varint32();
      return true;
    case 13:
      span.links.push(decodeLink(reader));
      return true;
    case 14:
      span.droppedLinksCount = reader.varint32();
      return true;
    case 15:
      span.status = decodeStatus(reader, span.status);
      return true;
    default:
      return false;
  }
}

function readSpanAttribute(reader: ProtobufReader, span: SpanDraft): void {
  const attribute = decodeKeyValue(reader);
  if (attribute.key !== WARNINGS_ATTRIBUTE || attribute.value.type !== 'array') {
    span.attributes.push(attribute);
    return;
  }
  const texts = attribute.value.values.flatMap((value) =>
    value.type === 'string' ? [value.value] : [],
  );
  span.warnings = [...span.warnings, ...texts];
}

function decodeEvent(reader: ProtobufReader): SpanEvent {
  const attributes: Attribute[] = [];
  const event: Draft<SpanEvent> = {
    timeUnixNano: 0n,
    name: '',
    attributes,
    droppedAttributesCount: 0,
  };
  message(reader, (number) => {
    if (number === 1) event.timeUnixNano = reader.fixed64();
    else if (number === 2) event.name = reader.string();
    else if (number === 3) attributes.push(decodeKeyValue(reader));
    else if (number === 4) event.droppedAttributesCount = reader.varint32();
    else return false;
    return true;
  });
  return event;
}

function decodeLink(reader: ProtobufReader): SpanLink {
  const attributes: Attribute[] = [];
  const link: Draft<SpanLink> = {
    traceId: '',
    spanId: '',
    traceState: '',
    attributes,
    droppedAttributesCount: 0,
    flags: 0,
  };
  message(reader, (number) => {
    if (number === 1) link.traceId = reader.hex();
    else if (number === 2) link.spanId = reader.hex();
    else if (number === 3) link.traceState = reader.string();
    else if (number === 4) attributes.push(decodeKeyValue(reader));
    else if (number === 5) link.droppedAttributesCount = reader.varint32();
    else if (number === 6) link.flags = reader.fixed32();
    else return false;
    return true;
  });
  return link;
}

/** A second one adds to the first. */
function decodeStatus(reader: ProtobufReader, before: SpanStatus): SpanStatus {
  const status: Draft<SpanStatus> = { ...before };
  message(reader, (number) => {
    if (number === 2) status.message = reader.string();
    else if (number === 3) status.code = STATUS_CODES[reader.varint32()] ?? 'unset';
    else return false;
    return true;
  });
  return status;
}
