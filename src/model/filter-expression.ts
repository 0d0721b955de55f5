import {
  CONDITIONS_MAX,
  FILTER_DEPTH_MAX,
  FilterError,
  buildFilter,
  isTraceFilter,
  splitFilters,
} from './build-filter.ts';
import type { SearchFilters, Subject } from './build-filter.ts';
import type {
  ComparisonOperator,
  FilterPlace,
  SpanCondition,
  SpanField,
  TraceFilter,
} from './search-filter.ts';

/*
 * Filters in the form of jaeger.expression.v1, the structured query filter of Jaeger's RFC 0005:
 * {"op": "and", "args": [{"call": …}, …]}, over references, scalars and lists.
 */

export interface FilterCall {
  readonly op: string;
  readonly args: readonly FilterTerm[];
}

/** One of its fields. */
export interface FilterTerm {
  readonly attr?: { readonly key: string; readonly level: string };
  readonly field?: { readonly name: string; readonly level: string };
  readonly nested?: { readonly level: string };
  readonly scalar?: { readonly value: string; readonly type: string };
  readonly list?: { readonly values: readonly string[]; readonly type: string };
  readonly call?: FilterCall;
}

/** What of the vocabulary is understood, for clients that ask. */
export const EXPRESSION_LEVELS = ['span', 'resource', 'scope', 'event', 'link'] as const;
export const EXPRESSION_OPERATORS = [
  'and',
  'or',
  'not',
  'eq',
  'ne',
  'gt',
  'lt',
  'gte',
  'lte',
  'regex',
  'exists',
  'in',
  'not_in',
  'some',
] as const;

type Condition = SpanCondition | TraceFilter;
type Level = (typeof EXPRESSION_LEVELS)[number];

const COMPARISONS: ReadonlyMap<string, ComparisonOperator> = new Map([
  ['eq', '='],
  ['ne', '!='],
  ['gt', '>'],
  ['lt', '<'],
  ['gte', '>='],
  ['lte', '<='],
  ['regex', '=~'],
]);
/** Of comparisons: what holds where there is a value and they do not. */
const OPPOSITES: ReadonlyMap<ComparisonOperator, ComparisonOperator> = new Map([
  ['=', '!='],
  ['!=', '='],
  ['=~', '!~'],
]);
const FIELDS: Readonly<Record<string, SpanField>> = {
  'span.name': 'name',
  'span.kind': 'kind',
  'span.duration': 'duration',
  'span.status': 'status',
  'span.status_code': 'status',
  'span.status_message': 'statusMessage',
  'event.name': 'eventName',
  'scope.name': 'scopeName',
  'scope.version': 'scopeVersion',
};
const SERVICE_NAMES: ReadonlySet<string> = new Set(['service', 'service_name', 'service.name']);

/** @throws FilterError for what searches cannot say, by name */
export function readFilterExpression(call: FilterCall): SearchFilters {
  const reader = new ExpressionReader();
  return splitFilters(reader.all(call, 1));
}

class ExpressionReader {
  private left = CONDITIONS_MAX;

  /** Conditions that all hold where the call does. */
  all(call: FilterCall, depth: number): readonly Condition[] {
    this.spend(depth);
    const { args, op } = call;
    switch (op) {
      case 'and':
        return args.flatMap((term) => this.all(callIn(term, op), depth + 1));
      case 'or':
        return [this.any(args.map((term) => this.all(callIn(term, op), depth + 1)))];
      case 'not':
        return this.none(callIn(only(args, op), op), depth + 1);
      case 'some':
        return this.some(call, depth);
      default:
        return this.anywhere(call, (subject) => atom(subject, call));
    }
  }

  /** Conditions that all hold where the call does not. */
  private none(call: FilterCall, depth: number): readonly Condition[] {
    this.spend(depth);
    const { args, op } = call;
    switch (op) {
      case 'and':
        return [this.any(args.map((term) => this.none(callIn(term, op), depth + 1)))];
      case 'or':
        return args.flatMap((term) => this.none(callIn(term, op), depth + 1));
      case 'not':
        return this.all(callIn(only(args, op), op), depth + 1);
      case 'some':
        throw new FilterError('"not" cannot stand before "some"');
      default:
        // Both levels of a reference without one must lack what is asked for.
        return levelsOf(call).flatMap((subject) => this.lacking(subject, call));
    }
  }

