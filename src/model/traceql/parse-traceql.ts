import { lexTraceql } from './lexer.ts';
import { parseCondition, parseSubject } from './parse-condition.ts';
import { parseStage } from './parse-stage.ts';
import { TokenReader } from './token-reader.ts';
import { TraceqlError } from './traceql-query.ts';
import type { Spanset, SpansetOperator, Stage, Subject, TraceqlQuery } from './traceql-query.ts';

/**
 * Reads a query:
 *
 *     query    = spanset { "|" stage } [ "with" "(" hint { "," hint } ")" ]
 *     spanset  = related { ( "&&" | "||" ) related }      both bind alike, from the left, as in Tempo
 *     related  = primary { ( ">" | ">>" | "<" | "<<" | "~" ) primary }
 *     primary  = "{" [ condition ] "}" | "(" spanset ")"
 *
 * Empty text means `{}`. @throws TraceqlError
 */
export function parseTraceql(text: string): TraceqlQuery {
  const reader = new TokenReader(lexTraceql(text));
  if (reader.peek().type === 'end') {
    return { spanset: { type: 'selector', condition: { type: 'and', parts: [] } }, stages: [] };
  }
  const spanset = parseSpanset(reader);
  const stages: Stage[] = [];
  while (reader.takeSymbol('|')) stages.push(parseStage(reader));
  if (reader.takeWord('with')) skipHints(reader);
  const rest = reader.peek();
  if (rest.type !== 'end') throw reader.unexpected('an operator, "|" or the end');
  return { spanset, stages };
}

/** Reads the name of an attribute or intrinsic, such as `span.http.url`. @throws TraceqlError */
export function parseTraceqlName(text: string): Subject {
  const reader = new TokenReader(lexTraceql(text));
  const subject = parseSubject(reader);
  if (reader.peek().type === 'end') return subject;
  throw reader.unexpected('the end');
}

const BOOLEAN = ['&&', '||'] as const;
const STRUCTURAL = ['>', '>>', '<', '<<', '~'] as const;
const UNSUPPORTED = ['!>', '!>>', '!<', '!<<', '!~', '&>', '&>>', '&<', '&<<', '&~'];

function parseSpanset(reader: TokenReader): Spanset {
  return parseChain(reader, BOOLEAN, () => parseChain(reader, STRUCTURAL, parsePrimary));
}

function parseChain(
  reader: TokenReader,
  operators: readonly SpansetOperator[],
  parseOperand: (reader: TokenReader) => Spanset,
): Spanset {
  let left = parseOperand(reader);
  for (;;) {
    const operator = operators.find((one) => reader.takeSymbol(one));
    if (operator === undefined) return left;
    left = { type: 'operation', operator, left, right: parseOperand(reader) };
  }
}

function parsePrimary(reader: TokenReader): Spanset {
  if (reader.takeSymbol('(')) {
    const inner = reader.nested(() => parseSpanset(reader));
    if (reader.peek().text === '|') {
      throw new TraceqlError(reader.peek().position, '"|" within parentheses is not supported');
    }
    reader.expectSymbol(')');
    refuseUnsupported(reader);
    return inner;
  }
  if (!reader.takeSymbol('{')) throw reader.unexpected('"{" or "("');
  if (reader.takeSymbol('}')) {
    refuseUnsupported(reader);
    return { type: 'selector', condition: { type: 'and', parts: [] } };
  }
  const condition = parseCondition(reader);
  reader.expectSymbol('}');
  refuseUnsupported(reader);
  return { type: 'selector', condition };
}

function refuseUnsupported(reader: TokenReader): void {
  const { position, text, type } = reader.peek();
  if (type === 'symbol' && UNSUPPORTED.includes(text)) {
    throw new TraceqlError(position, `the operator ${text} between spansets is not supported`);
  }
}

/** Answers are always the most recent ones; nothing else can be asked of how they are found. */
function skipHints(reader: TokenReader): void {
  reader.expectSymbol('(');
  do {
    const { position, text } = reader.take();
    if (text !== 'most_recent') {
      throw new TraceqlError(position, `the hint ${JSON.stringify(text)} is not supported`);
    }
    reader.expectSymbol('=');
    if (!reader.takeWord('true') && !reader.takeWord('false')) {
      throw reader.unexpected('true or false');
    }
  } while (reader.takeSymbol(','));
  reader.expectSymbol(')');
}
