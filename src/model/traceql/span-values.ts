import type { FilterPlace, SpanField, TraceField } from '../search-filter.ts';
import type { Attribute, AttributeValue, Span } from '../span.ts';
import type { TraceSummary } from '../trace-query.ts';
import type { IdField, Subject } from './traceql-query.ts';

/** All values of a subject on a span; the same ones that a search of the storage compares. */
export function valuesOf(
  subject: Subject,
  span: Span,
  summary: TraceSummary,
): readonly AttributeValue[] {
  if ('field' in subject) return fieldValues(subject.field, span);
  if ('trace' in subject) return [traceValue(subject.trace, summary)];
  if ('id' in subject) return idValues(subject.id, span);
  const values: AttributeValue[] = [];
  for (const attributes of attributesOf(subject.place, span)) {
    for (const { key, value } of attributes) if (key === subject.key) values.push(value);
  }
  return values;
}

/** Lists of attributes; of any place, those of the span come first. */
export function attributesOf(place: FilterPlace, span: Span): readonly (readonly Attribute[])[] {
  switch (place) {
    case 'span':
      return [span.attributes];
    case 'resource':
      return [span.resource.attributes];
    case 'scope':
      return [span.scope.attributes];
    case 'event':
      return span.events.map(({ attributes }) => attributes);
    case 'link':
      return span.links.map(({ attributes }) => attributes);
    case 'any':
      return PLACES.flatMap((one) => attributesOf(one, span));
  }
}

const PLACES = ['span', 'resource', 'scope', 'event', 'link'] as const;

function fieldValues(field: SpanField, span: Span): readonly AttributeValue[] {
  switch (field) {
    case 'name':
      return [text(span.name)];
    case 'kind':
      return [text(span.kind)];
    case 'status':
      return [text(span.status.code)];
    case 'statusMessage':
      return [text(span.status.message)];
    case 'duration':
      return [{ type: 'int', value: durationNano(span) }];
    case 'eventName':
      return span.events.map(({ name }) => text(name));
    case 'scopeName':
      return [text(span.scope.name)];
    case 'scopeVersion':
      return [text(span.scope.version)];
  }
}

/** 0 for a span that ends before it starts. */
export function durationNano({ endTimeUnixNano, startTimeUnixNano }: Span): bigint {
  return endTimeUnixNano < startTimeUnixNano ? 0n : endTimeUnixNano - startTimeUnixNano;
}

function traceValue(field: TraceField, summary: TraceSummary): AttributeValue {
  switch (field) {
    case 'rootService':
      return text(summary.rootServiceName);
    case 'rootName':
      return text(summary.rootOperationName);
    case 'duration':
      return { type: 'int', value: summary.maxEndTimeNano - summary.minStartTimeNano };
  }
}

function idValues(field: IdField, span: Span): readonly AttributeValue[] {
  switch (field) {
    case 'trace':
      return [text(span.traceId)];
    case 'span':
      return [text(span.spanId)];
    case 'parent':
      return span.parentSpanId === '' ? [] : [text(span.parentSpanId)];
    case 'linkTrace':
      return span.links.map(({ traceId }) => text(traceId));
    case 'linkSpan':
      return span.links.map(({ spanId }) => text(spanId));
  }
}

function text(value: string): AttributeValue {
  return { type: 'string', value };
}
