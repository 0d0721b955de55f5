import { serviceCalls } from '../../../model/service-calls.ts';
import type { ServiceCall, TraceColumns } from '../../../model/service-calls.ts';
import { readable } from './attribute-search.ts';
import type { BlockNames } from './block-names.ts';
import type { BlockPages } from './block-pages.ts';
import * as core from './core-pages.ts';
import { parentWords } from './span-writer.ts';
import type { TraceRun } from './trace-rows.ts';

/**
 * Names the calls between the spans that a block has of each trace. `runs` are those of whole traces,
 * one behind the other. Traces with a damaged page are left out.
 */
export function* blockCalls(
  pages: BlockPages,
  names: BlockNames,
  runs: Iterable<TraceRun>,
): Generator<ServiceCall> {
  let trace: TraceRun[] = [];
  for (const run of runs) {
    const [first] = trace;
    if (first !== undefined && first.firstRow !== run.firstRow) {
      yield* callsOf(pages, names, trace);
      trace = [];
    }
    trace.push(run);
  }
  yield* callsOf(pages, names, trace);
}

function callsOf(
  pages: BlockPages,
  names: BlockNames,
  runs: readonly TraceRun[],
): readonly ServiceCall[] {
  return readable(() => serviceCalls(traceColumns(pages, names, runs))) ?? [];
}

/** The spans of one trace, by start. @throws BlockError when a page is damaged */
export function traceColumns(
  pages: BlockPages,
  { services, serviceOfResource }: BlockNames,
  runs: readonly TraceRun[],
): TraceColumns {
  const count = runs.reduce((sum, { start, end }) => sum + end - start, 0);
  const spanIds = new Uint32Array(2 * count);
  const parentSpanIds = new Uint32Array(2 * count);
  const kinds = new Uint8Array(count);
  const own: string[] = [];
  const startsMs = new Float64Array(count);
  let at = 0;
  for (const run of runs) {
    const { page } = run;
    const ids = pages.spanIds(page);
    const starts = pages.starts(page);
    const kindNumbers = pages.numbers(core.KINDS, page);
    const resources = pages.numbers(core.RESOURCES, page);
    for (let row = run.start; row < run.end; row++, at++) {
      spanIds.set(ids.subarray(2 * row, 2 * row + 2), 2 * at);
      const parent = parentWords(pages, run, row);
      if (parent !== undefined) parentSpanIds.set(parent, 2 * at);
      kinds[at] = (kindNumbers[row] ?? 0) % 8;
      own.push(services[serviceOfResource[resources[row] ?? 0] ?? 0] ?? '');
      startsMs[at] = ((starts[2 * row + 1] ?? 0) * 2 ** 32 + (starts[2 * row] ?? 0)) / 1e6;
    }
  }
  return { count, spanIds, parentSpanIds, kinds, services: own, startsMs };
}
