import { describe, expect, it } from 'vitest';
import { PatternError, compilePattern } from '../../src/storage/text-pattern.ts';

describe('patterns of searches', () => {
  it.each([
    ['web-.*', 'web-1', true],
    ['web', 'web-1', false],
    ['eb-1', 'web-1', false],
    ['a.c', 'a\nc', true],
    ['(?i)web', 'WEB', true],
    ['Web', 'web', false],
    ['a|bc', 'bc', true],
    ['a|b', 'ab', false],
    ['', '', true],
    ['.', '😀', true],
    ['\\pL+', 'größe', true],
  ])('%j against %j is %j: the whole text counts', (pattern, text, isMatch) => {
    expect(compilePattern(pattern)(text)).toBe(isMatch);
  });

  it.each([
    ['(', 'missing closing ): `(`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['(?=a)b', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(a)\\1', 'invalid escape sequence: `\\1`'],
    ['((a{1,1000}){1,1000})', 'expression too large'],
    ['(?:.{0,1000})', 'a pattern of 2002 steps; 2000 are the most'],
    ['x'.repeat(1001), 'a pattern of 1001 characters; 1000 are the most'],
  ])('refuses %.30j', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(new PatternError(message));
  });

  it('takes time in proportion to the text where backtracking would never end', () => {
    const isMatch = compilePattern('((a*)*)*b');
    expect(isMatch('a'.repeat(100_000))).toBe(false);
  });
});
