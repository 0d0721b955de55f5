import { attributeText } from './attribute-text.ts';
import type { SpanCondition, ValueTest } from './search-filter.ts';
import type { AttributeFilter } from './search-filter.ts';
import type { AttributeValue } from './span.ts';

/** Makes a test of a whole text from a pattern that has been found right. */
export type CompilePattern = (pattern: string) => (text: string) => boolean;

/** A `ValueTest` made ready: what is wanted of the values of one subject on one span. */
export interface ValueRule {
  /** That some value matches; that there is one and none matches; that there is none. */
  readonly wants: 'some' | 'none' | 'nothing';
  readonly isMatch: (value: AttributeValue) => boolean;
  /** The only text that matches, where there is one: it can be looked up. */
  readonly onlyText?: string;
  /** What the text of every value that matches begins with, as far as that is known. */
  readonly prefix?: string;
  /** Every value matches: none has to be read. */
  readonly isAnyValue?: true;
}

/** A `SpanCondition` made ready: patterns are compiled once for all places that are searched. */
export type SpanRule = SubjectRule | AnyRule;

export interface SubjectRule {
  readonly subject: AttributeFilter['subject'];
  readonly rule: ValueRule;
}

export interface AnyRule {
  readonly anyOf: readonly (readonly SpanRule[])[];
}

export function spanRules(
  conditions: readonly SpanCondition[],
  compile: CompilePattern,
): readonly SpanRule[] {
  return conditions.map((condition) =>
    'anyOf' in condition
      ? { anyOf: condition.anyOf.map((all) => spanRules(all, compile)) }
      : { subject: condition.subject, rule: valueRule(condition.test, compile) },
  );
}

export function valueRule(test: ValueTest, compile: CompilePattern): ValueRule {
  switch (test.operator) {
    case 'exists':
      return { wants: 'some', isMatch: () => true, isAnyValue: true };
    case 'absent':
      return { wants: 'nothing', isMatch: () => true, isAnyValue: true };
    case '=':
    case '!=': {
      const wanted = test.value;
      const isMatch = (value: AttributeValue): boolean => attributeText(value) === wanted;
      const wants = test.operator === '=' ? 'some' : 'none';
      // Bytes that are no text read as the replacement character: how they begin is not known.
      const [prefix = ''] = wanted.split('\ufffd', 1);
      return { wants, isMatch, onlyText: wanted, prefix };
    }
    case 'in': {
      const wanted = new Set(test.values);
      return { wants: 'some', isMatch: (value) => wanted.has(attributeText(value)) };
    }
    case '=~':
    case '!~': {
      const isMatch = compile(test.value);
      return {
        wants: test.operator === '=~' ? 'some' : 'none',
        isMatch: (value) => isMatch(attributeText(value)),
        prefix: literalPrefix(test.value),
      };
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { wants: 'some', isMatch: comparison(test.operator, test.value) };
  }
}

/** The characters that a pattern begins with and that stand for themselves. */
function literalPrefix(pattern: string): string {
  if (pattern.includes('|')) return '';
  const [prefix = ''] = /^[\w /:@,;=<>"'&%!~#-]*/.exec(pattern) ?? [];
  // A repetition is of the last character, and may be of none.
  return /[*?{+]/.test(pattern[prefix.length] ?? '') ? prefix.slice(0, -1) : prefix;
}

/** Whether a rule holds, of what was found: a value at all, and one that matches. */
export function isMet({ wants }: ValueRule, hasValue: boolean, hasMatch: boolean): boolean {
  switch (wants) {
    case 'some':
      return hasMatch;
    case 'none':
      return hasValue && !hasMatch;
    case 'nothing':
      return !hasValue;
  }
}

/** Whether a single value, which is there, meets a rule. */
export function isMetBy(rule: ValueRule, value: AttributeValue): boolean {
  return isMet(rule, true, rule.isMatch(value));
}

/** Longer texts are not numbers that anybody compares, and slow to read. */
const NUMBER_CHARACTERS_MAX = 64;
const DECIMAL = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const INTEGER = /^-?\d+$/;

/** The number a text says in decimal digits, integers exactly; undefined when it says none. */
export function decimalOf(text: string): number | bigint | undefined {
  if (text.length > NUMBER_CHARACTERS_MAX || !DECIMAL.test(text)) return undefined;
  return INTEGER.test(text) ? BigInt(text) : Number(text);
}

function numberOf(value: AttributeValue): number | bigint | undefined {
  switch (value.type) {
    case 'int':
    case 'double':
      return value.value;
    case 'string':
      return decimalOf(value.value);
    case 'empty':
    case 'bool':
    case 'bytes':
    case 'array':
    case 'map':
      return undefined;
  }
}

/** JavaScript compares a bigint and a number by their exact values. */
function comparison(
  operator: '<' | '<=' | '>' | '>=',
  text: string,
): (value: AttributeValue) => boolean {
  const limit = decimalOf(text);
  if (limit === undefined) return () => false;
  const isRelated = RELATIONS[operator];
  return (value) => {
    const number = numberOf(value);
    return number !== undefined && isRelated(number, limit);
  };
}

type Numeric = number | bigint;

const RELATIONS: Readonly<
  Record<'<' | '<=' | '>' | '>=', (value: Numeric, limit: Numeric) => boolean>
> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};
