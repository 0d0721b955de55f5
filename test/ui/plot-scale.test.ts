import { describe, expect, it } from 'vitest';
import { jsonObject } from '../../src/ui/api/json-shape.ts';
import { foundTraceOfSummary } from '../../src/ui/api/found-trace.ts';
import { layoutPlot } from '../../src/ui/pages/search/plot-scale.ts';
import { traceSummary } from './found-traces.ts';

const AREA = { left: 64, top: 14, width: 900, height: 130 };
const radii = (...spanCounts: readonly number[]): readonly number[] =>
  layoutPlot(
    spanCounts.map((spanCount, index) =>
      foundTraceOfSummary(jsonObject(traceSummary(`${index}`, 100 + index, { spanCount }))),
    ),
    AREA,
  ).points.map(({ radius }) => Math.round(radius));

describe('the marks of traces in the plot', () => {
  it('are small for a few small traces', () => {
    expect(radii(8)).toEqual([5]);
    expect(radii(8, 8, 9)).toEqual([5, 5, 5]);
  });

  it('tell large traces from small ones, however many spans these have', () => {
    expect(radii(400, 100, 1)).toEqual([11, 7, 4]);
    expect(radii(100_000, 1)).toEqual([11, 4]);
  });
});
