import { RE2JS, RE2JSException } from 're2js';
import type { TraceQuery } from '../model/trace-query.ts';
import { traceRule } from '../model/trace-rule.ts';
import { spanRules } from '../model/value-rule.ts';

/**
 * What one pattern may cost. Matching takes time in proportion to the text, whatever the pattern;
 * its factor is the size of the program.
 */
export const PATTERN_CHARACTERS_MAX = 1000;
export const PATTERN_PROGRAM_MAX = 2000;

/** A pattern that is wrong or asks for too much; the message says what, for people to read. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/**
 * A test whether a text matches as a whole: RE2's syntax, `.` is any character.
 * @throws PatternError
 */
export function compilePattern(pattern: string): (text: string) => boolean {
  if (pattern.length > PATTERN_CHARACTERS_MAX) {
    throw new PatternError(
      `a pattern of ${pattern.length} characters; ${PATTERN_CHARACTERS_MAX} are the most`,
    );
  }
  const compiled = compile(pattern);
  const size = compiled.programSize();
  if (size > PATTERN_PROGRAM_MAX) {
    throw new PatternError(`a pattern of ${size} steps; ${PATTERN_PROGRAM_MAX} are the most`);
  }
  return (text) => compiled.testExact(text);
}

/** @throws PatternError for the first pattern of a query that is not right */
export function checkPatterns({ filters = [], traceFilters = [] }: SearchParts): void {
  spanRules(filters, compilePattern);
  traceRule(traceFilters, compilePattern);
}

type SearchParts = Pick<TraceQuery, 'filters' | 'traceFilters'>;

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern, RE2JS.DOTALL);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new PatternError(reasonOf(error), { cause: error });
  }
}

/** Without the engine's preface, and without the flag that it wrote in front of the pattern. */
function reasonOf({ message }: Error): string {
  return message.replace(/^error parsing regexp: /, '').replace('`(?s)', '`');
}
