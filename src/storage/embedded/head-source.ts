import { findTraces } from '../held-spans/find-traces.ts';
import { columnsOfRows } from '../held-spans/service-links.ts';
import type { TenantStore } from '../held-spans/tenant-store.ts';
import type { TimeSlice } from '../held-spans/time-slice.ts';
import { traceChunks } from '../held-spans/trace-chunks.ts';
import { joinTraceRows, rowsByStart } from '../held-spans/trace-rows.ts';
import type { TraceRows } from '../held-spans/trace-rows.ts';
import { summarySpansOf } from '../held-spans/trace-summaries.ts';
import { parseTraceId } from '../held-spans/trace-table.ts';
import { byNewest } from './block/find-traces.ts';
import type { FoundTrace } from './block/find-traces.ts';
import type { TraceSource } from './trace-source.ts';

/** What several heads have, as one place: their spans can be compared as they came. */
export function createHeadSource(stores: readonly TenantStore[]): TraceSource {
  const rowsOf = (traceId: string): TraceRows | undefined => {
    const words = parseTraceId(traceId);
    if (words === undefined) return undefined;
    const parts = stores.flatMap((store) => {
      const trace = store.traces.find(words, 0);
      return trace === undefined ? [] : [{ store, trace }];
    });
    return parts.length === 0 ? undefined : joinTraceRows(parts);
  };
  return {
    oldestNano: 0n,
    newestNano: newestOf(stores),
    mayHave: ({ words }) => stores.some((store) => store.traces.find(words, 0) !== undefined),
    find: async (query, _options, slice) => {
      const best = new Map<string, FoundTrace>();
      for (const store of stores) {
        for (const found of await findIn(store, query, slice)) {
          const before = best.get(found.traceId);
          if (before === undefined || before.startNano < found.startNano) {
            best.set(found.traceId, found);
          }
        }
      }
      return [...best.values()].sort(byNewest).slice(0, query.limit);
    },
    *readTrace(traceId) {
      const rows = rowsOf(traceId);
      if (rows === undefined) return;
      for (const { otlp } of traceChunks(traceId, rows)) yield otlp;
    },
    traceColumns: (traceId) => {
      const rows = rowsOf(traceId);
      return rows === undefined ? undefined : columnsOfRows(rows);
    },
    summarySpans: (traceId) => {
      const rows = rowsOf(traceId);
      return rows === undefined ? [] : summarySpansOf(rowsByStart(rows));
    },
  };
}

async function findIn(
  store: TenantStore,
  query: Parameters<TraceSource['find']>[0],
  slice: TimeSlice,
): Promise<readonly FoundTrace[]> {
  const found = await findTraces(store, query, slice);
  return found.map(({ trace, high, low }) => ({
    traceId: store.traces.idText(trace),
    startNano: (BigInt(high) << 32n) + BigInt(low),
  }));
}

function newestOf(stores: readonly TenantStore[]): bigint {
  let newest = 0n;
  for (const store of stores) {
    for (const { newestHigh, newestLow } of store.segments()) {
      const nano = (BigInt(newestHigh) << 32n) + BigInt(newestLow);
      if (nano > newest) newest = nano;
    }
  }
  return newest;
}
