import {
  CONDITIONS_MAX,
  FILTER_DEPTH_MAX,
  FILTER_OPERATORS,
  FilterError,
  buildFilter,
  isSpanField,
  isTraceField,
  isTraceFilter,
  splitFilters,
} from './build-filter.ts';
import type { SearchFilters, Subject } from './build-filter.ts';
import { FILTER_PLACES } from './search-filter.ts';
import type { FilterOperator, FilterPlace, SpanCondition, TraceFilter } from './search-filter.ts';

/**
 * Filters as JSON: a list of conditions that all must hold, each
 *   {"place": "any"|"span"|…, "key": "…"} or {"field": "name"|…} or {"trace": "rootService"|…},
 *   with "operator", and "value" (text, number, boolean) or, for `in`, "values";
 *   or {"anyOf": [[condition, …], …]}, in which no condition is on the trace.
 */
export function filterJson({ filters, traceFilters }: SearchFilters): unknown {
  return [
    ...filters.map(conditionJson),
    ...traceFilters.map(({ field, test }) => ({ trace: field, ...test })),
  ];
}

function conditionJson(condition: SpanCondition): unknown {
  if ('anyOf' in condition) {
    return { anyOf: condition.anyOf.map((all) => all.map(conditionJson)) };
  }
  return { ...condition.subject, ...condition.test };
}

/** @throws FilterError that names the place */
export function readFilterJson(json: unknown): SearchFilters {
  const budget = { left: CONDITIONS_MAX };
  return splitFilters(readList(json, { path: '', depth: 1, budget }));
}

interface Place {
  readonly path: string;
  readonly depth: number;
  /** Conditions that may still come. */
  readonly budget: { left: number };
}

type Condition = SpanCondition | TraceFilter;

function readList(json: unknown, place: Place): Condition[] {
  if (!Array.isArray(json)) throw wrong(place, 'a list of conditions is expected');
  const items: readonly unknown[] = json;
  return items.map((item, index) =>
    readCondition(item, { ...place, path: `${place.path}[${index}]` }),
  );
}

function readCondition(json: unknown, place: Place): Condition {
  place.budget.left -= 1;
  if (place.budget.left < 0) throw wrong(place, `more than ${CONDITIONS_MAX} conditions`);
  if (!isObject(json)) throw wrong(place, 'a condition is an object');
  if ('anyOf' in json) return readAnyOf(json, place);
  const unknown = Object.keys(json).find((key) => !KEYS.has(key));
  if (unknown !== undefined) throw wrong(place, `unknown field ${JSON.stringify(unknown)}`);
  const subject = readSubject(json, place);
  const operator = FILTER_OPERATORS.find((known) => known === json['operator']);
  if (operator === undefined) {
    throw wrong(place, `"operator" is one of ${FILTER_OPERATORS.join(', ')}`);
  }
  try {
    return buildFilter(subject, operator, readValues(json, operator, place));
  } catch (error) {
    if (!(error instanceof FilterError) || error.message.startsWith('[')) throw error;
    throw wrong(place, error.message);
  }
}

const KEYS: ReadonlySet<string> = new Set([
  'place',
  'key',
  'field',
  'trace',
  'operator',
  'value',
  'values',
]);

function readAnyOf(json: Readonly<Record<string, unknown>>, place: Place): SpanCondition {
  const lists = json['anyOf'];
  if (Object.keys(json).length > 1) throw wrong(place, '"anyOf" stands alone');
  if (!Array.isArray(lists)) throw wrong(place, '"anyOf" is a list of lists of conditions');
  if (place.depth >= FILTER_DEPTH_MAX) {
    throw wrong(place, `more than ${FILTER_DEPTH_MAX} levels`);
  }
  const items: readonly unknown[] = lists;
  const anyOf = items.map((list, index) => {
    const at = { ...place, path: `${place.path}.anyOf[${index}]`, depth: place.depth + 1 };
    return readList(list, at).map((condition) => {
      if ('anyOf' in condition || !isTraceFilter(condition)) return condition;
      throw wrong(at, 'a condition on the trace cannot be an alternative');
    });
  });
  return { anyOf };
}

function readSubject(json: Readonly<Record<string, unknown>>, place: Place): Subject {
  const { field, key, trace } = json;
  if ([field, key, trace].filter((one) => one !== undefined).length !== 1) {
    throw wrong(place, 'one of "key", "field" and "trace" is expected');
  }
  if (key !== undefined) {
    if (typeof key !== 'string') throw wrong(place, '"key" is a text');
    return { place: readPlace(json['place'], place), key };
  }
  if (json['place'] !== undefined) throw wrong(place, '"place" goes with "key"');
  if (typeof field === 'string' && isSpanField(field)) return { field };
  if (typeof trace === 'string' && isTraceField(trace)) return { trace };
  const given = JSON.stringify(field ?? trace);
  throw wrong(place, `${given} is no field of a ${field === undefined ? 'trace' : 'span'}`);
}

function readPlace(given: unknown, place: Place): FilterPlace {
  if (given === undefined) return 'any';
  const found = FILTER_PLACES.find((known) => known === given);
  if (found === undefined) throw wrong(place, `"place" is one of ${FILTER_PLACES.join(', ')}`);
  return found;
}

function readValues(
  { value, values }: Readonly<Record<string, unknown>>,
  operator: FilterOperator,
  place: Place,
): readonly string[] {
  const isBare = operator === 'exists' || operator === 'absent';
  if (isBare && value === undefined && values === undefined) return [];
  if (isBare) throw wrong(place, `${operator} has no value`);
  if (operator !== 'in') {
    if (values !== undefined) throw wrong(place, '"values" goes with the operator in');
    return [textOf(value, place)];
  }
  if (!Array.isArray(values) || value !== undefined) {
    throw wrong(place, 'in needs a list "values"');
  }
  const items: readonly unknown[] = values;
  return items.map((item) => textOf(item, place));
}

/** Numbers and booleans as searches compare them. */
function textOf(value: unknown, place: Place): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw wrong(place, 'a value is a text, a number or a boolean');
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return json !== null && typeof json === 'object' && !Array.isArray(json);
}

function wrong({ path }: Place, what: string): FilterError {
  return new FilterError(path === '' ? what : `${path}: ${what}`);
}
