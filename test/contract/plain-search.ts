import { attributeText } from '../../src/model/attribute-text.ts';
import type {
  AttributeFilter,
  FilterPlace,
  SearchPosition,
  SpanCondition,
  SpanField,
  TraceFilter,
  ValueTest,
} from '../../src/model/search-filter.ts';
import type { Attribute, AttributeValue, Span } from '../../src/model/span.ts';
import type { TraceQuery } from '../../src/model/trace-query.ts';
import { summarizeTrace } from '../../src/model/trace-summary.ts';

/**
 * The plainest search that could be written: every span is looked at, every value made an object,
 * and patterns are JavaScript's.
 */
export function plainSearch(spans: readonly Span[], query: TraceQuery): SearchPosition[] {
  const newest = new Map<string, bigint>();
  for (const span of spans) {
    if (!isMatch(span, query)) continue;
    const before = newest.get(span.traceId) ?? -1n;
    if (span.startTimeUnixNano > before) newest.set(span.traceId, span.startTimeUnixNano);
  }
  const { after } = query;
  return [...newest]
    .map(([traceId, startNano]) => ({ traceId, startNano }))
    .filter(({ traceId }) => isTraceMatch(traceId, spans, query.traceFilters ?? []))
    .filter((position) => after === undefined || inOrder(after, position) < 0)
    .sort(inOrder)
    .slice(0, query.limit);
}

function inOrder(a: SearchPosition, b: SearchPosition): number {
  if (a.startNano !== b.startNano) return a.startNano > b.startNano ? -1 : 1;
  return a.traceId < b.traceId ? -1 : a.traceId > b.traceId ? 1 : 0;
}

function isTraceMatch(
  traceId: string,
  spans: readonly Span[],
  filters: readonly TraceFilter[],
): boolean {
  if (filters.length === 0) return true;
  const summary = summarizeTrace(
    traceId,
    spans.filter((span) => span.traceId === traceId),
  );
  const values = {
    rootService: textValue(summary.rootServiceName),
    rootName: textValue(summary.rootOperationName),
    duration: { type: 'int', value: summary.maxEndTimeNano - summary.minStartTimeNano } as const,
  };
  return filters.every(({ field, test }) => isMet(test, [values[field]]));
}

function isMatch(span: Span, query: TraceQuery): boolean {
  const duration = Number(span.endTimeUnixNano - span.startTimeUnixNano);
  return (
    (query.serviceName === undefined || span.resource.serviceName === query.serviceName) &&
    (query.operationName === undefined || span.name === query.operationName) &&
    (query.spanKind === undefined || span.kind === query.spanKind) &&
    span.startTimeUnixNano >= query.startTimeMinNano &&
    span.startTimeUnixNano <= query.startTimeMaxNano &&
    duration >= (query.durationMinNano ?? -Infinity) &&
    duration <= (query.durationMaxNano ?? Infinity) &&
    query.attributes.every(({ key, value }) =>
      attributesOf(span, 'any').some(
        (attribute) => attribute.key === key && attributeText(attribute.value) === value,
      ),
    ) &&
    (query.filters ?? []).every((condition) => isConditionMet(span, condition))
  );
}

function isConditionMet(span: Span, condition: SpanCondition): boolean {
  if ('anyOf' in condition) {
    return condition.anyOf.some((all) => all.every((one) => isConditionMet(span, one)));
  }
  return isMet(condition.test, valuesOf(span, condition.subject));
}

function valuesOf(span: Span, subject: AttributeFilter['subject']): AttributeValue[] {
  if ('field' in subject) return fieldValues(span, subject.field);
  return attributesOf(span, subject.place)
    .filter(({ key }) => key === subject.key)
    .map(({ value }) => value);
}

function attributesOf(span: Span, place: FilterPlace): readonly Attribute[] {
  switch (place) {
    case 'span':
      return span.attributes;
    case 'resource':
      return span.resource.attributes;
    case 'scope':
      return span.scope.attributes;
    case 'event':
      return span.events.flatMap(({ attributes }) => attributes);
    case 'link':
      return span.links.flatMap(({ attributes }) => attributes);
    case 'any':
      return (['span', 'resource', 'scope', 'event', 'link'] as const).flatMap((one) =>
        attributesOf(span, one),
      );
  }
}

function fieldValues(span: Span, field: SpanField): AttributeValue[] {
  const duration = span.endTimeUnixNano - span.startTimeUnixNano;
  switch (field) {
    case 'name':
      return [textValue(span.name)];
    case 'kind':
      return [textValue(span.kind)];
    case 'status':
      return [textValue(span.status.code)];
    case 'statusMessage':
      return [textValue(span.status.message)];
    case 'duration':
      return [{ type: 'int', value: duration < 0n ? 0n : duration }];
    case 'eventName':
      return span.events.map(({ name }) => textValue(name));
    case 'scopeName':
      return [textValue(span.scope.name)];
    case 'scopeVersion':
      return [textValue(span.scope.version)];
  }
}

function textValue(value: string): AttributeValue {
  return { type: 'string', value };
}

function isMet(test: ValueTest, values: readonly AttributeValue[]): boolean {
  const texts = values.map(attributeText);
  const numbers = values.flatMap((value) =>
    value.type === 'int' || value.type === 'double'
      ? [Number(value.value)]
      : value.type === 'string' && /^-?\d+(\.\d+)?(e-?\d+)?$/i.test(value.value)
        ? [Number(value.value)]
        : [],
  );
  switch (test.operator) {
    case 'exists':
      return values.length > 0;
    case 'absent':
      return values.length === 0;
    case '=':
      return texts.includes(test.value);
    case '!=':
      return values.length > 0 && !texts.includes(test.value);
    case 'in':
      return texts.some((text) => test.values.includes(text));
    case '=~':
      return texts.some((text) => wholePattern(test.value).test(text));
    case '!~':
      return values.length > 0 && !texts.some((text) => wholePattern(test.value).test(text));
    case '<':
      return numbers.some((number) => number < Number(test.value));
    case '<=':
      return numbers.some((number) => number <= Number(test.value));
    case '>':
      return numbers.some((number) => number > Number(test.value));
    case '>=':
      return numbers.some((number) => number >= Number(test.value));
  }
}

function wholePattern(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'su');
}
