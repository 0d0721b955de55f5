import type { FoundTrace } from '../../api/found-trace.ts';

/** What the newest traces tell of one service. */
export interface ServiceActivity {
  readonly name: string;
  /** Traces with spans of the service; 0 for one that took part in none. */
  readonly traceCount: number;
  readonly tracesPerSecond: number;
  /** From 0 to 1: of these traces, those in which the service has failed spans. */
  readonly errorShare: number;
  /** Of these traces as a whole, in microseconds; undefined without any. */
  readonly p50Us: number | undefined;
  readonly p95Us: number | undefined;
  /** The same over time, oldest first; undefined where there was no trace. */
  readonly p50Trend: readonly (number | undefined)[];
  readonly p95Trend: readonly (number | undefined)[];
  /** When the newest of these traces began, in microseconds since 1970. */
  readonly lastSeenUs: number | undefined;
}

/** The time from which the traces are. */
export interface SampledTime {
  readonly fromUs: number;
  readonly toUs: number;
}

const BINS = 20;

/** One row a service, in the order of the names. */
export function serviceActivity(
  names: readonly string[],
  traces: readonly FoundTrace[],
  time: SampledTime,
): readonly ServiceActivity[] {
  const tallies = new Map(names.map((name) => [name, emptyTally()]));
  for (const trace of traces) {
    for (const { name, errorCount } of trace.services) {
      const tally = tallies.get(name);
      if (tally === undefined) continue;
      tally.traces.push(trace);
      if (errorCount > 0) tally.errors += 1;
    }
  }
  return [...tallies].map(([name, tally]) => summedUp(name, tally, time));
}

interface Tally {
  readonly traces: FoundTrace[];
  errors: number;
}

function emptyTally(): Tally {
  return { traces: [], errors: 0 };
}

function summedUp(name: string, { traces, errors }: Tally, time: SampledTime): ServiceActivity {
  const seconds = Math.max(1, (time.toUs - time.fromUs) / 1_000_000);
  const durations = traces.map(({ durationUs }) => durationUs).sort(ascending);
  const bins = binned(traces, time);
  return {
    name,
    traceCount: traces.length,
    tracesPerSecond: traces.length / seconds,
    errorShare: traces.length === 0 ? 0 : errors / traces.length,
    p50Us: quantile(durations, 0.5),
    p95Us: quantile(durations, 0.95),
    p50Trend: bins.map((bin) => quantile(bin, 0.5)),
    p95Trend: bins.map((bin) => quantile(bin, 0.95)),
    lastSeenUs: traces.length === 0 ? undefined : Math.max(...traces.map((one) => one.startUs)),
  };
}

/** Durations in equal parts of the time, each sorted. */
function binned(
  traces: readonly FoundTrace[],
  { fromUs, toUs }: SampledTime,
): readonly (readonly number[])[] {
  const bins = Array.from({ length: BINS }, (): number[] => []);
  for (const { startUs, durationUs } of traces) {
    const at = Math.floor(((startUs - fromUs) / Math.max(1, toUs - fromUs)) * BINS);
    bins[Math.min(BINS - 1, Math.max(0, at))]?.push(durationUs);
  }
  return bins.map((bin) => bin.sort(ascending));
}

/** Nearest rank of sorted numbers. */
function quantile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

function ascending(a: number, b: number): number {
  return a - b;
}
