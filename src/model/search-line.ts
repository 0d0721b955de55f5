import { FilterError } from './build-filter.ts';
import { isDurationText } from './duration-text.ts';
import { parseFilterText } from './filter-text.ts';
import { COMPARISON_OPERATORS, FILTER_PLACES } from './search-filter.ts';
import type { TextAttribute } from './timeline-span.ts';

/*
 *   line      = { [ "&&" ] term }
 *   term      = ( "service" | "operation" | "op" ) ":" value | condition | "(" any ")" | json | word
 *   condition, any = as filter-text.ts has them; dur is duration; after "=" a value may have signs
 *   json      = "[" … | "{" …, up to the end
 */

/** What a line such as `service:cart error=true dur>200ms` asks for; '' for what it does not. */
export interface SearchLine {
  readonly service: string;
  readonly operation: string;
  /** Equal texts, which every storage can search. No key comes twice. */
  readonly tags: readonly TextAttribute[];
  /** Everything else, each in the form of a search's filters. */
  readonly filters: readonly string[];
  readonly minDuration: string;
  readonly maxDuration: string;
  /** What is no condition: the name of a service, perhaps. */
  readonly words: readonly string[];
}

/** A line that cannot be read; the message says where and what, for people. */
export class SearchLineError extends Error {
  override readonly name = 'SearchLineError';
}

