import {
  CONDITIONS_MAX,
  FILTER_DEPTH_MAX,
  FilterError,
  buildFilter,
  isTraceFilter,
  splitFilters,
} from './build-filter.ts';
import type { SearchFilters, Subject } from './build-filter.ts';
import { COMPARISON_OPERATORS, FILTER_PLACES } from './search-filter.ts';
import type { FilterOperator, SpanCondition, TraceFilter } from './search-filter.ts';

/*
 *   any       = all { "||" all }
 *   all       = condition { "&&" condition }
 *   condition = "(" any ")" | subject ( "exists" | "absent" | comparison value | "in" list )
 *   comparison = "=" | "!=" | "=~" | "!~" | "<" | "<=" | ">" | ">="
 *   list      = "(" value { "," value } ")"
 *   subject   = field | [ place "." ] key
 *   field     = "name" | "kind" | "status" | "statusMessage" | "duration" | "event:name"
 *             | "scope:name" | "scope:version"
 *             | "trace:rootService" | "trace:rootName" | "trace:duration"
 *   place     = "any" | "span" | "resource" | "scope" | "event" | "link"
 *   key, value = word | text;  text = a JSON string;  word = what has no space and none of "=<>!~&|(),
 */

const FIELDS: ReadonlyMap<string, Subject> = new Map<string, Subject>([
  ['name', { field: 'name' }],
  ['kind', { field: 'kind' }],
  ['status', { field: 'status' }],
  ['statusMessage', { field: 'statusMessage' }],
  ['duration', { field: 'duration' }],
  ['event:name', { field: 'eventName' }],
  ['scope:name', { field: 'scopeName' }],
  ['scope:version', { field: 'scopeVersion' }],
  ['trace:rootService', { trace: 'rootService' }],
  ['trace:rootName', { trace: 'rootName' }],
  ['trace:duration', { trace: 'duration' }],
]);

type Condition = SpanCondition | TraceFilter;

/**
 * Reads filters in their short form: `http.status_code>=500 && resource.k8s.pod.name=~"web-.*"`.
 * @throws FilterError that names the column
 */
export function parseFilterText(text: string): SearchFilters {
  const parser = new Parser(text);
  const conditions = parser.any(1);
  parser.end();
  return splitFilters(conditions);
}

interface Token {
  readonly type: 'word' | 'text' | 'sign' | 'end';
  /** Of a text, what it says. */
  readonly value: string;
  /** Where it starts, counted from 0. */
  readonly at: number;
}

