import type { FoundTrace } from '../../api/found-trace.ts';

/** How many traces took from `fromUs` up to, not including, `toUs`. */
export interface DurationBin {
  readonly fromUs: number;
  readonly toUs: number;
  readonly count: number;
  readonly errorCount: number;
}

/** Bins between powers of ten: 1, 1.8, 3.2, 5.6, 10. */
const PER_DECADE = 4;

/** Bins of equal width on a logarithmic scale, from the shortest to the longest; empty ones between. */
export function durationBins(traces: readonly FoundTrace[]): readonly DurationBin[] {
  const slotOf = ({ durationUs }: FoundTrace): number =>
    Math.floor(Math.log10(Math.max(1, durationUs)) * PER_DECADE + 1e-9);
  const slots = traces.map(slotOf);
  const first = Math.min(...slots);
  const counts = new Map<number, { count: number; errorCount: number }>();
  for (const trace of traces) {
    const bin = counts.get(slotOf(trace)) ?? { count: 0, errorCount: 0 };
    bin.count += 1;
    if (trace.errorCount > 0) bin.errorCount += 1;
    counts.set(slotOf(trace), bin);
  }
  return Array.from({ length: Math.max(...slots) - first + 1 }, (_, index) => {
    const slot = first + index;
    const edge = (at: number): number => (at === 0 ? 0 : 10 ** (at / PER_DECADE));
    const counted = counts.get(slot) ?? { count: 0, errorCount: 0 };
    return { fromUs: edge(slot), toUs: edge(slot + 1), ...counted };
  });
}
