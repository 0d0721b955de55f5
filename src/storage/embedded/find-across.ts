import type { TraceQuery } from '../../model/trace-query.ts';
import type { TimeSlice } from '../held-spans/time-slice.ts';
import { byNewest } from './block/find-traces.ts';
import type { FoundTrace } from './block/find-traces.ts';
import type { TraceSource } from './trace-source.ts';

/**
 * The newest `query.limit` traces with a matching span anywhere. Sources are asked by their newest
 * span, and no more of them once what is left can only be older than what was found.
 */
export async function findAcross(
  sources: readonly TraceSource[],
  query: TraceQuery,
  slice: TimeSlice,
): Promise<readonly FoundTrace[]> {
  let found: readonly FoundTrace[] = [];
  for (const source of newestFirst(sources)) {
    const floor = found.length < query.limit ? undefined : found.at(-1)?.startNano;
    if (floor !== undefined && source.newestNano < floor) break;
    const options = floor === undefined ? {} : { notBeforeNano: floor };
    const more = await source.find(query, options, slice);
    if (more.length > 0) found = newestOf([...found, ...more], query.limit);
    if (slice.isOver()) await slice.rest();
  }
  return found;
}

function newestFirst(sources: readonly TraceSource[]): readonly TraceSource[] {
  return sources.toSorted((a, b) =>
    a.newestNano === b.newestNano ? 0 : a.newestNano > b.newestNano ? -1 : 1,
  );
}

/** Each trace once, by its newest span. */
function newestOf(found: FoundTrace[], limit: number): readonly FoundTrace[] {
  const seen = new Set<string>();
  const kept: FoundTrace[] = [];
  for (const trace of found.sort(byNewest)) {
    if (kept.length === limit) break;
    if (seen.has(trace.traceId)) continue;
    seen.add(trace.traceId);
    kept.push(trace);
  }
  return kept;
}
