import type { Span } from '../span.ts';

/** Rows of some spans of a trace, as a set. */
export type Rows = ReadonlySet<number>;

/** Who is whose parent among the spans of one trace, by their rows in it. */
export class Relatives {
  private readonly spans: readonly Span[];
  /** Several where spans share an id. */
  private readonly rowsById: ReadonlyMap<string, readonly number[]>;
  private readonly rowsByParent: ReadonlyMap<string, readonly number[]>;

  constructor(spans: readonly Span[]) {
    this.spans = spans;
    this.rowsById = rowsBy(spans, ({ spanId }) => spanId);
    this.rowsByParent = rowsBy(spans, ({ parentSpanId }) => parentSpanId);
  }

  /** Those whose parent is among others. */
  childrenIn(rows: Rows, parents: Rows): Rows {
    return this.where(rows, (row) => this.parentsOf(row).some((parent) => parents.has(parent)));
  }

  /** Those with a child among others. */
  parentsIn(rows: Rows, children: Rows): Rows {
    const found = new Set<number>();
    for (const child of children) for (const parent of this.parentsOf(child)) found.add(parent);
    return this.where(rows, (row) => found.has(row));
  }

  /** Those above whom one of others is. */
  descendantsIn(rows: Rows, ancestors: Rows): Rows {
    const below = reachable(ancestors, (row) => this.childrenOf(row));
    return this.where(rows, (row) => below.has(row));
  }

  /** Those below whom one of others is. */
  ancestorsIn(rows: Rows, descendants: Rows): Rows {
    const above = reachable(descendants, (row) => this.parentsOf(row));
    return this.where(rows, (row) => above.has(row));
  }

  /** Those with the same parent as another span, of others. */
  siblingsIn(rows: Rows, others: Rows): Rows {
    const counts = new Map<string, number>();
    for (const row of others) {
      const parent = this.spans[row]?.parentSpanId ?? '';
      if (parent !== '') counts.set(parent, (counts.get(parent) ?? 0) + 1);
    }
    return this.where(rows, (row) => {
      const siblings = counts.get(this.spans[row]?.parentSpanId ?? '') ?? 0;
      return siblings > (others.has(row) ? 1 : 0);
    });
  }

  private where(rows: Rows, isWanted: (row: number) => boolean): Rows {
    return new Set([...rows].filter(isWanted));
  }

  /** A span that shares its id with its parent, as Zipkin's do, is not its own. */
  private parentsOf(row: number): readonly number[] {
    const id = this.spans[row]?.parentSpanId ?? '';
    return id === '' ? [] : (this.rowsById.get(id) ?? []).filter((parent) => parent !== row);
  }

  private childrenOf(row: number): readonly number[] {
    const children = this.rowsByParent.get(this.spans[row]?.spanId ?? '') ?? [];
    return children.filter((child) => child !== row);
  }
}

/** All rows that are some steps away. Ids can form a circle, and a trace be as deep as it has spans. */
function reachable(from: Rows, next: (row: number) => readonly number[]): Rows {
  const reached = new Set<number>();
  const waiting = [...from];
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    for (const one of next(row)) {
      if (reached.has(one)) continue;
      reached.add(one);
      waiting.push(one);
    }
  }
  return reached;
}

function rowsBy(
  spans: readonly Span[],
  idOf: (span: Span) => string,
): ReadonlyMap<string, readonly number[]> {
  const rows = new Map<string, number[]>();
  spans.forEach((span, row) => {
    const id = idOf(span);
    const same = rows.get(id);
    if (same === undefined) rows.set(id, [row]);
    else same.push(row);
  });
  return rows;
}
