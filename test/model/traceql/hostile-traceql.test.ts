import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTraceql } from '../../../src/model/traceql/parse-traceql.ts';
import { TraceqlError } from '../../../src/model/traceql/traceql-query.ts';

const WORDS = [
  ...['{', '}', '(', ')', '|', '||', '&&', '!', '=', '!=', '=~', '!~', '<', '<<', '>', '>>', '~'],
  ...[
    '&>',
    '+',
    '-',
    '*',
    ',',
    '.',
    '..',
    '.a',
    'span.',
    'span.a',
    'resource."',
    '"',
    '"x"',
    "'y'",
  ],
  ...['`', '\\', '1', '-1', '1.5', '1e9', '5ms', '1h2m', 'nil', 'true', 'status', 'error', 'name'],
  ...[
    'span:id',
    'trace:id',
    'select',
    'count',
    'by',
    'rate',
    'with',
    'most_recent',
    ' ',
    '\n',
    'é',
  ],
];

/** Why a text is refused; undefined when it is read. Anything but a refusal is thrown. */
function refusal(text: string): TraceqlError | undefined {
  try {
    parseTraceql(text);
    return undefined;
  } catch (error) {
    if (error instanceof TraceqlError) return error;
    throw error;
  }
}

describe('hostile TraceQL', () => {
  it('is read or refused at a column that it has', () => {
    const words = fc.array(fc.constantFrom(...WORDS), { maxLength: 30 });
    const texts = fc.oneof(
      words.map((list) => list.join('')),
      words.map((list) => `{${list.join(' ')}}`),
      fc.string({ unit: 'binary', maxLength: 50 }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const error = refusal(text);
        if (error === undefined) return;
        const [, column = '0'] = /^TraceQL, column (\d+): ./.exec(error.message) ?? [];
        expect(Number(column)).toBeGreaterThanOrEqual(1);
        expect(Number(column)).toBeLessThanOrEqual(text.length + 1);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['digits', '1'],
    ['units', '1h'],
    ['escapes', '"\\"'],
    ['open quotes', '."a'],
    ['words', 'a:'],
    ['blanks', ' \t'],
    ['dots', '.'],
  ])('of ten thousand %s costs no more than its length', (_, part) => {
    const text = `{${part.repeat(9998 / part.length)}`;
    const startMs = performance.now();
    expect(refusal(text)).toBeInstanceOf(TraceqlError);
    expect(performance.now() - startMs).toBeLessThan(500);
  });
});
