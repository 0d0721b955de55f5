import type { SearchPosition } from '../model/search-filter.ts';
import type { TraceQuery } from '../model/trace-query.ts';

/** Traces that match as far as their spans say; some candidates may have been left out already. */
export interface CandidatePage<T> {
  readonly traces: readonly T[];
  /** The last candidate, when there may be more behind it. */
  readonly last?: SearchPosition;
}

/** Candidates that are asked for at once, at most. */
const PAGE_TRACES_MAX = 4096;

/**
 * The first `query.limit` traces that are wanted, of candidates that come in pages. Pages grow, so
 * that what is wanted rarely is not searched for again and again.
 */
export async function findPages<T>(
  query: TraceQuery,
  findPage: (query: TraceQuery) => Promise<CandidatePage<T>>,
  isWanted: (trace: T) => boolean | Promise<boolean>,
): Promise<readonly T[]> {
  const found: T[] = [];
  let page = query;
  for (;;) {
    const { last, traces } = await findPage(page);
    for (const trace of traces) {
      if (await isWanted(trace)) found.push(trace);
      if (found.length === query.limit) return found;
    }
    if (last === undefined) return found;
    const limit = Math.max(query.limit, Math.min(4 * page.limit, PAGE_TRACES_MAX));
    page = { ...query, limit, after: last };
  }
}
