import { NANOS_OF_UNIT } from './duration-units.ts';
import { COMPARISON_OPERATORS, SPAN_FIELDS, TRACE_FIELDS } from './search-filter.ts';
import type {
  AttributeFilter,
  FilterOperator,
  SpanCondition,
  TraceField,
  TraceFilter,
  ValueTest,
} from './search-filter.ts';
import { SPAN_KINDS, STATUS_CODES } from './span.ts';
import { decimalOf } from './value-rule.ts';

/** A filter that is wrong; the message says where and what, for people to read. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}

/** What one search may ask: of its spans, and of the traces they are in. */
export interface SearchFilters {
  readonly filters: readonly SpanCondition[];
  readonly traceFilters: readonly TraceFilter[];
}

/** What one search may have, so that no search costs without limit. */
export const CONDITIONS_MAX = 64;
export const FILTER_DEPTH_MAX = 8;
export const VALUES_MAX = 1000;

export type Subject = AttributeFilter['subject'] | { readonly trace: TraceField };

export const FILTER_OPERATORS: readonly FilterOperator[] = [
  'exists',
  'absent',
  'in',
  ...COMPARISON_OPERATORS,
];

/** A condition of its parts, checked. @throws FilterError */
export function buildFilter(
  subject: Subject,
  operator: FilterOperator,
  values: readonly string[],
): AttributeFilter | TraceFilter {
  const test = buildTest(subject, operator, values);
  return 'trace' in subject ? { field: subject.trace, test } : { subject, test };
}

export function isTraceFilter(filter: AttributeFilter | TraceFilter): filter is TraceFilter {
  return 'field' in filter;
}

function buildTest(
  subject: Subject,
  operator: FilterOperator,
  values: readonly string[],
): ValueTest {
  if (operator === 'exists' || operator === 'absent') return { operator };
  if (values.length > VALUES_MAX) {
    throw new FilterError(`${values.length} values; ${VALUES_MAX} are the most`);
  }
  const texts = values.map((value) => valueFor(subject, operator, value));
  if (operator === 'in') return { operator, values: texts };
  const [value = ''] = texts;
  return { operator, value };
}

function valueFor(subject: Subject, operator: FilterOperator, value: string): string {
  const isPattern = operator === '=~' || operator === '!~';
  if (isDuration(subject)) {
    if (isPattern) throw new FilterError('a duration has no pattern');
    return String(durationNano(value));
  }
  if (isPattern) return value;
  if (ORDERING.has(operator)) {
    if (decimalOf(value) === undefined) {
      throw new FilterError(`${operator} needs a number, not ${JSON.stringify(value)}`);
    }
    return value;
  }
  const words = wordsOf(subject);
  if (words !== undefined && !words.includes(value)) {
    throw new FilterError(`${JSON.stringify(value)} is not one of ${words.join(', ')}`);
  }
  return value;
}

const ORDERING: ReadonlySet<FilterOperator> = new Set<FilterOperator>(['<', '<=', '>', '>=']);

function isDuration(subject: Subject): boolean {
  return 'trace' in subject
    ? subject.trace === 'duration'
    : 'field' in subject && subject.field === 'duration';
}

function wordsOf(subject: Subject): readonly string[] | undefined {
  if (!('field' in subject)) return undefined;
  if (subject.field === 'kind') return SPAN_KINDS;
  return subject.field === 'status' ? STATUS_CODES : undefined;
}

const DURATION = /^(?:\d{1,15}(?:\.\d{1,15})?(?:ns|us|µs|ms|s|m|h))+$/;
const DURATION_PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g;

/** `1.5s`, `1m30s`, or a number of nanoseconds. */
function durationNano(text: string): number {
  const isNumber = /^\d{1,15}$/.test(text);
  if (isNumber) return Number(text);
  if (text.length > 100 || !DURATION.test(text)) {
    throw new FilterError(`${JSON.stringify(text)} is no duration such as 100ms or 1m30s`);
  }
  let nanos = 0;
  for (const [, number = '', unit = ''] of text.matchAll(DURATION_PART)) {
    nanos += Number(number) * (NANOS_OF_UNIT.get(unit) ?? 0);
  }
  return Math.round(nanos);
}

/** Sorts conditions by what they are about. */
export function splitFilters(
  all: readonly (AttributeFilter | TraceFilter | SpanCondition)[],
): SearchFilters {
  const filters: SpanCondition[] = [];
  const traceFilters: TraceFilter[] = [];
  for (const one of all) {
    if ('anyOf' in one || !isTraceFilter(one)) filters.push(one);
    else traceFilters.push(one);
  }
  return { filters, traceFilters };
}

export function isSpanField(text: string): text is (typeof SPAN_FIELDS)[number] {
  return (SPAN_FIELDS as readonly string[]).includes(text);
}

export function isTraceField(text: string): text is TraceField {
  return (TRACE_FIELDS as readonly string[]).includes(text);
}
