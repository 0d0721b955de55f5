import { describe, expect, it } from 'vitest';
import { firstPiece, textPieces } from '../../src/model/text-pieces.ts';

const lengths = (text: string): readonly number[] => textPieces(text).map(({ length }) => length);

describe('textPieces', () => {
  it('leaves a short text whole', () => {
    expect(textPieces('a\nb')).toEqual(['a\nb']);
    expect(firstPiece('a\nb')).toBe('a\nb');
    expect([firstPiece(''), textPieces('')]).toEqual(['', []]);
  });

  it('cuts a long line, but no character', () => {
    expect(lengths('x'.repeat(9_000))).toEqual([4_000, 4_000, 1_000]);
    expect(lengths(`${'x'.repeat(3_999)}😀x`)).toEqual([3_999, 3]);
  });

  it('cuts many lines at their ends, and loses nothing', () => {
    const lines = 'line\n'.repeat(150);
    expect(lengths(lines)).toEqual([300, 300, 150]);
    const mixed = `${'short\n'.repeat(3)}${'x'.repeat(5_000)}\nend`;
    expect(lengths(mixed)).toEqual([18, 4_000, 1_004]);
    expect(textPieces(mixed).join('')).toBe(mixed);
    expect(firstPiece(mixed)).toBe('short\n'.repeat(3));
  });
});
