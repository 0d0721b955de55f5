import { describe, expect, it } from 'vitest';
import type { FoundTrace } from '../../src/ui/api/found-trace.ts';
import { durationBins } from '../../src/ui/pages/search/duration-bins.ts';

const trace = (durationUs: number, errorCount = 0): FoundTrace => ({
  traceId: String(durationUs),
  rootService: '',
  rootOperation: '',
  startUs: 0,
  durationUs,
  spanCount: 1,
  errorCount,
  orphanCount: 0,
  services: [],
});

describe('durationBins', () => {
  it('counts traces in bins of a quarter of a decade, the empty ones between them too', () => {
    const bins = durationBins([trace(1_000), trace(1_700, 2), trace(10_000)]);
    expect(bins.map(({ count, errorCount }) => [count, errorCount])).toEqual([
      [2, 1],
      [0, 0],
      [0, 0],
      [0, 0],
      [1, 0],
    ]);
    expect(bins.map(({ fromUs }) => Math.round(fromUs))).toEqual([
      1_000, 1_778, 3_162, 5_623, 10_000,
    ]);
  });

  it('begins at nothing for the shortest', () => {
    expect(durationBins([trace(0)])).toEqual([
      { fromUs: 0, toUs: 10 ** 0.25, count: 1, errorCount: 0 },
    ]);
  });
});
