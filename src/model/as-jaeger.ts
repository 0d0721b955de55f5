import { attributeText } from './attribute-text.ts';
import type { Attribute, AttributeValue, Resource, Span, SpanEvent, SpanLink } from './span.ts';

/*
 * A span as Jaeger has it. What OTLP has a field for and Jaeger has not is in a tag; arrays and maps are
 * JSON text.
 */

export interface SpanAsJaeger {
  /** The parent first, if there is one. */
  readonly references: readonly ReferenceAsJaeger[];
  /** Never negative. */
  readonly durationNano: bigint;
  readonly tags: readonly TagAsJaeger[];
  readonly logs: readonly LogAsJaeger[];
}

export interface ReferenceAsJaeger {
  readonly type: 'CHILD_OF' | 'FOLLOWS_FROM';
  readonly traceId: string;
  readonly spanId: string;
}

export interface TagAsJaeger {
  readonly key: string;
  readonly value: ValueAsJaeger;
}

export type ValueAsJaeger = Extract<
  AttributeValue,
  { readonly type: 'string' | 'bool' | 'int' | 'double' | 'bytes' }
>;

export interface LogAsJaeger {
  readonly timeUnixNano: bigint;
  readonly fields: readonly TagAsJaeger[];
}

export interface ProcessAsJaeger {
  readonly serviceName: string;
  readonly tags: readonly TagAsJaeger[];
}

/** What Jaeger calls a service whose resource has no name. */
const NO_SERVICE_NAME = 'OTLPResourceNoServiceName';
const REFERENCE_TYPE = 'opentracing.ref_type';

export function spanAsJaeger(span: Span): SpanAsJaeger {
  const duration = span.endTimeUnixNano - span.startTimeUnixNano;
  return {
    references: referencesOf(span),
    durationNano: duration < 0n ? 0n : duration,
    tags: tagsOf(span),
    logs: span.events.map(logOf),
  };
}

export function processAsJaeger({ serviceName, attributes }: Resource): ProcessAsJaeger {
  return {
    serviceName: serviceName === '' ? NO_SERVICE_NAME : serviceName,
    tags: attributes.filter(({ key }) => key !== 'service.name').map(tagOf),
  };
}

/** The parent, then the links. A link to a span that is there already only says its type anew. */
function referencesOf(span: Span): readonly ReferenceAsJaeger[] {
  const { traceId, parentSpanId } = span;
  if (span.links.length === 0) {
    return parentSpanId === '' ? [] : [{ type: 'CHILD_OF', traceId, spanId: parentSpanId }];
  }
  const references = new Map<string, ReferenceAsJaeger>();
  const add = (reference: ReferenceAsJaeger): void => {
    references.set(`${reference.traceId} ${reference.spanId}`, reference);
  };
  if (parentSpanId !== '') add({ type: 'CHILD_OF', traceId, spanId: parentSpanId });
  for (const link of span.links) {
    add({ type: referenceType(link), traceId: link.traceId, spanId: link.spanId });
  }
  return [...references.values()];
}

function referenceType({ attributes }: SpanLink): ReferenceAsJaeger['type'] {
  const isChildOf = attributes.some(
    ({ key, value }) => key === REFERENCE_TYPE && attributeText(value) === 'child_of',
  );
  return isChildOf ? 'CHILD_OF' : 'FOLLOWS_FROM';
}

/** The span's attributes, then what Jaeger has no field for. */
function tagsOf(span: Span): readonly TagAsJaeger[] {
  const tags = span.attributes.map(tagOf);
  const addText = (key: string, value: string): void => {
    if (value !== '') tags.push({ key, value: { type: 'string', value } });
  };
  addText('otel.scope.name', span.scope.name);
  addText('otel.scope.version', span.scope.version);
  addText('span.kind', span.kind === 'unspecified' ? '' : span.kind);
  if (span.status.code === 'error') tags.push({ key: 'error', value: TRUE });
  if (span.status.code === 'ok') addText('otel.status_code', 'OK');
  addText('otel.status_description', span.status.message);
  addText('w3c.tracestate', span.traceState);
  return tags;
}

const TRUE: ValueAsJaeger = { type: 'bool', value: true };

/** The name of an event is its field `event`, unless it has such a field. */
function logOf({ timeUnixNano, name, attributes }: SpanEvent): LogAsJaeger {
  const fields = attributes.map(tagOf);
  if (name === '' || fields.some(({ key }) => key === 'event')) return { timeUnixNano, fields };
  const named: TagAsJaeger = { key: 'event', value: { type: 'string', value: name } };
  return { timeUnixNano, fields: [named, ...fields] };
}

/** Nearly every attribute is a tag as it is: spans have many, so it is not copied. */
function tagOf(attribute: Attribute): TagAsJaeger {
  if (isTag(attribute)) return attribute;
  const { key, value } = attribute;
  return { key, value: { type: 'string', value: attributeText(value) } };
}

function isTag(attribute: Attribute): attribute is TagAsJaeger {
  switch (attribute.value.type) {
    case 'string':
    case 'bool':
    case 'int':
    case 'double':
    case 'bytes':
      return true;
    case 'empty':
    case 'array':
    case 'map':
      return false;
  }
}
