import { traceRule } from '../../model/trace-rule.ts';
import type { TraceQuery } from '../../model/trace-query.ts';
import { spanRules } from '../../model/value-rule.ts';
import { findPages } from '../find-pages.ts';
import type { CandidatePage } from '../find-pages.ts';
import { heldAttributeKeys, heldAttributeValues } from '../held-spans/attribute-names.ts';
import { findTraces, positionOf } from '../held-spans/find-traces.ts';
import type { HeldTrace } from '../held-spans/find-traces.ts';
import type { TenantStore } from '../held-spans/tenant-store.ts';
import { TimeSlice } from '../held-spans/time-slice.ts';
import { traceChunks } from '../held-spans/trace-chunks.ts';
import { outlineOfRows } from '../held-spans/trace-outline.ts';
import { traceRows } from '../held-spans/trace-rows.ts';
import { summaryOfRows } from '../held-spans/trace-summaries.ts';
import { parseTraceId } from '../held-spans/trace-table.ts';
import type { FoundSummary, TraceChunk, TraceReader } from '../storage.ts';
import { compilePattern } from '../text-pattern.ts';

/** Reads what is in the memory of this process. */
export function createMemoryReader(
  storeOf: (tenant: string) => TenantStore | undefined,
): TraceReader {
  return {
    capabilities: {
      withoutService: true,
      durationWithTags: true,
      spanKindOfOperations: true,
      filters: true,
      cursor: true,
    },
    services: (tenant) => Promise.resolve(storeOf(tenant)?.names.serviceNames() ?? []),
    operations: (tenant, service, kind) =>
      Promise.resolve(storeOf(tenant)?.names.operationsOf(service, kind) ?? []),
    getTraces: (tenant, ids, _window, signal) => getTraces(storeOf(tenant), ids, signal),
    attributeKeys: async (tenant, service) => {
      const store = storeOf(tenant);
      return store === undefined ? [] : heldAttributeKeys(store, service, new TimeSlice());
    },
    attributeValues: async (tenant, key, prefix, limit) => {
      const store = storeOf(tenant);
      if (store === undefined) return [];
      return heldAttributeValues(store, { key, prefix, limit }, new TimeSlice());
    },
    async *findTraces(tenant, query, signal) {
      const store = storeOf(tenant);
      if (store === undefined) return;
      const slice = new TimeSlice(signal);
      for (const found of await search(store, query, slice)) {
        const matchNano = positionOf(store, found).startNano;
        for await (const chunk of chunksOf(store, found.trace, slice))
          yield { ...chunk, matchNano };
      }
    },
    async *findSummaries(tenant, query, signal) {
      const store = storeOf(tenant);
      if (store === undefined) return;
      const slice = new TimeSlice(signal);
      for (const found of await search(store, query, slice)) {
        if (slice.isOver()) await slice.rest();
        const summary = summaryOf(store, found);
        if (summary !== undefined) yield summary;
      }
    },
  };
}

/** Traces whose spans match, and which match themselves. @throws PatternError */
async function search(
  store: TenantStore,
  query: TraceQuery,
  slice: TimeSlice,
): Promise<readonly HeldTrace[]> {
  const rules = spanRules(query.filters ?? [], compilePattern);
  const isWanted = traceRule(query.traceFilters ?? [], compilePattern);
  if (isWanted === undefined) return findTraces(store, query, slice, rules);
  const findPage = async (page: TraceQuery): Promise<CandidatePage<HeldTrace>> => {
    const traces = await findTraces(store, page, slice, rules);
    const last = traces.length < page.limit ? undefined : traces.at(-1);
    return last === undefined ? { traces } : { traces, last: positionOf(store, last) };
  };
  return findPages(query, findPage, async (found) => {
    if (slice.isOver()) await slice.rest();
    const summary = summaryOf(store, found);
    return summary !== undefined && isWanted(summary);
  });
}

/** The traces with these ids, in their order. */
export async function* getTraces(
  store: TenantStore | undefined,
  ids: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<TraceChunk> {
  const slice = new TimeSlice(signal);
  const traces = new Set<number>();
  for (const id of ids) {
    const words = parseTraceId(id);
    const trace = words === undefined ? undefined : store?.traces.find(words, 0);
    if (trace !== undefined) traces.add(trace);
  }
  if (store === undefined) return;
  for (const trace of traces) yield* chunksOf(store, trace, slice);
}

async function* chunksOf(
  store: TenantStore,
  trace: number,
  slice: TimeSlice,
): AsyncGenerator<TraceChunk> {
  if (slice.isOver()) await slice.rest();
  // It may have been evicted since it was found.
  if (!store.traces.isKept(trace)) return;
  const rows = traceRows(store, trace);
  let first: Pick<TraceChunk, 'outline'> = { outline: outlineOfRows(rows) };
  for (const chunk of traceChunks(store.traces.idText(trace), rows)) {
    yield { ...chunk, ...first };
    first = {};
    if (slice.isOver()) await slice.rest();
  }
}

/** undefined when the trace has been evicted since it was found. */
function summaryOf(store: TenantStore, found: HeldTrace): FoundSummary | undefined {
  const { trace } = found;
  if (!store.traces.isKept(trace)) return undefined;
  const { startNano, traceId } = positionOf(store, found);
  return { ...summaryOfRows(traceId, traceRows(store, trace)), matchNano: startNano };
}