const SPACE = /\s*/y;
const SIGN = /&&|\|\||=~|!~|!=|<=|>=|[=<>(),]/y;
const TEXT = /"(?:[^"\\]|\\.)*"/sy;
const WORD = /[^\s"=<>!~&|(),]+/y;

class Parser {
  private readonly source: string;
  private position = 0;
  private token: Token;
  private conditions = 0;

  constructor(source: string) {
    this.source = source;
    this.token = this.scan();
  }

  /** Conditions that all must hold: alternatives become one of them. */
  any(depth: number): readonly Condition[] {
    if (depth > FILTER_DEPTH_MAX) throw this.wrong(`more than ${FILTER_DEPTH_MAX} levels`);
    const first = this.all(depth);
    if (!this.isSign('||')) return first;
    const anyOf = [this.alternative(first)];
    while (this.isSign('||')) {
      this.next();
      anyOf.push(this.alternative(this.all(depth)));
    }
    return [{ anyOf }];
  }

  end(): void {
    if (this.token.type !== 'end') throw this.wrong(`&& or || is expected${this.instead()}`);
  }

  private all(depth: number): readonly Condition[] {
    const conditions = [...this.condition(depth)];
    while (this.isSign('&&')) {
      this.next();
      conditions.push(...this.condition(depth));
    }
    return conditions;
  }

  private alternative(all: readonly Condition[]): readonly SpanCondition[] {
    return all.map((condition) => {
      if ('anyOf' in condition || !isTraceFilter(condition)) return condition;
      throw this.wrong('a condition on the trace cannot be an alternative');
    });
  }

  private condition(depth: number): readonly Condition[] {
    if (this.isSign('(')) {
      this.next();
      const inner = this.any(depth + 1);
      this.expectSign(')');
      return inner;
    }
    this.conditions += 1;
    if (this.conditions > CONDITIONS_MAX)
      throw this.wrong(`more than ${CONDITIONS_MAX} conditions`);
    const subject = this.subject();
    const operator = this.operator();
    const at = this.token;
    const values = this.values(operator);
    try {
      return [buildFilter(subject, operator, values)];
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      throw this.wrong(error.message, at);
    }
  }

  private subject(): Subject {
    const { type, value } = this.token;
    if (type !== 'word' && type !== 'text') throw this.wrong(`a key is expected${this.instead()}`);
    this.next();
    if (type === 'text') return { place: 'any', key: value };
    const field = FIELDS.get(value);
    if (field !== undefined) return field;
    const dot = value.indexOf('.');
    const place = FILTER_PLACES.find((known) => known === value.slice(0, dot));
    if (place === undefined) return { place: 'any', key: value };
    const key = value.slice(dot + 1);
    if (key !== '') return { place, key };
    const quoted = this.token;
    if (quoted.type !== 'text') throw this.wrong(`a key is expected${this.instead()}`);
    this.next();
    return { place, key: quoted.value };
  }

  private operator(): FilterOperator {
    const { type, value } = this.token;
    const found =
      type === 'word'
        ? WORD_OPERATORS.find((known) => known === value)
        : type === 'sign'
          ? COMPARISON_OPERATORS.find((known) => known === value)
          : undefined;
    if (found === undefined) throw this.wrong(`an operator is expected${this.instead()}`);
    this.next();
    return found;
  }

  private values(operator: FilterOperator): readonly string[] {
    if (operator === 'exists' || operator === 'absent') return [];
    if (operator !== 'in') return [this.value()];
    this.expectSign('(');
    const values = [this.value()];
    while (this.isSign(',')) {
      this.next();
      values.push(this.value());
    }
    this.expectSign(')');
    return values;
  }

  private value(): string {
    const { type, value } = this.token;
    if (type !== 'word' && type !== 'text')
      throw this.wrong(`a value is expected${this.instead()}`);
    this.next();
    return value;
  }

  private isSign(sign: string): boolean {
    return this.token.type === 'sign' && this.token.value === sign;
  }

  private expectSign(sign: string): void {
    if (!this.isSign(sign)) throw this.wrong(`${sign} is expected${this.instead()}`);
    this.next();
  }

  private next(): void {
    this.token = this.scan();
  }

  private scan(): Token {
    this.match(SPACE);
    const at = this.position;
    if (at === this.source.length) return { type: 'end', value: '', at };
    const sign = this.match(SIGN);
    if (sign !== undefined) return { type: 'sign', value: sign, at };
    const word = this.match(WORD);
    if (word !== undefined) return { type: 'word', value: word, at };
    const text = this.match(TEXT);
    if (text !== undefined) return { type: 'text', value: this.unquoted(text, at), at };
    const what =
      this.source[at] === '"'
        ? 'a text that does not end'
        : `${this.source[at] ?? ''} has no meaning here`;
    throw this.wrong(what, { at });
  }

  private unquoted(text: string, at: number): string {
    try {
      return String(JSON.parse(text));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw this.wrong(`${text} is no JSON string`, { at });
    }
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.source)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  private instead(): string {
    const { at, type } = this.token;
    return type === 'end' ? ', not the end' : `, not ${this.source.slice(at, this.position)}`;
  }

  private wrong(what: string, { at }: { readonly at: number } = this.token): FilterError {
    return new FilterError(`column ${at + 1}: ${what}`);
  }
}

const WORD_OPERATORS = ['exists', 'absent', 'in'] as const;
