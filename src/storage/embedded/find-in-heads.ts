import type { TraceQuery } from '../../model/trace-query.ts';
import type { SpanRule } from '../../model/value-rule.ts';
import { findPages } from '../find-pages.ts';
import { findAmong, findTraces, positionOf } from '../held-spans/find-traces.ts';
import type { TenantStore } from '../held-spans/tenant-store.ts';
import type { TimeSlice } from '../held-spans/time-slice.ts';
import { byNewest } from './block/find-traces.ts';
import type { FoundTrace } from './block/find-traces.ts';
import { newestTraces } from './newest-traces.ts';

/** The newest traces that match in any of several heads, as if they were one. */
export async function findInHeads(
  stores: readonly TenantStore[],
  query: TraceQuery,
  slice: TimeSlice,
  rules: readonly SpanRule[] | undefined,
): Promise<readonly FoundTrace[]> {
  const { after } = query;
  return findPages(
    query,
    async (page) => {
      const found: FoundTrace[] = [];
      for (const store of stores) {
        const some = await findTraces(store, page, slice, rules);
        found.push(...some.map((trace) => positionOf(store, trace)));
      }
      const traces = newestTraces(found, page.limit);
      const last = traces.length < page.limit ? undefined : traces.at(-1);
      return last === undefined ? { traces } : { traces, last };
    },
    ({ traceId }) => {
      if (after === undefined || stores.length < 2) return true;
      // A newer span in another head may have the trace come earlier.
      const everywhere = findAmongHeads(stores, query, [traceId], rules);
      return everywhere.every((found) => byNewest(found, after) > 0);
    },
  );
}

/** Of each of these traces that matches in any head, its newest matching span. */
export function findAmongHeads(
  stores: readonly TenantStore[],
  query: TraceQuery,
  traceIds: readonly string[],
  rules: readonly SpanRule[] | undefined,
): readonly FoundTrace[] {
  const found = stores.flatMap((store) =>
    findAmong(store, query, traceIds, rules).map((trace) => positionOf(store, trace)),
  );
  return newestTraces(found, traceIds.length);
}
