import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linePlaces } from '../../src/ui/pages/trace/line-places.ts';

describe('linePlaces', () => {
  it('puts lines below each other, with room for the tall ones', () => {
    const places = linePlaces(5, 10, [
      { line: 3, morePx: 7 },
      { line: 1, morePx: 30 },
    ]);
    expect([0, 1, 2, 3, 4].map(places.top)).toEqual([0, 10, 50, 60, 77]);
    expect(places.totalPx).toBe(87);
    expect([0, 9, 10, 49, 50, 76, 77, 86].map(places.lineAt)).toEqual([0, 0, 1, 1, 2, 3, 4, 4]);
  });

  it('finds the line at any place, and the nearest one beyond the ends', () => {
    const tallLines = fc.uniqueArray(
      fc.record({ line: fc.nat({ max: 9 }), morePx: fc.nat({ max: 40 }) }),
      { selector: ({ line }) => line },
    );
    fc.assert(
      fc.property(tallLines, fc.integer({ min: -20, max: 600 }), (tall, px) => {
        const places = linePlaces(10, 7, tall);
        const line = places.lineAt(px);
        if (line > 0) expect(places.top(line)).toBeLessThanOrEqual(Math.max(0, px));
        if (line < 9) expect(places.top(line + 1)).toBeGreaterThan(px);
      }),
    );
  });
});