  private lacking(subject: Subject, call: FilterCall): readonly Condition[] {
    if (call.op === 'exists') return [buildFilter(subject, 'absent', [])];
    const absent = buildFilter(subject, 'absent', []);
    return [this.any([[absent], opposite(subject, call)])];
  }

  /** A reference without a level means the span or its resource. */
  private anywhere(
    call: FilterCall,
    conditions: (subject: Subject) => readonly Condition[],
  ): readonly Condition[] {
    const subjects = levelsOf(call);
    if (subjects.length === 1) return subjects.flatMap(conditions);
    return [this.any(subjects.map(conditions))];
  }

  private some({ args }: FilterCall, depth: number): readonly Condition[] {
    const [nested, term] = args;
    const level = nested?.nested?.level;
    if ((level !== 'event' && level !== 'link') || term === undefined) {
      throw new FilterError('"some" is about the events or links of a span, and one call');
    }
    const call = callIn(term, 'some');
    const isAtom = call.op === 'exists' || call.op === 'in' || COMPARISONS.has(call.op);
    if (!isAtom) throw new FilterError(`"some" takes one comparison here, not "${call.op}"`);
    const subjects = levelsOf(call);
    const isOfLevel = subjects.every(
      (subject) =>
        ('place' in subject && subject.place === level) ||
        ('field' in subject && subject.field === 'eventName' && level === 'event'),
    );
    if (!isOfLevel)
      throw new FilterError(`"some" of level ${level} compares what is of that level`);
    return this.all(call, depth + 1);
  }

  private any(lists: readonly (readonly Condition[])[]): SpanCondition {
    const anyOf = lists.map((list) =>
      list.map((condition) => {
        if ('anyOf' in condition || !isTraceFilter(condition)) return condition;
        throw new FilterError('a condition on the trace cannot be an alternative');
      }),
    );
    return { anyOf };
  }

  private spend(depth: number): void {
    this.left -= 1;
    if (this.left < 0) throw new FilterError(`more than ${CONDITIONS_MAX} conditions`);
    if (depth > FILTER_DEPTH_MAX) throw new FilterError(`more than ${FILTER_DEPTH_MAX} levels`);
  }
}

function atom(subject: Subject, call: FilterCall): readonly Condition[] {
  const { op } = call;
  if (op === 'exists') return [buildFilter(subject, 'exists', [])];
  if (op === 'in') return [buildFilter(subject, 'in', listOf(call))];
  if (op === 'not_in') {
    return listOf(call).map((value) => buildFilter(subject, '!=', [value]));
  }
  const operator = COMPARISONS.get(op);
  if (operator === undefined) throw new FilterError(`unknown operator ${JSON.stringify(op)}`);
  return [buildFilter(subject, operator, [scalarOf(call)])];
}

/** What holds where there is a value and the call does not. */
function opposite(subject: Subject, call: FilterCall): readonly Condition[] {
  if (call.op === 'in') return atom(subject, { ...call, op: 'not_in' });
  if (call.op === 'not_in') return atom(subject, { ...call, op: 'in' });
  const operator = OPPOSITES.get(COMPARISONS.get(call.op) ?? '=');
  if (operator === undefined || !COMPARISONS.has(call.op)) {
    throw new FilterError(`"not" cannot stand before ${JSON.stringify(call.op)}`);
  }
  return [buildFilter(subject, operator, [scalarOf(call)])];
}

/** What a call is about: two places for an attribute without a level. */
function levelsOf({ args, op }: FilterCall): readonly Subject[] {
  const [term] = args;
  if (term?.attr !== undefined) {
    const { key, level } = term.attr;
    if (level !== '') return [{ place: placeOf(level), key }];
    return [
      { place: 'span', key },
      { place: 'resource', key },
    ];
  }
  if (term?.field !== undefined) return [fieldOf(term.field)];
  throw new FilterError(`the first argument of ${JSON.stringify(op)} is an attribute or a field`);
}

