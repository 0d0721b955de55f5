import type { TreeRow } from './trace-tree.ts';

/** What of a trace's tree is left out. A row goes with everything below it. */
export interface HiddenRows {
  /** By row: 1 when it is left out. */
  readonly isHidden: Uint8Array;
  /** What a person has pruned, by the index of a parent's first pruned child. */
  readonly pruned: ReadonlyMap<number, PrunedRows>;
}

/** All children of one parent that were pruned, with what is below them. */
export interface PrunedRows {
  readonly spanCount: number;
  readonly errorCount: number;
}

export interface RowFilter {
  /** Services that are pruned, with everything below their spans. */
  readonly services: ReadonlySet<string>;
  /** When set, only these rows and what leads to them are shown. */
  readonly only: readonly number[] | undefined;
}

/** Undefined when nothing is left out. */
export function hideRows(rows: readonly TreeRow[], filter: RowFilter): HiddenRows | undefined {
  const { services, only } = filter;
  if (services.size === 0 && only === undefined) return undefined;
  const isHidden = only === undefined ? new Uint8Array(rows.length) : allBut(rows, only);
  return { isHidden, pruned: prune(rows, services, isHidden) };
}

function prune(
  rows: readonly TreeRow[],
  services: ReadonlySet<string>,
  isHidden: Uint8Array,
): ReadonlyMap<number, PrunedRows> {
  const byFirst = new Map<number, { spanCount: number; errorCount: number }>();
  const firstOf = new Map<number, number>();
  if (services.size === 0) return byFirst;
  for (let row = rows[0]; row !== undefined;) {
    if (row.type === 'ghost' || !services.has(row.span.process.serviceName)) {
      row = rows[row.index + 1];
      continue;
    }
    const first = firstOf.get(row.parent) ?? row.index;
    const tally = byFirst.get(first) ?? { spanCount: 0, errorCount: 0 };
    firstOf.set(row.parent, first);
    byFirst.set(first, tally);
    isHidden.fill(1, row.index, row.end);
    for (const below of rows.slice(row.index, row.end)) {
      if (below.type !== 'span') continue;
      tally.spanCount += 1;
      if (below.span.isError) tally.errorCount += 1;
    }
    row = rows[row.end];
  }
  return byFirst;
}

/** Everything is hidden but these rows and their ancestors. */
function allBut(rows: readonly TreeRow[], only: readonly number[]): Uint8Array {
  const isHidden = new Uint8Array(rows.length).fill(1);
  for (const index of only) {
    for (let row = rows[index]; row !== undefined; row = rows[row.parent]) {
      // What leads to a shown row is shown already.
      if (isHidden[row.index] === 0) break;
      isHidden[row.index] = 0;
    }
  }
  return isHidden;
}
