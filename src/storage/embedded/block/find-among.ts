import type { TraceQuery } from '../../../model/trace-query.ts';
import { readable } from './attribute-search.ts';
import type { BlockPages } from './block-pages.ts';
import { nanoAt } from './page-ranges.ts';
import type { FoundTrace } from './find-traces.ts';
import type { PageTest } from './page-test.ts';
import { matchingRows } from './row-test.ts';
import { traceKey, traceRuns } from './trace-rows.ts';

/** Of each of these traces with a row that meets all tests, the newest such row. */
export function findAmong(
  pages: BlockPages,
  tests: readonly PageTest[],
  { startTimeMaxNano, startTimeMinNano }: TraceQuery,
  traceIds: readonly string[],
): readonly FoundTrace[] {
  const masks = new Map<number, Uint8Array | undefined>();
  const maskOf = (page: number): Uint8Array | undefined => {
    if (!masks.has(page)) masks.set(page, matchingRows(pages, tests, page));
    return masks.get(page);
  };
  return traceIds.flatMap((traceId) => {
    let newest = -1n;
    for (const { page, start, end } of readable(() => traceRuns(pages, traceKey(traceId))) ?? []) {
      const mask = maskOf(page);
      const starts = readable(() => pages.starts(page));
      if (mask === undefined || starts === undefined) continue;
      for (let row = start; row < end; row++) {
        const nano = nanoAt(starts, 2 * row);
        if (mask[row] !== 1 || nano <= newest) continue;
        if (nano >= startTimeMinNano && nano <= startTimeMaxNano) newest = nano;
      }
    }
    return newest < 0n ? [] : [{ traceId, startNano: newest }];
  });
}
