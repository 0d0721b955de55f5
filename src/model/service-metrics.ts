/** Values of one thing over time. */
export interface MetricSeries {
  readonly labels: ReadonlyMap<string, string>;
  /** In order of time. */
  readonly points: readonly MetricPoint[];
}

export interface MetricPoint {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** Undefined where there was nothing to measure. */
  readonly value: number | undefined;
}

/** Several series at the same times. */
export interface AlignedSeries {
  readonly timesMs: readonly number[];
  /** Of each series a value for every time. */
  readonly values: readonly (readonly (number | undefined)[])[];
}

/** How one operation has been doing, on average over the time. */
export interface OperationMetrics {
  readonly name: string;
  readonly latencyMs: MetricTrend;
  /** Requests per second. */
  readonly requestRate: MetricTrend;
  /** 0 to 1. */
  readonly errorShare: MetricTrend;
  /**
   * Latency times rate, as a share of the largest of all operations: where time goes. NaN when one
   * of the two is not known.
   */
  readonly impact: number;
}

export interface MetricTrend {
  /** NaN without a value. */
  readonly mean: number;
  readonly values: readonly (number | undefined)[];
}

/** Points further apart than this many steps have a hole between them. */
const HOLE_STEPS = 1.5;

/** Puts series on common times. A hole in the times becomes a time without values: no line bridges it. */
export function alignSeries(
  series: readonly (readonly MetricPoint[])[],
  stepMs: number,
): AlignedSeries {
  const known = series.map((points) => new Map(points.map((at) => [at.timeMs, at.value])));
  const measured = [...new Set(known.flatMap((points) => [...points.keys()]))];
  measured.sort((a, b) => a - b);
  const timesMs = measured.flatMap((timeMs, index) => {
    const before = measured[index - 1] ?? timeMs;
    return timeMs - before > HOLE_STEPS * stepMs ? [before + stepMs, timeMs] : [timeMs];
  });
  return {
    timesMs,
    values: known.map((points) => timesMs.map((timeMs) => points.get(timeMs))),
  };
}

interface OperationFamilies {
  readonly latencies: readonly MetricSeries[];
  readonly calls: readonly MetricSeries[];
  readonly errors: readonly MetricSeries[];
}

/** One entry for each operation that any of the families has, most impact first. */
export function operationMetrics(
  families: OperationFamilies,
  stepMs: number,
): readonly OperationMetrics[] {
  const latencies = byOperation(families.latencies);
  const calls = byOperation(families.calls);
  const errors = byOperation(families.errors);
  const names = new Set([...latencies.keys(), ...calls.keys(), ...errors.keys()]);
  const measured = [...names].map((name) => {
    const called = calls.get(name);
    // A store of metrics has no series of errors for what has never failed.
    const neverFailed = called?.map(({ timeMs, value }) => ({
      timeMs,
      value: value === undefined ? undefined : 0,
    }));
    return {
      name,
      latencyMs: trendOf(latencies.get(name), stepMs),
      requestRate: trendOf(called, stepMs),
      errorShare: trendOf(errors.get(name) ?? neverFailed, stepMs),
    };
  });
  const busy = measured.map(({ latencyMs, requestRate }) => latencyMs.mean * requestRate.mean);
  const most = Math.max(0, ...busy.filter((value) => !Number.isNaN(value)));
  return measured
    .map((one, index) => ({ ...one, impact: most === 0 ? NaN : (busy[index] ?? NaN) / most }))
    .sort((a, b) => orZero(b.impact) - orZero(a.impact) || (a.name < b.name ? -1 : 1));
}

/** The mean of what is known; NaN of nothing. */
export function meanValue(values: readonly (number | undefined)[]): number {
  const known = values.filter((value) => value !== undefined);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

function byOperation(series: readonly MetricSeries[]): ReadonlyMap<string, readonly MetricPoint[]> {
  return new Map(series.map(({ labels, points }) => [labels.get('operation') ?? '', points]));
}

function trendOf(points: readonly MetricPoint[] = [], stepMs: number): MetricTrend {
  const [values = []] = alignSeries([points], stepMs).values;
  return { mean: meanValue(values), values };
}

function orZero(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}
