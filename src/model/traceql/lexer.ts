import { NANOS_OF_UNIT } from '../duration-units.ts';
import { QUERY_CHARACTERS_MAX, TraceqlError } from './traceql-query.ts';

export type Token =
  | { readonly type: 'symbol' | 'word' | 'end'; readonly text: string; readonly position: number }
  /** An attribute with a scope in front, such as `span.http.url`; '' for one of any scope. */
  | {
      readonly type: 'attribute';
      readonly scope: string;
      readonly key: string;
      readonly text: string;
      readonly position: number;
    }
  /** `value` is what a search compares: durations are nanoseconds. */
  | {
      readonly type: 'string' | 'number' | 'duration';
      readonly value: string;
      readonly text: string;
      readonly position: number;
    };

/** Longer ones first: an operator ends where none goes on. */
const SYMBOLS = [
  ...['!>>', '!<<', '&>>', '&<<'],
  ...['&&', '||', '=~', '!~', '!=', '<=', '>=', '<<', '>>', '!>', '!<', '&>', '&<', '&~'],
  ...['{', '}', '(', ')', ',', '|', '=', '<', '>', '~', '!', '+', '-', '*', '/', '%', '^'],
];
const ATTRIBUTE_START = /(?:[A-Za-z]+)?\./y;
/** Anything else belongs to the name of an attribute, as in Tempo; quotes keep even these. */
const KEY_PART = /[^\s{}()=~!<>&|^,"]+|"((?:[^"\\]|\\["\\])*)"/y;
const WORD = /[A-Za-z_][A-Za-z_0-9]*(?::[A-Za-z]+)?/y;
const DURATION = /-?(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d|w|y))+(?![A-Za-z0-9_.])/y;
const DURATION_PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|w|y)/g;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![A-Za-z0-9_.])/y;
const STRING = /"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`([^`]*)`/y;
const SPACE = /\s*/y;

const DAY_NANO = 86_400e9;
const NANOS_OF_TRACEQL_UNIT: ReadonlyMap<string, number> = new Map([
  ...NANOS_OF_UNIT,
  ['d', DAY_NANO],
  ['w', 7 * DAY_NANO],
  ['y', 365 * DAY_NANO],
]);

/** The tokens of a query; the last one is its end. @throws TraceqlError */
export function lexTraceql(text: string): readonly Token[] {
  if (text.length > QUERY_CHARACTERS_MAX) {
    throw new TraceqlError(
      QUERY_CHARACTERS_MAX,
      `the query has more than ${QUERY_CHARACTERS_MAX} characters`,
    );
  }
  const tokens: Token[] = [];
  for (let position = afterSpace(text, 0); position < text.length;) {
    const token = tokenAt(text, position);
    tokens.push(token);
    position = afterSpace(text, position + token.text.length);
  }
  tokens.push({ type: 'end', text: '', position: text.length });
  return tokens;
}

function tokenAt(text: string, position: number): Token {
  const attribute = attributeAt(text, position);
  if (attribute !== undefined) return attribute;
  const duration = matchAt(DURATION, text, position);
  if (duration !== undefined) {
    return { type: 'duration', value: nanosText(duration[0]), text: duration[0], position };
  }
  const number = matchAt(NUMBER, text, position);
  if (number !== undefined) {
    return { type: 'number', value: numberText(number[0]), text: number[0], position };
  }
  const string = matchAt(STRING, text, position);
  if (string !== undefined) {
    const value = string[3] ?? unescaped(string[1] ?? string[2] ?? '');
    return { type: 'string', value, text: string[0], position };
  }
  const word = matchAt(WORD, text, position);
  if (word !== undefined) return { type: 'word', text: word[0], position };
  const symbol = SYMBOLS.find((one) => text.startsWith(one, position));
  if (symbol !== undefined) return { type: 'symbol', text: symbol, position };
  const [character = ''] = text.slice(position, position + 2);
  if (/["'`]/.test(character)) throw new TraceqlError(position, 'a quote that stays open');
  throw new TraceqlError(position, `${JSON.stringify(character)} is not understood`);
}

function attributeAt(text: string, position: number): Token | undefined {
  const start = matchAt(ATTRIBUTE_START, text, position);
  if (start === undefined) return undefined;
  let key = '';
  let at = position + start[0].length;
  for (;;) {
    const part = matchAt(KEY_PART, text, at);
    if (part === undefined) break;
    key += part[1] === undefined ? part[0] : part[1].replace(/\\(.)/g, '$1');
    at += part[0].length;
  }
  if (text[at] === '"') throw new TraceqlError(at, 'a quote that stays open');
  if (key === '') throw new TraceqlError(at, 'the name of an attribute is expected');
  const scope = start[0].slice(0, -1);
  return { type: 'attribute', scope, key, text: text.slice(position, at), position };
}

function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text) ?? undefined;
}

function afterSpace(text: string, position: number): number {
  return position + (matchAt(SPACE, text, position)?.[0].length ?? 0);
}

function nanosText(duration: string): string {
  let nanos = 0;
  for (const [, number = '', unit = ''] of duration.matchAll(DURATION_PART)) {
    nanos += Number(number) * (NANOS_OF_TRACEQL_UNIT.get(unit) ?? 0);
  }
  return String(duration.startsWith('-') ? -Math.round(nanos) : Math.round(nanos));
}

/** As the texts of attributes are: integers with all their digits, others as JavaScript has them. */
function numberText(number: string): string {
  return /^-?\d+$/.test(number) ? String(BigInt(number)) : String(Number(number));
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
]);

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_, character: string) => ESCAPES.get(character) ?? character);
}
