import { STATUS_CODES } from '../../../model/span.ts';
import type { ServiceSummary, TraceSummary } from '../../../model/trace-query.ts';
import { SPANS, STRING } from './block-format.ts';
import type { BlockNames } from './block-names.ts';
import type { BlockPages } from './block-pages.ts';
import { columnValues } from './column-values.ts';
import * as core from './core-pages.ts';
import type { NumberArray } from './number-section.ts';
import { nanoAt } from './page-ranges.ts';
import { NAME_FIELD } from './span-shredder.ts';
import type { TraceRun } from './trace-rows.ts';
import { traceIdText } from './trace-rows.ts';

const ERROR = STATUS_CODES.indexOf('error');
const KINDS = 8;
const WORD = 2 ** 32;

/**
 * Sums up what a block has of a trace, as `summarizeTrace` does, from numbers alone: however large the
 * trace is, no more of it is in memory than its pages in turn.
 * @throws BlockError when a page is damaged
 */
export function summarizeRuns(
  pages: BlockPages,
  names: BlockNames,
  runs: readonly TraceRun[],
): TraceSummary | undefined {
  const [first] = runs;
  if (first === undefined) return undefined;
  const sums = new RunSums(pages, names);
  for (const run of runs) sums.add(run);
  return sums.finish(traceIdText(first.traceId, 0));
}

/** Of the rows of a trace so far. */
class RunSums {
  private readonly pages: BlockPages;
  private readonly names: BlockNames;
  private readonly spans: number[] = [];
  private readonly errors: number[] = [];
  private spanCount = 0;
  private errorSpanCount = 0;
  private orphanSpanCount = 0;
  private oldestNano: bigint | undefined;
  private newestNano: bigint | undefined;
  private root = { rank: Infinity, page: 0, row: 0 };

  constructor(pages: BlockPages, names: BlockNames) {
    this.pages = pages;
    this.names = names;
  }

  add({ page, start, end }: TraceRun): void {
    const { places } = this.pages.parents(page);
    const kinds = this.pages.numbers(core.KINDS, page);
    const resources = this.pages.numbers(core.RESOURCES, page);
    const { serviceOfResource } = this.names;
    for (let row = start; row < end; row++) {
      const service = serviceOfResource[resources[row] ?? 0] ?? 0;
      this.spans[service] = (this.spans[service] ?? 0) + 1;
      if (Math.floor((kinds[row] ?? 0) / KINDS) === ERROR) {
        this.errors[service] = (this.errors[service] ?? 0) + 1;
        this.errorSpanCount += 1;
      }
      // No parent, one that is not here, one that is here: the lower the better for a root.
      const rank = Math.min(places[row] ?? core.NO_PARENT, core.PARENT_ROW);
      if (rank === core.OTHER_PARENT) this.orphanSpanCount += 1;
      if (rank < this.root.rank) this.root = { rank, page, row };
      else if (rank === this.root.rank && this.isBeforeRoot(page, row)) {
        this.root = { rank, page, row };
      }
    }
    this.spanCount += end - start;
    this.addTimes(page, start, end);
  }

  finish(traceId: string): TraceSummary {
    const { root, pages, names } = this;
    const info = pages.footer.columns.find(
      ({ table, field, type }) => table === SPANS && field === NAME_FIELD && type === STRING,
    );
    const values = info === undefined ? undefined : columnValues(pages, info, root.page);
    const resource = pages.numbers(core.RESOURCES, root.page)[root.row] ?? 0;
    return {
      traceId,
      rootServiceName: names.services[names.serviceOfResource[resource] ?? 0] ?? '',
      rootOperationName: values?.at(root.row)?.toString('utf8') ?? '',
      minStartTimeNano: this.oldestNano ?? 0n,
      maxEndTimeNano: this.newestNano ?? 0n,
      spanCount: this.spanCount,
      errorSpanCount: this.errorSpanCount,
      orphanSpanCount: this.orphanSpanCount,
      services: this.services(),
    };
  }

  /** By start, then by id, which is the order of the words of both. */
  private isBeforeRoot(page: number, row: number): boolean {
    const { root, pages } = this;
    const starts = pages.starts(page);
    const rootStarts = pages.starts(root.page);
    const ids = pages.spanIds(page);
    const rootIds = pages.spanIds(root.page);
    const order =
      (starts[2 * row + 1] ?? 0) - (rootStarts[2 * root.row + 1] ?? 0) ||
      (starts[2 * row] ?? 0) - (rootStarts[2 * root.row] ?? 0) ||
      (ids[2 * row] ?? 0) - (rootIds[2 * root.row] ?? 0) ||
      (ids[2 * row + 1] ?? 0) - (rootIds[2 * root.row + 1] ?? 0);
    return order < 0;
  }

  private addTimes(page: number, start: number, end: number): void {
    const starts = this.pages.starts(page);
    const durations = this.pages.numbers(core.DURATIONS, page);
    const range = laterThanFirst(starts, durations, start, end);
    const base = nanoAt(starts, 2 * start);
    if (Number.isSafeInteger(range.least) && Number.isSafeInteger(range.most)) {
      this.addRange(base + BigInt(range.least), base + BigInt(range.most));
      return;
    }
    for (let row = start; row < end; row++) {
      const from = nanoAt(starts, 2 * row);
      this.addRange(from, from + BigInt(durations[row] ?? 0));
    }
  }

  private addRange(startNano: bigint, endNano: bigint): void {
    if (this.oldestNano === undefined || startNano < this.oldestNano) this.oldestNano = startNano;
    if (this.newestNano === undefined || endNano > this.newestNano) this.newestNano = endNano;
  }

  private services(): readonly ServiceSummary[] {
    const sums = new Map<string, { spanCount: number; errorSpanCount: number }>();
    this.spans.forEach((spanCount, service) => {
      const name = this.names.services[service] ?? '';
      const known = sums.get(name) ?? { spanCount: 0, errorSpanCount: 0 };
      known.spanCount += spanCount;
      known.errorSpanCount += this.errors[service] ?? 0;
      sums.set(name, known);
    });
    return [...sums]
      .map(([name, counts]) => ({ name, ...counts }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/**
 * By how much the earliest start and the latest end are later than the first start. Not exact, and
 * then no safe integers, for traces of months.
 */
function laterThanFirst(
  starts: Uint32Array,
  durations: NumberArray,
  first: number,
  end: number,
): { readonly least: number; readonly most: number } {
  const low = starts[2 * first] ?? 0;
  const high = starts[2 * first + 1] ?? 0;
  let least = 0;
  let most = -Infinity;
  for (let row = first; row < end; row++) {
    const later = ((starts[2 * row + 1] ?? 0) - high) * WORD + (starts[2 * row] ?? 0) - low;
    least = Math.min(least, later);
    most = Math.max(most, later + (durations[row] ?? 0));
  }
  return { least, most };
}
