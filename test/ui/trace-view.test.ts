import { describe, expect, it } from 'vitest';
import { buildTraceTree } from '../../src/model/trace-tree.ts';
import { rowsInSight } from '../../src/ui/pages/trace/rows-in-sight.ts';
import { openTraceView, traceViewReducer } from '../../src/ui/pages/trace/trace-view.ts';
import { aTimelineSpan } from '../model/timeline-spans.ts';

const ROWS = buildTraceTree(
  Array.from({ length: 30 }, (_, index) => aTimelineSpan(`${index + 10}`, { startUs: index })),
);

describe('a step through the timeline', () => {
  const sight = { first: 12, last: 18 };
  it.each([
    { from: 'no row', active: -1, by: 1, to: 12 },
    { from: 'no row', active: -1, by: -1, to: 11 },
    { from: 'a row above the sight', active: 3, by: 1, to: 12 },
    { from: 'a row below the sight', active: 25, by: 1, to: 12 },
    { from: 'a row below the sight', active: 25, by: -1, to: 11 },
    { from: 'a row in sight', active: 15, by: 1, to: 16 },
    { from: 'the last row in sight', active: 18, by: 1, to: 19 },
    { from: 'the first row in sight', active: 12, by: -1, to: 11 },
  ] as const)('leads from $from by $by to row $to', ({ active, by, to }) => {
    const view = { ...openTraceView(ROWS, []), active };
    expect(traceViewReducer(view, { type: 'step', by, sight }).active).toBe(to);
  });
});

describe('rowsInSight', () => {
  const placed = (element: HTMLElement, top: number, height: number): HTMLElement => {
    element.getBoundingClientRect = () => new DOMRect(0, top, 100, height);
    return element;
  };

  it('leaves out what the head covers, and what is cut off below', () => {
    const scroller = placed(document.createElement('div'), 100, 150);
    const head = placed(document.createElement('div'), 100, 34);
    head.className = 'timeline-head';
    scroller.append(head);
    for (const index of [3, 4, 5, 6, 7]) {
      const line = document.createElement('div');
      line.className = 'timeline-line';
      line.dataset['index'] = String(index);
      line.append(placed(document.createElement('div'), 120 + (index - 3) * 28, 28));
      scroller.append(line);
    }
    expect(rowsInSight(scroller)).toEqual({ first: 4, last: 6 });
    expect(rowsInSight(placed(scroller, 0, 0))).toBeUndefined();
  });
});