function placeOf(level: string): FilterPlace {
  const found = EXPRESSION_LEVELS.find((known): known is Level => known === level);
  if (found !== undefined) return found;
  throw new FilterError(
    `${JSON.stringify(level)} is no level; they are ${EXPRESSION_LEVELS.join(', ')}`,
  );
}

function fieldOf({ level, name }: NonNullable<FilterTerm['field']>): Subject {
  if (level === 'resource' && SERVICE_NAMES.has(name)) {
    return { place: 'resource', key: 'service.name' };
  }
  const full = `${level}.${name}`;
  const field = Object.hasOwn(FIELDS, full) ? FIELDS[full] : undefined;
  if (field !== undefined) return { field };
  throw new FilterError(`the field ${JSON.stringify(full)} cannot be searched`);
}

function callIn({ call }: FilterTerm, op: string): FilterCall {
  if (call !== undefined) return call;
  throw new FilterError(`the arguments of ${JSON.stringify(op)} are calls`);
}

function only(args: readonly FilterTerm[], op: string): FilterTerm {
  const [first, ...others] = args;
  if (first !== undefined && others.length === 0) return first;
  throw new FilterError(`${JSON.stringify(op)} has one argument`);
}

function scalarOf({ args, op }: FilterCall): string {
  const value = args[1]?.scalar?.value;
  if (value !== undefined && args.length === 2) return value;
  throw new FilterError(`${JSON.stringify(op)} compares with one scalar`);
}

function listOf({ args, op }: FilterCall): readonly string[] {
  const values = args[1]?.list?.values;
  if (values !== undefined && values.length > 0 && args.length === 2) return values;
  throw new FilterError(`${JSON.stringify(op)} needs a list of at least one value`);
}

/** The same call in JSON, as `query.filter` has it. @throws FilterError */
export function readExpressionJson(json: unknown, depth = 1): FilterCall {
  if (depth > FILTER_DEPTH_MAX) throw new FilterError(`more than ${FILTER_DEPTH_MAX} levels`);
  const { args = [], op } = fieldsOf(json);
  if (typeof op !== 'string') throw new FilterError('"op" is a text');
  if (!Array.isArray(args)) throw new FilterError('"args" is a list');
  const terms: readonly unknown[] = args;
  return { op, args: terms.map((term) => readTerm(term, depth)) };
}

function readTerm(json: unknown, depth: number): FilterTerm {
  const entries = Object.entries(fieldsOf(json));
  const [entry, ...others] = entries;
  if (entry === undefined || others.length > 0) {
    throw new FilterError('an argument is one of attr, field, nested, scalar, list and call');
  }
  const [kind, value] = entry;
  if (kind === 'call') return { call: readExpressionJson(value, depth + 1) };
  const fields = fieldsOf(value);
  switch (kind) {
    case 'attr':
      return { attr: { key: textIn(fields, 'key'), level: textIn(fields, 'level') } };
    case 'field':
      return { field: { name: textIn(fields, 'name'), level: textIn(fields, 'level') } };
    case 'nested':
      return { nested: { level: textIn(fields, 'level') } };
    case 'scalar':
      return { scalar: { value: textIn(fields, 'value'), type: textIn(fields, 'type') } };
    case 'list':
      return { list: { values: textsIn(fields), type: textIn(fields, 'type') } };
    default:
      throw new FilterError(`unknown argument ${JSON.stringify(kind)}`);
  }
}

function fieldsOf(json: unknown): Readonly<Record<string, unknown>> {
  if (json !== null && typeof json === 'object' && !Array.isArray(json)) {
    return json as Readonly<Record<string, unknown>>;
  }
  throw new FilterError('an object is expected');
}

function textIn(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name] ?? '';
  if (typeof value === 'string') return value;
  throw new FilterError(`"${name}" is a text`);
}

function textsIn({ values }: Readonly<Record<string, unknown>>): readonly string[] {
  if (!Array.isArray(values)) throw new FilterError('"values" is a list of texts');
  const items: readonly unknown[] = values;
  return items.map((value) => {
    if (typeof value === 'string') return value;
    throw new FilterError('"values" is a list of texts');
  });
}
