import { columnsOfRows } from '../held-spans/service-links.ts';
import type { TenantStore } from '../held-spans/tenant-store.ts';
import { traceChunks } from '../held-spans/trace-chunks.ts';
import { outlineOfRows } from '../held-spans/trace-outline.ts';
import { joinTraceRows, rowsByStart, spanIdsOf } from '../held-spans/trace-rows.ts';
import type { TraceRows } from '../held-spans/trace-rows.ts';
import { summarySpansOf } from '../held-spans/trace-summaries.ts';
import { parseTraceId } from '../held-spans/trace-table.ts';
import { findAmongHeads, findInHeads } from './find-in-heads.ts';
import { summarizeTrace } from '../../model/trace-summary.ts';
import { traceIdText } from './block/trace-rows.ts';
import type { TraceKey } from './block/trace-rows.ts';
import type { TraceSource } from './trace-source.ts';

const NO_ROWS: TraceRows = { segments: [], rows: [] };

/** What several heads have, as one place: their spans can be compared as they came. */
export function createHeadSource(stores: readonly TenantStore[]): TraceSource {
  const rowsWith = (words: Uint32Array): TraceRows | undefined => {
    const parts = stores.flatMap((store) => {
      const trace = store.traces.find(words, 0);
      return trace === undefined ? [] : [{ store, trace }];
    });
    return parts.length === 0 ? undefined : joinTraceRows(parts);
  };
  const rowsOf = (traceId: string): TraceRows | undefined => {
    const words = parseTraceId(traceId);
    return words === undefined ? undefined : rowsWith(words);
  };
  const mayHave = ({ words }: Pick<TraceKey, 'words'>): boolean =>
    stores.some((store) => store.traces.find(words, 0) !== undefined);
  return {
    oldestNano: 0n,
    newestNano: newestOf(stores),
    mayHave,
    whichMayBeHere: (keys) => keys.flatMap((key, place) => (mayHave(key) ? [place] : [])),
    find: (query, { among, rules }, slice) =>
      among === undefined
        ? findInHeads(stores, query, slice, rules)
        : findAmongHeads(stores, query, among, rules),
    *readTrace(traceId) {
      const rows = rowsOf(traceId);
      if (rows === undefined) return;
      for (const { otlp } of traceChunks(traceId, rows)) yield otlp;
    },
    outline: ({ words }) => outlineOfRows(rowsWith(words) ?? NO_ROWS),
    spanIds: ({ words }) => {
      const rows = rowsWith(words);
      return rows === undefined ? [] : [spanIdsOf(rows)];
    },
    addCallRows: ({ words }, to) => {
      const rows = rowsWith(words);
      if (rows !== undefined) to.addAll(columnsOfRows(rows));
      return rows !== undefined;
    },
    summarize: ({ words }) => {
      const rows = rowsWith(words);
      if (rows === undefined) return undefined;
      return summarizeTrace(traceIdText(words, 0), summarySpansOf(rowsByStart(rows)));
    },
    summarySpans: (traceId) => {
      const rows = rowsOf(traceId);
      return rows === undefined ? [] : summarySpansOf(rowsByStart(rows));
    },
  };
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
