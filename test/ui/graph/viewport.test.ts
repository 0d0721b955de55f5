import { describe, expect, it } from 'vitest';
import { arrowHead, shortened, smoothPath } from '../../../src/ui/components/graph/edge-path.ts';
import {
  centred,
  fitted,
  panned,
  revealing,
  zoomed,
} from '../../../src/ui/components/graph/viewport.ts';

const SCREEN = { width: 1_000, height: 600 };

describe('the window over a graph', () => {
  it('shows the whole graph in its middle, a small one in its own size', () => {
    expect(fitted({ width: 2_000, height: 600 }, SCREEN)).toEqual({ scale: 0.5, x: 0, y: 150 });
    expect(fitted({ width: 200, height: 100 }, SCREEN)).toEqual({ scale: 1, x: 400, y: 250 });
    expect(fitted({ width: 0, height: 0 }, SCREEN)).toEqual({ scale: 1, x: 500, y: 300 });
  });

  it('zooms around a point, within limits', () => {
    const view = { scale: 1, x: 10, y: 20 };
    expect(zoomed(view, 2, { x: 110, y: 120 })).toEqual({ scale: 2, x: -90, y: -80 });
    expect(zoomed(view, 100, { x: 10, y: 20 })).toEqual({ scale: 2.5, x: 10, y: 20 });
    expect(zoomed(view, 0.001, { x: 10, y: 20 })).toEqual({ scale: 0.04, x: 10, y: 20 });
  });

  it('moves and centres', () => {
    const view = { scale: 2, x: 10, y: 20 };
    expect(panned(view, 5, -5)).toEqual({ scale: 2, x: 15, y: 15 });
    expect(centred(view, { x: 100, y: 50 }, SCREEN)).toEqual({ scale: 2, x: 300, y: 200 });
  });

  it('moves just so far that a box is seen', () => {
    const view = { scale: 1, x: 0, y: 0 };
    const box = { width: 100, height: 40 };
    expect(revealing(view, { x: 500, y: 300, ...box }, SCREEN)).toBe(view);
    expect(revealing(view, { x: 0, y: 300, ...box }, SCREEN)).toEqual({ scale: 1, x: 74, y: 0 });
    expect(revealing(view, { x: 500, y: 700, ...box }, SCREEN)).toEqual({
      scale: 1,
      x: 0,
      y: -144,
    });
  });
});

describe('the line of an edge', () => {
  it('is straight between two points and smooth between more', () => {
    expect(smoothPath([])).toBe('');
    expect(
      smoothPath([
        { x: 0, y: 0 },
        { x: 10, y: 0 },
      ]),
    ).toBe('M0 0L0 0L10 0');
    expect(
      smoothPath([
        { x: 0, y: 0 },
        { x: 6, y: 6 },
        { x: 12, y: 0 },
      ]),
    ).toBe('M0 0L1 1C2 2 4 4 6 4C8 4 10 2 11 1L12 0');
  });

  it('ends before its arrow head, whose tip is the last point', () => {
    const line = [
      { x: 0, y: 0 },
      { x: 10, y: 0 },
    ];
    expect(shortened(line, 4)).toEqual([
      { x: 0, y: 0 },
      { x: 6, y: 0 },
    ]);
    expect(arrowHead(line, 10)).toBe('M10 0L0 4.5L0 -4.5Z');
    expect(arrowHead([], 10)).toBe('');
  });
});
