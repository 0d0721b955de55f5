import type { QueryFigures, QueryKind } from './engine-queries.ts';
import { judged } from './judged.ts';
import type { Bounds } from './judged.ts';

/** What protobufjs decodes of data set D, spans a CPU second, where the bounds in milliseconds are from. */
const BOUNDS_HOST_RATE = 333_000;
const FEW_SPANS = 1_000_000;
const NAME_WIDTH = 34;

/** With up to a million spans stored, and with ten. */
const QUERY_BOUNDS: Readonly<Record<NonNullable<QueryKind>, readonly [few: Bounds, many: Bounds]>> =
  {
    getTrace: [
      { gate: 1.5, aim: 0.5 },
      { gate: 2, aim: 0.7 },
    ],
    unknownId: always({ gate: 1, aim: 0.4 }),
    find: [
      { gate: 12, aim: 4 },
      { gate: 25, aim: 6 },
    ],
    noHit: always({ gate: 50, aim: 5 }),
    summaries: always({ gate: 15, aim: 3 }),
    manySummaries: always({ gate: 300, aim: 80 }),
    list: always({ gate: 1, aim: 0.3 }),
  };

export const WRITE_RATIO: Bounds = { gate: 1.2, aim: 1.9, isMoreBetter: true };
export const BYTES_A_SPAN: Bounds = { gate: 41, aim: 34 };
export const MEMORY_MB: Bounds = { gate: 300, aim: 200 };
export const READY_MS: Bounds = { gate: 500, aim: 150 };

/** What times measured here are to be judged by. */
export interface Host {
  /** Spans that are stored. */
  readonly spans: number;
  /** What protobufjs decodes here, spans a CPU second. */
  readonly decodeRate: number;
}

/** A time here and what it would be on the host of the bounds, which judge the latter. */
export function judgedTime(ms: number, bounds: Bounds | undefined, { decodeRate }: Host): string {
  const scaled = (ms * decodeRate) / BOUNDS_HOST_RATE;
  return `${ms.toFixed(2).padStart(8)} ms here, scaled ${judged(scaled, bounds, 2)}`;
}

export function printHost({ decodeRate }: Host): void {
  const factor = decodeRate / BOUNDS_HOST_RATE;
  console.log(
    `  host: protobufjs decodes ${(decodeRate / 1000).toFixed(0)}k spans/CPU-s, ` +
      `${BOUNDS_HOST_RATE / 1000}k where the bounds are from: scaled = here × ${factor.toFixed(2)}`,
  );
}

/** One line a question; with a host, its time is judged. */
export function printQueries(figures: readonly QueryFigures[], host?: Host): void {
  if (host !== undefined) printHost(host);
  for (const { cpuMs, kind, name, p50Ms, worstMs } of figures) {
    const processor = `${cpuMs.toFixed(2).padStart(8)} ms of its main thread`;
    const times = `worst ${worstMs.toFixed(1).padStart(7)} ms, ${processor}, p50`;
    const bounds =
      host === undefined || kind === undefined ? undefined : QUERY_BOUNDS[kind][sizeOf(host)];
    const p50 = host === undefined ? `${p50Ms.toFixed(2)} ms` : judgedTime(p50Ms, bounds, host);
    console.log(`  ${name.padEnd(NAME_WIDTH)} ${times} ${p50}`);
  }
}

function sizeOf({ spans }: Host): 0 | 1 {
  return spans > FEW_SPANS ? 1 : 0;
}

function always(bounds: Bounds): readonly [Bounds, Bounds] {
  return [bounds, bounds];
}
