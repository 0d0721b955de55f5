import { forEachCall } from '../../../model/service-calls.ts';
import type { ServiceCall } from '../../../model/service-calls.ts';
import { readable } from './attribute-search.ts';
import type { BlockNames } from './block-names.ts';
import type { BlockPages } from './block-pages.ts';
import { CallRows } from './call-rows.ts';
import * as core from './core-pages.ts';
import { copyParentIds } from './span-writer.ts';
import { runsOfPage, runsOfTrace } from './trace-rows.ts';
import type { TraceRun } from './trace-rows.ts';

/**
 * The calls whose called span is in a page, and whose calling span is in the block. Traces with a
 * damaged page are left out.
 */
export function callsInPage(
  pages: BlockPages,
  names: BlockNames,
  page: number,
): readonly ServiceCall[] {
  const calls: ServiceCall[] = [];
  const traces = readable(() => pages.traces(page));
  if (traces === undefined) return calls;
  const trace = new CallRows();
  for (const run of runsOfPage(pages, page, traces)) {
    trace.clear();
    readable(() => {
      addCalls({ pages, names, run }, trace, calls);
    });
  }
  return calls;
}

interface RunOfBlock {
  readonly pages: BlockPages;
  readonly names: BlockNames;
  readonly run: TraceRun;
}

/** By way of the rows of its trace. @throws BlockError when a page of the trace is damaged */
function addCalls({ pages, names, run }: RunOfBlock, trace: CallRows, calls: ServiceCall[]): void {
  const own = run.page * pages.footer.rowsPerPage + run.start - run.firstRow;
  const isWhole = own === 0 && run.end < pages.rowCount(run.page);
  addCallRows(pages, names, isWhole ? [run] : runsOfTrace(pages, run), trace);
  const { services, startsMs } = trace;
  forEachCall(trace, (parent, child) => {
    if (child < own || child >= own + run.end - run.start) return;
    calls.push({
      parent: services[parent] ?? '',
      child: services[child] ?? '',
      startMs: startsMs[child] ?? 0,
    });
  });
}

/** Adds the spans of one trace, by start. @throws BlockError when a page is damaged */
export function addCallRows(
  pages: BlockPages,
  { services, serviceOfResource }: BlockNames,
  runs: readonly TraceRun[],
  to: CallRows,
): void {
  for (const run of runs) {
    const { page, start, end } = run;
    const ids = pages.spanIds(page);
    const starts = pages.starts(page);
    const kindNumbers = pages.numbers(core.KINDS, page);
    const resources = pages.numbers(core.RESOURCES, page);
    to.reserve(end - start);
    copyParentIds(pages, run, to.parentSpanIds, to.count);
    for (let row = start; row < end; row++) {
      const at = to.count;
      to.spanIds[2 * at] = ids[2 * row] ?? 0;
      to.spanIds[2 * at + 1] = ids[2 * row + 1] ?? 0;
      to.kinds[at] = (kindNumbers[row] ?? 0) % 8;
      to.startsMs[at] = ((starts[2 * row + 1] ?? 0) * 2 ** 32 + (starts[2 * row] ?? 0)) / 1e6;
      to.services.push(services[serviceOfResource[resources[row] ?? 0] ?? 0] ?? '');
      to.count += 1;
    }
  }
}
