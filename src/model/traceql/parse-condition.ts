import { FilterError, buildFilter } from '../build-filter.ts';
import { COMPARISON_OPERATORS } from '../search-filter.ts';
import type { ComparisonOperator, ValueTest } from '../search-filter.ts';
import { SPAN_KINDS, STATUS_CODES } from '../span.ts';
import type { Token } from './lexer.ts';
import { INTRINSICS, SCOPES } from './subject-names.ts';
import type { TokenReader } from './token-reader.ts';
import { TraceqlError } from './traceql-query.ts';
import type { Comparison, Condition, Subject } from './traceql-query.ts';

/**
 * What stands between the braces of a selector:
 *
 *     condition  = term { ( "&&" | "||" ) term }          both bind alike, from the left, as in Tempo
 *     term       = "(" condition ")" | comparison | subject | "true" | "false"
 *     comparison = subject operator value | value operator subject
 *
 * @throws TraceqlError
 */
export function parseCondition(reader: TokenReader): Condition {
  let left = parseTerm(reader);
  for (;;) {
    const type = reader.takeSymbol('&&') ? 'and' : reader.takeSymbol('||') ? 'or' : undefined;
    if (type === undefined) return left;
    const right = parseTerm(reader);
    const parts = left.type === type ? left.parts : [left];
    left = { type, parts: [...parts, right] };
  }
}

function parseTerm(reader: TokenReader): Condition {
  if (reader.takeSymbol('(')) {
    const inner = reader.nested(() => parseCondition(reader));
    reader.expectSymbol(')');
    return inner;
  }
  const first = reader.peek();
  if (first.type === 'symbol' && first.text === '!') {
    throw new TraceqlError(first.position, '"!" is not supported; != and !~ are');
  }
  const left = parseOperand(reader);
  const operator = takeOperator(reader);
  if (operator === undefined) return withoutOperator(left, reader);
  const right = parseOperand(reader);
  refuseArithmetic(reader);
  reader.countComparison(first.position);
  if ('subject' in left && 'value' in right) return compare(left.subject, operator, right, first);
  if ('value' in left && 'subject' in right) {
    return compare(right.subject, MIRRORED[operator] ?? operator, left, first);
  }
  const both = 'value' in left ? 'two values' : 'two attributes';
  throw new TraceqlError(first.position, `to compare ${both} is not supported`);
}

/** @throws TraceqlError */
export function parseSubject(reader: TokenReader): Subject {
  const operand = parseOperand(reader);
  if ('subject' in operand) return operand.subject;
  throw new TraceqlError(operand.token.position, 'an attribute or an intrinsic is expected');
}

type Operand = { readonly subject: Subject; readonly token: Token } | Value;

interface Value {
  /** undefined for nil. */
  readonly value: string | undefined;
  readonly token: Token;
}

const KEYWORDS: ReadonlySet<string> = new Set([...STATUS_CODES, ...SPAN_KINDS, 'true', 'false']);

function parseOperand(reader: TokenReader): Operand {
  const token = reader.peek();
  switch (token.type) {
    case 'attribute': {
      reader.take();
      const place = SCOPES.get(token.scope);
      if (place !== undefined) return { subject: { place, key: token.key }, token };
      throw new TraceqlError(token.position, `the scope ${token.scope} is not supported`);
    }
    case 'string':
    case 'number':
    case 'duration':
      reader.take();
      return { value: token.value, token };
    case 'word': {
      reader.take();
      const subject = INTRINSICS.get(token.text);
      if (subject !== undefined) return { subject, token };
      if (token.text === 'nil') return { value: undefined, token };
      if (KEYWORDS.has(token.text)) return { value: token.text, token };
      throw new TraceqlError(
        token.position,
        `${token.text} is no intrinsic that is supported; attributes begin with a scope or ".", texts are quoted`,
      );
    }
    case 'symbol':
    case 'end':
      throw reader.unexpected('an attribute, an intrinsic or a value');
  }
}

function takeOperator(reader: TokenReader): ComparisonOperator | undefined {
  refuseArithmetic(reader);
  return COMPARISON_OPERATORS.find((one) => reader.takeSymbol(one));
}

function refuseArithmetic(reader: TokenReader): void {
  const { position, text, type } = reader.peek();
  if (type === 'symbol' && '+-*/%^'.includes(text)) {
    throw new TraceqlError(position, `arithmetic (${text}) is not supported`);
  }
}

const MIRRORED: Readonly<Partial<Record<ComparisonOperator, ComparisonOperator>>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** `true`, `false`, or an attribute that has to be true. */
function withoutOperator(operand: Operand, reader: TokenReader): Condition {
  const { position, text, type } = operand.token;
  if ('subject' in operand && 'key' in operand.subject) {
    reader.countComparison(position);
    const test: ValueTest = { operator: '=', value: 'true' };
    return { type: 'comparison', subject: operand.subject, test, position };
  }
  if (type === 'word' && text === 'true') return { type: 'and', parts: [] };
  if (type === 'word' && text === 'false') return { type: 'or', parts: [] };
  throw reader.unexpected('a comparison');
}

function compare(
  subject: Subject,
  operator: ComparisonOperator,
  { token, value }: Value,
  { position }: Token,
): Comparison {
  const isPattern = operator === '=~' || operator === '!~';
  if (isPattern && token.type !== 'string') {
    throw new TraceqlError(token.position, `${operator} needs a quoted pattern`);
  }
  const test =
    value === undefined ? nilTest(operator, token) : testOf(subject, operator, { token, value });
  return { type: 'comparison', subject, test, position };
}

function nilTest(operator: ComparisonOperator, { position }: Token): ValueTest {
  if (operator === '=') return { operator: 'absent' };
  if (operator === '!=') return { operator: 'exists' };
  throw new TraceqlError(position, `nil is compared by = or !=, not by ${operator}`);
}

function testOf(
  subject: Subject,
  operator: ComparisonOperator,
  { token, value }: { readonly token: Token; readonly value: string },
): ValueTest {
  if ('id' in subject) {
    if (!ID_OPERATORS.has(operator)) {
      throw new TraceqlError(token.position, `ids are not compared by ${operator}`);
    }
    const width = subject.id === 'trace' || subject.id === 'linkTrace' ? 32 : 16;
    const isPattern = operator === '=~' || operator === '!~';
    return { operator, value: isPattern ? value : value.toLowerCase().padStart(width, '0') };
  }
  try {
    return buildFilter(subject, operator, [value]).test;
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new TraceqlError(token.position, error.message, { cause: error });
  }
}

const ID_OPERATORS: ReadonlySet<ComparisonOperator> = new Set<ComparisonOperator>([
  '=',
  '!=',
  '=~',
  '!~',
]);