const SPACE = /\s*/y;
const AND = /&&/y;
const OR = /\|\|/y;
const NAMED = /(service|operation|op):/y;
const TEXT = /"(?:[^"\\]|\\.)*"/sy;
const WORD = /[^\s"=<>!~&|(),]+/y;
/** What stands after a `=`: addresses have signs in them. */
const LOOSE = /(?:(?!&&|\|\|)[^\s"])+/y;
const COMPARISON = /\s*(=~|!~|!=|<=|>=|=|<|>)\s*/y;
const WORD_TEST = /\s+(?:exists|absent)(?=\s|$|\)|&&)|\s+in\s*\((?:"(?:[^"\\]|\\.)*"|[^")])*\)/sy;
const JSON_START = /[[{]/y;

/** Fields of the span and of the trace: a `=` on one of these is no attribute. */
const FIELDS: ReadonlySet<string> = new Set([
  ...['name', 'kind', 'status', 'statusMessage', 'duration', 'event:name', 'scope:name'],
  ...['scope:version', 'trace:rootService', 'trace:rootName', 'trace:duration'],
]);

/** @throws SearchLineError */
export function parseSearchLine(text: string): SearchLine {
  const reader = new LineReader(text);
  return reader.read();
}

/** The same conditions as a line that `parseSearchLine` reads back. */
export function formatSearchLine(line: Partial<SearchLine>): string {
  const { service = '', operation = '', minDuration = '', maxDuration = '' } = line;
  return [
    ...(service === '' ? [] : [`service:${quoted(service)}`]),
    ...(operation === '' ? [] : [`operation:${quoted(operation)}`]),
    ...(line.tags ?? []).map(({ key, value }) => `${writtenKey(key)}=${writtenValue(value)}`),
    ...(line.filters ?? []).map(asTerm).sort(jsonLast),
    ...(minDuration === '' ? [] : [`dur>=${minDuration}`]),
    ...(maxDuration === '' ? [] : [`dur<=${maxDuration}`]),
  ].join(' ');
}

class LineReader {
  private readonly source: string;
  private position = 0;
  private readonly named = { service: '', operation: '' };
  private readonly durations = { min: '', max: '' };
  private readonly tags = new Map<string, string>();
  private readonly filters: string[] = [];
  private readonly words: string[] = [];

  constructor(source: string) {
    this.source = source;
  }

  read(): SearchLine {
    this.match(SPACE);
    while (this.position < this.source.length) {
      if (this.match(OR) !== undefined) {
        throw this.wrong(this.position - 2, 'put alternatives in brackets: (a=1 || b=2)');
      }
      if (this.match(AND) === undefined) this.term();
      this.match(SPACE);
    }
    const { named, durations, tags, filters, words } = this;
    return {
      ...named,
      tags: [...tags].map(([key, value]) => ({ key, value })),
      filters,
      words,
      minDuration: durations.min,
      maxDuration: durations.max,
    };
  }

  private term(): void {
    const at = this.position;
    if (this.peek(JSON_START)) {
      this.position = this.source.length;
      this.filters.push(this.source.slice(at));
    } else if (this.source[at] === '(') {
      this.filter(this.group(at), at);
    } else if (!this.namedTerm()) {
      this.condition(at);
    }
  }

  /** `service:cart`; the last one of a kind counts. */
  private namedTerm(): boolean {
    const name = this.match(NAMED);
    if (name === undefined) return false;
    const value = this.value(LOOSE);
    if (value === undefined) throw this.wrong(this.position, 'a name is expected');
    this.named[name === 'service:' ? 'service' : 'operation'] = value;
    return true;
  }

  private condition(at: number): void {
    const key = this.key(at);
    const subject = this.source.slice(at, this.position);
    // As elsewhere it would leave out traces; conditions are on one span, and cannot.
    if (subject.startsWith('-')) {
      throw this.wrong(at, `- leaves out nothing here; write ${withoutSign(subject)}`);
    }
    if (this.match(WORD_TEST) !== undefined) {
      this.filter(this.source.slice(at, this.position), at);
      return;
    }
    const operator = this.match(COMPARISON)?.trim();
    if (operator === undefined) {
      this.words.push(key);
      return;
    }
    const value = this.value(operator === '=' ? LOOSE : WORD);
    if (value === undefined && operator !== '=') {
      throw this.wrong(this.position, 'a value is missing');
    }
    this.place({ at, key, subject, operator, value: value ?? '' });
  }

  /** Without quotes; `any."k v"` keeps its form. */
  private key(at: number): string {
    const word = this.match(WORD);
    if (word !== undefined && !word.endsWith('.')) return word;
    const text = this.value(WORD);
    if (word === undefined && text === undefined) {
      throw this.wrong(at, `${this.source[at] ?? ''} has no meaning here`);
    }
    return word === undefined ? (text ?? '') : this.source.slice(at, this.position);
  }

  /** Where a comparison belongs: what every storage can do is no filter. */
  private place({ at, key, subject, operator, value }: Comparison): void {
    const isAttribute = subject.startsWith('"') || !(FIELDS.has(key) || isPlaced(key));
    if (subject === 'dur' || subject === 'duration') {
      const end = operator.startsWith('>') ? 'min' : operator.startsWith('<') ? 'max' : undefined;
      if (end !== undefined && this.durations[end] === '') {
        if (!isDurationText(value)) throw this.wrong(at, `${value} is no duration such as 200ms`);
        this.durations[end] = value;
        return;
      }
      this.filter(`duration${operator}${quoted(value)}`, at);
    } else if (operator === '=' && isAttribute && !this.tags.has(key)) {
      this.tags.set(key, value);
    } else {
      this.filter(`${subject}${operator}${quoted(value)}`, at);
    }
  }

  private filter(filter: string, at: number): void {
    try {
      parseFilterText(filter);
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      throw this.wrong(at, error.message.replace(/^column \d+: /, ''), error);
    }
    this.filters.push(filter);
  }

  /** Up to the bracket that closes the one here. */
  private group(at: number): string {
    const piece = /"(?:[^"\\]|\\.)*"|[()]|[^"()]+/sy;
    let depth = 0;
    for (piece.lastIndex = at; ;) {
      const [found] = piece.exec(this.source) ?? [];
      if (found === undefined) throw this.wrong(at, 'this bracket is not closed');
      if (found === '(') depth += 1;
      if (found === ')') depth -= 1;
      if (depth === 0) {
        this.position = piece.lastIndex;
        return this.source.slice(at, this.position);
      }
    }
  }

  private value(plain: RegExp): string | undefined {
    const at = this.position;
    if (this.source[at] !== '"') return this.match(plain);
    const text = this.match(TEXT);
    if (text === undefined) throw this.wrong(at, 'this quote is not closed');
    try {
      return String(JSON.parse(text));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      // As logfmt has it: a backslash before anything means just that.
      return text.slice(1, -1).replace(/\\(.)/gs, '$1');
    }
  }

  private peek(pattern: RegExp): boolean {
    pattern.lastIndex = this.position;
    return pattern.test(this.source);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.source)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  private wrong(at: number, why: string, cause?: Error): SearchLineError {
    return new SearchLineError(`column ${at + 1}: ${why}`, { cause });
  }
}

