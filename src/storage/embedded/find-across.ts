import type { SearchPosition } from '../../model/search-filter.ts';
import { traceRule } from '../../model/trace-rule.ts';
import type { TraceQuery } from '../../model/trace-query.ts';
import { spanRules } from '../../model/value-rule.ts';
import type { SpanRule } from '../../model/value-rule.ts';
import { findPages } from '../find-pages.ts';
import type { TimeSlice } from '../held-spans/time-slice.ts';
import { compilePattern } from '../text-pattern.ts';
import { byNewest } from './block/find-traces.ts';
import type { FindOptions, FoundTrace } from './block/find-traces.ts';
import { newestTraces } from './newest-traces.ts';
import type { TraceSource } from './trace-source.ts';
import { holdersOf, summarizeWholeTrace } from './whole-trace.ts';

/**
 * The newest `query.limit` traces with a matching span anywhere, which match themselves. Sources are
 * asked by their newest span, and no more of them once what is left can only be older than what was
 * found.
 * @throws PatternError
 */
export async function findAcross(
  sources: readonly TraceSource[],
  query: TraceQuery,
  slice: TimeSlice,
): Promise<readonly FoundTrace[]> {
  const rules = spanRules(query.filters ?? [], compilePattern);
  const isWanted = traceRule(query.traceFilters ?? [], compilePattern);
  const search = { sources: newestFirst(sources), rules, slice };
  const seen = new Set<string>();
  return findPages(
    query,
    async (page) => {
      const traces = await newestPage(search, page);
      const last = traces.length < page.limit ? undefined : traces.at(-1);
      return last === undefined ? { traces } : { traces, last };
    },
    async ({ traceId }) => {
      // One source may have an older span of a trace that came because of another's.
      if (seen.has(traceId)) return false;
      seen.add(traceId);
      if (slice.isOver()) await slice.rest();
      if (query.after !== undefined && (await isBefore(search, query, query.after, traceId))) {
        return false;
      }
      if (isWanted === undefined) return true;
      const summary = summarizeWholeTrace(sources, traceId);
      return summary !== undefined && isWanted(summary);
    },
  );
}

interface Search {
  /** The one with the newest span first. */
  readonly sources: readonly TraceSource[];
  readonly rules: readonly SpanRule[];
  readonly slice: TimeSlice;
}

/** As far as each source knows alone. */
async function newestPage(
  { rules, slice, sources }: Search,
  query: TraceQuery,
): Promise<readonly FoundTrace[]> {
  const { after } = query;
  let found: readonly FoundTrace[] = [];
  for (const source of sources) {
    const floor = found.length < query.limit ? undefined : found.at(-1)?.startNano;
    if (floor !== undefined && source.newestNano < floor) break;
    if (after !== undefined && source.oldestNano > after.startNano) continue;
    const options: FindOptions = {
      rules,
      ...(after === undefined ? {} : { after }),
      ...(floor === undefined ? {} : { notBeforeNano: floor }),
    };
    const more = await source.find(query, options, slice);
    if (more.length > 0) found = newestTraces([...found, ...more], query.limit);
    if (slice.isOver()) await slice.rest();
  }
  return found;
}

/** Whether a newer span of a trace, in another source, has it come before a page. */
async function isBefore(
  { rules, slice, sources }: Search,
  query: TraceQuery,
  after: SearchPosition,
  traceId: string,
): Promise<boolean> {
  const holders = holdersOf(sources, traceId);
  if (holders.length < 2) return false;
  for (const source of holders) {
    if (source.newestNano < after.startNano) continue;
    const found = await source.find(query, { rules, among: [traceId] }, slice);
    if (found.some((one) => byNewest(one, after) <= 0)) return true;
  }
  return false;
}

function newestFirst(sources: readonly TraceSource[]): readonly TraceSource[] {
  return sources.toSorted((a, b) =>
    a.newestNano === b.newestNano ? 0 : a.newestNano > b.newestNano ? -1 : 1,
  );
}
