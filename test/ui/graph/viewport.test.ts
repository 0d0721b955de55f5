import { describe, expect, it } from 'vitest';
import { edgeShape } from '../../../src/ui/components/graph/edge-path.ts';
import type { EdgeLayout, Point } from '../../../src/ui/components/graph/graph-layout.ts';
import {
  centred,
  fitted,
  isWhole,
  panned,
  revealing,
  startingAt,
  zoomed,
} from '../../../src/ui/components/graph/viewport.ts';

const SCREEN = { width: 1_000, height: 600 };

describe('the window over a graph', () => {
  it('shows the whole graph in its middle, a small one in its own size', () => {
    expect(fitted({ width: 2_000, height: 600 }, SCREEN)).toEqual({ scale: 0.5, x: 0, y: 150 });
    expect(fitted({ width: 200, height: 100 }, SCREEN)).toEqual({ scale: 1, x: 400, y: 250 });
    expect(fitted({ width: 0, height: 0 }, SCREEN)).toEqual({ scale: 1, x: 500, y: 300 });
  });

  it('begins with the whole of a graph that can be read so', () => {
    const graph = { width: 1_200, height: 500 };
    expect(startingAt(graph, SCREEN, { x: 0, y: 0 })).toEqual(fitted(graph, SCREEN));
  });

  it('begins with what can be read of a larger graph, around a point and full', () => {
    const graph = { width: 8_000, height: 4_000 };
    const at = (x: number, y: number) => startingAt(graph, SCREEN, { x, y });
    expect(at(4_000, 2_000)).toEqual({ scale: 0.75, x: -2_500, y: -1_200 });
    expect(at(10, 10)).toEqual({ scale: 0.75, x: 0, y: 0 });
    expect(at(7_990, 3_990)).toEqual({ scale: 0.75, x: -5_000, y: -2_400 });
    const flat = startingAt({ width: 8_000, height: 400 }, SCREEN, { x: 10, y: 10 });
    expect(flat).toEqual({ scale: 0.75, x: 0, y: 150 });
  });

  it('keeps the whole graph out from under what stands in the corner, where it would be there', () => {
    const corner = { width: 100, height: 120 };
    expect(fitted({ width: 200, height: 100 }, SCREEN, corner)).toEqual({
      ...{ scale: 1, x: 400, y: 250 },
    });
    // Wide and flat: above the corner there is room enough.
    expect(fitted({ width: 1_000, height: 300 }, SCREEN, corner)).toEqual({
      ...{ scale: 1, x: 0, y: 150 },
    });
    // Both ways would be smaller; beside it, less so.
    expect(fitted({ width: 1_000, height: 600 }, SCREEN, corner)).toEqual({
      ...{ scale: 0.9, x: 0, y: 30 },
    });
  });

  it('knows whether anything is out of sight', () => {
    const graph = { width: 500, height: 300 };
    expect(isWhole({ scale: 2, x: 0, y: 0 }, graph, SCREEN)).toBe(true);
    expect(isWhole({ scale: 2, x: 1, y: 0 }, graph, SCREEN)).toBe(false);
    expect(isWhole({ scale: 1, x: 10, y: -1 }, graph, SCREEN)).toBe(false);
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

const line = (flow: EdgeLayout['flow'], ...points: readonly Point[]): EdgeLayout => ({
  points,
  flow,
  label: { x: 0, y: 0 },
});

describe('the line of an edge', () => {
  const [start, end] = [
    { x: 0, y: 0 },
    { x: 20, y: 0 },
  ];

  it('is straight between two points, and ends in an arrow head whose tip is the last', () => {
    expect(edgeShape(line('free', start, end), 10)).toEqual({
      line: 'M0 0L11 0',
      head: 'M20 0L10 4.5L10 -4.5Z',
    });
  });

  it('is smooth between more', () => {
    expect(edgeShape(line('free', start, { x: 6, y: 6 }, { x: 12, y: 6 }), 1).line).toBe(
      'M0 0L1 1C2 2 4 4 6 5C8 6 10 6 11 6L12 6',
    );
  });

  it('goes across only between the layers, and comes along the flow', () => {
    expect(edgeShape(line('right', start, { x: 20, y: 30 }), 1)).toEqual({
      line: 'M0 0C10 0 10 30 20 30',
      head: 'M20 30L19 30.5L19 29.6Z',
    });
    expect(edgeShape(line('down', start, { x: 20, y: 30 }), 1).line).toBe('M0 0C0 15 20 15 20 30');
  });

  it('can go back', () => {
    expect(edgeShape(line('right', end, start), 10).head).toBe('M0 0L10 -4.5L10 4.5Z');
  });

  it('is nothing without points', () => {
    expect(edgeShape(line('free'), 10)).toEqual({ line: '', head: '' });
  });
});
