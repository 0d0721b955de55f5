import { judged } from './judged.ts';
import type { Bounds } from './judged.ts';
import type { HostFigures, SearchFigures, TraceFigures } from './ui-measures.ts';

const SEARCH: readonly (readonly [keyof SearchFigures, string, Bounds?])[] = [
  ['scriptKb', 'JavaScript before the search page is usable, kB gzip', { gate: 180, aim: 120 }],
  ['requests', 'requests before that', { gate: 12, aim: 8 }],
  ['usableMs', 'navigation to search page usable, ms', { gate: 350, aim: 200 }],
  ['usableCpuMs', "until then, of its main thread's processor time, ms"],
  ['findMs', 'Find Traces, 20 results: click to drawn, ms', { gate: 120, aim: 60 }],
  ['findTaskMs', 'its longest task, ms (0: below 50)', { gate: 80, aim: 50 }],
];

const TRACE: readonly (readonly [keyof TraceFigures, string])[] = [
  ['drawnMs', 'rows drawn, ms'],
  ['reactsMs', 'a row reacts, ms'],
  ['reactsCpuMs', "until then, main thread's processor, ms"],
  ['detailMs', 'click to details, ms'],
  ['loadTaskMs', 'longest task loading'],
  ['scrollTaskMs', 'and scrolling, ms'],
  ['heapMb', 'heap, MB'],
  ['rendererMb', 'renderer, MB'],
];

/** Until which number of spans a bound holds. */
const REACTS: readonly (readonly [number, Bounds])[] = [
  [20, { gate: 400, aim: 250 }],
  [1_000, { gate: 500, aim: 300 }],
  [10_000, { gate: 900, aim: 500 }],
  [50_000, { gate: 2_000, aim: 1_200 }],
  [100_000, { gate: 3_500, aim: 2_000 }],
];
const TRACE_BOUNDS: Partial<Record<keyof TraceFigures, Bounds>> = {
  detailMs: { gate: 80, aim: 30 },
  loadTaskMs: { gate: 250, aim: 100 },
  scrollTaskMs: { gate: 60, aim: 50 },
  heapMb: { gate: 200, aim: 100 },
  rendererMb: { gate: 500, aim: 300 },
};

const HOST: readonly (readonly [keyof HostFigures, string])[] = [
  ['drawnMs', 'host: navigation to a page of one button, ms'],
  ['drawnCpuMs', "until then, its main thread's processor time, ms"],
  ['workMs', 'host: 5,000 paragraphs made and laid out, ms'],
];

/** To scale by; how long it takes to get anywhere shows what else the machine does. */
export function printHost(figures: HostFigures): void {
  for (const [name, label] of HOST) {
    console.log(`  ${label.padEnd(52)} ${judged(figures[name], undefined)}`);
  }
}

export function printSearch(figures: SearchFigures): void {
  for (const [name, label, bounds] of SEARCH) {
    console.log(`  ${label.padEnd(52)} ${judged(figures[name], bounds)}`);
  }
}

/** One line a trace; each figure with its gate and its aim. */
export function printTraces(figures: ReadonlyMap<number, TraceFigures>): void {
  for (const [spans, of] of figures) {
    console.log(`  trace of ${spans} spans`);
    for (const [name, label] of TRACE) {
      console.log(`    ${label.padEnd(50)} ${judged(of[name], boundsOf(name, spans))}`);
    }
  }
}

function boundsOf(name: keyof TraceFigures, spans: number): Bounds | undefined {
  if (name !== 'reactsMs') return TRACE_BOUNDS[name];
  return REACTS.find(([until]) => spans <= until)?.[1];
}
