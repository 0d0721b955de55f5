import type { Clock } from '../../runtime/clock.ts';
import type { CalculatedProbabilities, SamplingStore, Throughput } from '../sampling-store.ts';

/** Probabilities follow from the last minutes; nobody asks for more than hours. */
const KEPT_MS = 24 * 3_600_000;
/** Of all kept together: ten collectors with a thousand operations, for some ten minutes. */
const ROWS_MAX = 100_000;

interface Inserted {
  readonly atMs: number;
  readonly throughput: readonly Throughput[];
}

/** Sampling data in memory; the oldest throughput goes when it is old or there is too much. */
export function createMemorySampling(clock: Clock): SamplingStore {
  let inserted: Inserted[] = [];
  let rows = 0;
  let latest: CalculatedProbabilities | undefined;
  const forgetOld = (): void => {
    const before = clock.now() - KEPT_MS;
    let gone = 0;
    for (const { atMs, throughput } of inserted) {
      if (atMs >= before && rows <= ROWS_MAX) break;
      rows -= throughput.length;
      gone += 1;
    }
    inserted = inserted.slice(gone);
  };
  return {
    insertThroughput: (throughput) => {
      inserted.push({ atMs: clock.now(), throughput: structuredClone(throughput) });
      rows += throughput.length;
      forgetOld();
      return Promise.resolve();
    },
    throughput: (startMs, endMs) =>
      Promise.resolve(
        inserted
          .filter(({ atMs }) => atMs >= startMs && atMs <= endMs)
          .flatMap(({ throughput }) => structuredClone(throughput)),
      ),
    insertProbabilities: (calculated) => {
      latest = structuredClone(calculated);
      return Promise.resolve();
    },
    latestProbabilities: () => Promise.resolve(structuredClone(latest)),
  };
}
