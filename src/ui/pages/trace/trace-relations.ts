import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import type { SpanRow, TreeRow } from '../../../model/trace-tree.ts';
import { visitInTurns } from '../../in-turns.ts';

/** How the spans of a trace are tied to one another beyond their tree. */
export interface TraceRelations {
  /** The first row of this id. */
  readonly rowOf: (spanId: string) => SpanRow | undefined;
  /** By row, the rows with a reference to it; none until they are gathered. */
  readonly referrers: ReadonlyMap<number, readonly SpanRow[]>;
}

const NO_REFERRERS: TraceRelations['referrers'] = new Map();

export const TraceRelationsContext = createContext<TraceRelations>({
  rowOf: () => undefined,
  referrers: NO_REFERRERS,
});

export function useTraceRelations(): TraceRelations {
  return useContext(TraceRelationsContext);
}

/** For the page, once: references are gathered in pieces after the first rows are drawn. */
export function useGatheredRelations(rows: readonly TreeRow[]): TraceRelations {
  const rowOf = useMemo(() => spanLookup(rows), [rows]);
  const [referrers, setReferrers] = useState(NO_REFERRERS);
  useEffect(() => {
    const gathering = new AbortController();
    const found = new Map<number, SpanRow[]>();
    const gather = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 0));
      const isWhole = await visitInTurns(rows, gathering.signal, (row) => {
        if (row.type === 'span') addReferences(found, row, rowOf);
      });
      if (isWhole && found.size > 0) setReferrers(found);
    };
    void gather();
    return () => {
      gathering.abort();
    };
  }, [rows, rowOf]);
  return useMemo(() => ({ rowOf, referrers }), [rowOf, referrers]);
}

function addReferences(
  found: Map<number, SpanRow[]>,
  row: SpanRow,
  rowOf: TraceRelations['rowOf'],
): void {
  for (const { spanId } of row.span.references) {
    const target = rowOf(spanId);
    if (target === undefined || target === row) continue;
    const rows = found.get(target.index);
    if (rows === undefined) found.set(target.index, [row]);
    else rows.push(row);
  }
}

/** Made when it is first asked: most traces have no references, and most rows are never opened. */
function spanLookup(rows: readonly TreeRow[]): TraceRelations['rowOf'] {
  let byId: Map<string, SpanRow> | undefined;
  return (spanId) => {
    if (byId === undefined) {
      byId = new Map();
      for (const row of rows) {
        if (row.type === 'span' && !byId.has(row.span.spanId)) byId.set(row.span.spanId, row);
      }
    }
    return byId.get(spanId);
  };
}
