import type { TraceQuery } from '../../../model/trace-query.ts';
import type { InTurns } from '../../../model/in-turns.ts';
import { readable } from './attribute-search.ts';
import type { BlockPages } from './block-pages.ts';
import { nanoAt } from './page-ranges.ts';
import type { FoundTrace } from './find-traces.ts';
import type { PageTests } from './page-test.ts';
import { matchingRows } from './row-test.ts';
import { rowsFrom } from './rows.ts';
import { traceKey, traceRuns } from './trace-rows.ts';

/** Of each of these traces with a row that meets all tests, the newest such row. */
export function* findAmong(
  pages: BlockPages,
  tests: PageTests,
  { startTimeMaxNano, startTimeMinNano }: TraceQuery,
  traceIds: readonly string[],
): InTurns<readonly FoundTrace[]> {
  const found: FoundTrace[] = [];
  for (const traceId of traceIds) {
    let newest = -1n;
    for (const { page, start, end } of readable(() => traceRuns(pages, traceKey(traceId))) ?? []) {
      const rows = yield* matchingRows(tests, page, rowsFrom(start, end));
      yield;
      const starts = readable(() => pages.starts(page));
      if (starts === undefined) continue;
      for (const row of rows) {
        const nano = nanoAt(starts, 2 * row);
        if (nano > newest && nano >= startTimeMinNano && nano <= startTimeMaxNano) newest = nano;
      }
    }
    if (newest >= 0n) found.push({ traceId, startNano: newest });
  }
  return found;
}