interface Comparison {
  readonly at: number;
  readonly key: string;
  /** The key as it is written. */
  readonly subject: string;
  readonly operator: string;
  readonly value: string;
}

/** What finds spans that another test would leave out. */
function withoutSign(subject: string): string {
  const key = subject.replace(/^-+/, '') || 'key';
  return `${key}!=value or ${key} absent`;
}

function isPlaced(key: string): boolean {
  const dot = key.indexOf('.');
  return FILTER_PLACES.some((place) => place === key.slice(0, dot));
}

/** In quotes where it would be read as something else, or not to its end. */
function quoted(value: string, plain: RegExp = WORD): string {
  const whole = new RegExp(`^(?:${plain.source})$`);
  return whole.test(value) ? value : JSON.stringify(value);
}

/** A filter of an address may have alternatives outside brackets. */
function asTerm(filter: string): string {
  const trimmed = filter.trim();
  if (!trimmed.includes('||') && !trimmed.startsWith('-')) return trimmed;
  try {
    parseSearchLine(trimmed);
    return trimmed;
  } catch (error) {
    if (!(error instanceof SearchLineError)) throw error;
    return `(${trimmed})`;
  }
}

/** JSON goes on to the end of the line. */
function jsonLast(a: string, b: string): number {
  return Number(/^[[{]/.test(a)) - Number(/^[[{]/.test(b));
}

/** Where the caret stands, for completion: `from` is where the text to replace begins. */
export type LineSpot =
  | { readonly type: 'key'; readonly from: number; readonly typed: string }
  | { readonly type: 'value'; readonly key: string; readonly from: number; readonly typed: string };

const KEY = String.raw`"(?:[^"\\]|\\.)*"|[^\s"=<>!~&|(),]+`;
const SPOT = new RegExp(
  String.raw`(?:^|[\s(])(?:(service|operation|op):|(${KEY})\s*(?:${COMPARISON_OPERATORS.join('|')})\s*)?([^\s"=<>!~&|(),]*)$`,
);

/** What is being written at the end of `before`, the text up to the caret. */
export function lineSpot(before: string): LineSpot | undefined {
  const quote = openQuote(before);
  if (quote !== undefined) {
    const spot = lineSpot(before.slice(0, quote));
    if (spot?.type !== 'value' || spot.typed !== '') return undefined;
    return { ...spot, from: quote, typed: before.slice(quote + 1) };
  }
  const match = SPOT.exec(before);
  if (match === null) return undefined;
  const [, named, key, typed = ''] = match;
  const from = before.length - typed.length;
  const subject = named === undefined ? key : `${named === 'op' ? 'operation' : named}:`;
  if (subject === undefined) return { type: 'key', from, typed };
  return { type: 'value', key: subject.replace(/^"(.*)"$/s, '$1'), from, typed };
}

/** Where the quote stands that is not closed yet. */
function openQuote(before: string): number | undefined {
  const closed = /^(?:[^"]|"(?:[^"\\]|\\.)*")*/s.exec(before)?.[0].length ?? 0;
  return closed === before.length ? undefined : closed;
}

/** A value as it is written after a sign. */
export function writtenValue(value: string): string {
  return quoted(value, LOOSE);
}

/** A key as it is written before a sign. */
export function writtenKey(key: string): string {
  const taken = FIELDS.has(key) || isPlaced(key) || key === 'dur' || /^[-[{]/.test(key);
  const named = new RegExp(`^(?:${NAMED.source})`).test(key);
  return taken || named ? JSON.stringify(key) : quoted(key);
}
