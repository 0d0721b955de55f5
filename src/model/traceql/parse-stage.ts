import { parseCondition, parseSubject } from './parse-condition.ts';
import type { TokenReader } from './token-reader.ts';
import { TraceqlError } from './traceql-query.ts';
import type { Stage, Subject } from './traceql-query.ts';

/**
 * What stands behind a `|`:
 *
 *     stage = "select" "(" subject { "," subject } ")"
 *           | "count" "(" ")" ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) number
 *           | "{" [ condition ] "}"
 *
 * @throws TraceqlError
 */
export function parseStage(reader: TokenReader): Stage {
  if (reader.takeWord('select')) return parseSelect(reader);
  if (reader.takeWord('count')) return parseCount(reader);
  if (reader.takeSymbol('{')) {
    if (reader.takeSymbol('}')) return { type: 'filter', condition: { type: 'and', parts: [] } };
    const condition = parseCondition(reader);
    reader.expectSymbol('}');
    return { type: 'filter', condition };
  }
  const { position, text, type } = reader.peek();
  if (type === 'word') {
    throw new TraceqlError(position, `${text} is not supported; select and count are`);
  }
  throw reader.unexpected('select, count or "{"');
}

/** Attributes that one answer shows of each span, at most. */
const SELECTED_MAX = 64;

function parseSelect(reader: TokenReader): Stage {
  reader.expectSymbol('(');
  const subjects: Subject[] = [];
  do {
    const { position } = reader.peek();
    subjects.push(parseSubject(reader));
    if (subjects.length > SELECTED_MAX) {
      throw new TraceqlError(position, `more than ${SELECTED_MAX} attributes are selected`);
    }
  } while (reader.takeSymbol(','));
  reader.expectSymbol(')');
  return { type: 'select', subjects };
}

const RELATIONS = {
  '=': (count: number, limit: number) => count === limit,
  '!=': (count: number, limit: number) => count !== limit,
  '<': (count: number, limit: number) => count < limit,
  '<=': (count: number, limit: number) => count <= limit,
  '>': (count: number, limit: number) => count > limit,
  '>=': (count: number, limit: number) => count >= limit,
} as const;

const COUNT_OPERATORS = ['=', '!=', '<', '<=', '>', '>='] as const;

function parseCount(reader: TokenReader): Stage {
  reader.expectSymbol('(');
  reader.expectSymbol(')');
  const operator = COUNT_OPERATORS.find((one) => reader.takeSymbol(one));
  if (operator === undefined) throw reader.unexpected('a comparison of the count');
  const token = reader.peek();
  if (token.type !== 'number') throw reader.unexpected('a number');
  reader.take();
  const limit = Number(token.value);
  return { type: 'count', isMet: (count) => RELATIONS[operator](count, limit) };
}
