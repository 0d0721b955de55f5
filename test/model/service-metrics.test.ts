import { describe, expect, it } from 'vitest';
import {
  alignSeries,
  type MetricPoint,
  type MetricSeries,
  operationMetrics,
} from '../../src/model/service-metrics.ts';

const STEP = 60;

function points(...values: readonly (number | undefined)[]): readonly MetricPoint[] {
  return values.map((value, index) => ({ timeMs: index * STEP, value }));
}

function series(operation: string, ...values: readonly (number | undefined)[]): MetricSeries {
  return { labels: new Map([['operation', operation]]), points: points(...values) };
}

describe('alignSeries', () => {
  it('gives every series a value, or none, at every time that any of them has', () => {
    const early = [
      { timeMs: 0, value: 1 },
      { timeMs: 60, value: 2 },
    ];
    const late = [
      { timeMs: 60, value: 7 },
      { timeMs: 120, value: undefined },
    ];
    expect(alignSeries([early, late], STEP)).toEqual({
      timesMs: [0, 60, 120],
      values: [
        [1, 2, undefined],
        [undefined, 7, undefined],
      ],
    });
  });

  it('leaves a hole where steps are missing', () => {
    const holed = [
      { timeMs: 0, value: 1 },
      { timeMs: 300, value: 2 },
    ];
    expect(alignSeries([holed], STEP)).toEqual({
      timesMs: [0, 60, 300],
      values: [[1, undefined, 2]],
    });
  });

  it('has nothing for no series', () => {
    expect(alignSeries([], STEP)).toEqual({ timesMs: [], values: [] });
    expect(alignSeries([[]], STEP)).toEqual({ timesMs: [], values: [[]] });
  });
});

describe('operationMetrics', () => {
  it('averages what is known and weighs latency with rate', () => {
    const [first, second] = operationMetrics(
      {
        latencies: [series('slow', 300, undefined, 100), series('fast', 10, 10, 10)],
        calls: [series('slow', 1, 1, 1), series('fast', 2, 4, 6)],
        errors: [series('slow', 0.1, undefined, 0.3)],
      },
      STEP,
    );
    expect(first?.name).toBe('slow');
    expect(first?.latencyMs).toEqual({ mean: 200, values: [300, undefined, 100] });
    expect(first?.errorShare.mean).toBeCloseTo(0.2, 12);
    expect(first?.impact).toBe(1);
    // 10 ms at 4 a second, beside 200 ms at 1 a second.
    expect(second?.impact).toBe(0.2);
    expect(second?.requestRate).toEqual({ mean: 4, values: [2, 4, 6] });
  });

  it('takes an operation without a series of errors as one that has not failed', () => {
    const [only] = operationMetrics(
      { latencies: [], calls: [series('get', 1, undefined)], errors: [] },
      STEP,
    );
    expect(only?.errorShare).toEqual({ mean: 0, values: [0, undefined] });
    expect(only?.impact).toBe(NaN);
  });

  it('puts operations without an impact last, by name', () => {
    const rows = operationMetrics(
      {
        latencies: [series('b', 5), series('c', 5), series('a', undefined)],
        calls: [series('b', 1), series('c', 0), series('a', 1)],
        errors: [],
      },
      STEP,
    );
    expect(rows.map(({ name }) => name)).toEqual(['b', 'a', 'c']);
  });
});
