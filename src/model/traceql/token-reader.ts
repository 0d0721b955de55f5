import type { Token } from './lexer.ts';
import { COMPARISONS_MAX, QUERY_DEPTH_MAX, TraceqlError } from './traceql-query.ts';

/** Goes through the tokens of a query once, within its limits. */
export class TokenReader {
  private readonly tokens: readonly Token[];
  private index = 0;
  private depth = 0;
  private comparisons = 0;

  /** @param tokens that end with one of type `end` */
  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  peek(): Token {
    const token = this.tokens[this.index] ?? this.tokens.at(-1);
    if (token === undefined) throw new RangeError('a query has a last token');
    return token;
  }

  take(): Token {
    const token = this.peek();
    this.index += 1;
    return token;
  }

  takeSymbol(text: string): boolean {
    return this.takeIf('symbol', text);
  }

  takeWord(text: string): boolean {
    return this.takeIf('word', text);
  }

  /** @throws TraceqlError */
  expectSymbol(text: string): void {
    if (!this.takeSymbol(text)) throw this.unexpected(JSON.stringify(text));
  }

  /** @throws TraceqlError for parentheses in parentheses in too many more */
  nested<T>(parse: () => T): T {
    this.depth += 1;
    if (this.depth > QUERY_DEPTH_MAX) {
      throw new TraceqlError(
        this.peek().position,
        `more than ${QUERY_DEPTH_MAX} parentheses within each other`,
      );
    }
    const parsed = parse();
    this.depth -= 1;
    return parsed;
  }

  /** @throws TraceqlError for one too many */
  countComparison(position: number): void {
    this.comparisons += 1;
    if (this.comparisons > COMPARISONS_MAX) {
      throw new TraceqlError(position, `more than ${COMPARISONS_MAX} comparisons`);
    }
  }

  unexpected(wanted: string): TraceqlError {
    const { position, text, type } = this.peek();
    const found = type === 'end' ? 'the end' : JSON.stringify(text);
    return new TraceqlError(position, `${wanted} is expected, not ${found}`);
  }

  private takeIf(type: Token['type'], text: string): boolean {
    const token = this.peek();
    if (token.type !== type || token.text !== text) return false;
    this.index += 1;
    return true;
  }
}
