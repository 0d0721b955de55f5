import type { Span } from '../span.ts';

/** Rows of some spans of a trace, as a set. */
export type Rows = ReadonlySet<number>;

/**
 * Who is whose parent among the spans of one trace, by their rows in it: a span's parents are all
 * others that have the id it says. Each answer takes time in proportion to the spans, even where
 * all of them share one id, or ids form a circle.
 */
export class Relatives {
  private readonly spans: readonly Span[];

  constructor(spans: readonly Span[]) {
    this.spans = spans;
  }

  /** Those whose parent is among others. */
  childrenIn(rows: Rows, parents: Rows): Rows {
    const counts = this.countBy(parents, this.idOf);
    return this.where(rows, (row) =>
      isOther(counts, this.parentIdOf(row), this.isOwn(row, parents)),
    );
  }

  /** Those with a child among others. */
  parentsIn(rows: Rows, children: Rows): Rows {
    const counts = this.countBy(children, this.parentIdOf);
    return this.where(rows, (row) => isOther(counts, this.idOf(row), this.isOwn(row, children)));
  }

  /** Those above whom one of others is. */
  descendantsIn(rows: Rows, ancestors: Rows): Rows {
    const below = this.reachable(ancestors, this.idOf, this.parentIdOf);
    return this.where(rows, (row) => below.has(row));
  }

  /** Those below whom one of others is. */
  ancestorsIn(rows: Rows, descendants: Rows): Rows {
    const above = this.reachable(descendants, this.parentIdOf, this.idOf);
    return this.where(rows, (row) => above.has(row));
  }

  /** Those with the same parent as another span, of others. */
  siblingsIn(rows: Rows, others: Rows): Rows {
    const counts = this.countBy(others, this.parentIdOf);
    return this.where(rows, (row) => isOther(counts, this.parentIdOf(row), others.has(row)));
  }

  private readonly idOf = (row: number): string => this.spans[row]?.spanId ?? '';
  /** '' for a root span. */
  private readonly parentIdOf = (row: number): string => this.spans[row]?.parentSpanId ?? '';

  private where(rows: Rows, isWanted: (row: number) => boolean): Rows {
    return new Set([...rows].filter(isWanted));
  }

  /** Whether a span would be its own parent, as one that shares its id with its parent, among some. */
  private isOwn(row: number, some: Rows): boolean {
    return some.has(row) && this.idOf(row) === this.parentIdOf(row);
  }

  private countBy(rows: Rows, keyOf: (row: number) => string): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const row of rows) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1);
    return counts;
  }

  /** All rows that are some steps away; a step leads to the other rows that are `to` where one is `from`. */
  private reachable(
    sources: Rows,
    from: (row: number) => string,
    to: (row: number) => string,
  ): Rows {
    const rowsTo = new Map<string, number[]>();
    this.spans.forEach((_, row) => {
      const rows = rowsTo.get(to(row));
      if (rows === undefined) rowsTo.set(to(row), [row]);
      else rows.push(row);
    });
    const reached = new Set<number>();
    const waiting = [...sources];
    const reach = (row: number): void => {
      if (reached.has(row)) return;
      reached.add(row);
      waiting.push(row);
    };
    // An id is followed once for all others, and once more for the row that was followed first.
    const followed = new Map<string, number>();
    for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
      const id = from(row);
      if (id === '') continue;
      const first = followed.get(id);
      if (first === undefined) {
        followed.set(id, row);
        for (const next of rowsTo.get(id) ?? []) if (next !== row) reach(next);
      } else if (first !== row && to(first) === id) {
        reach(first);
      }
    }
    return reached;
  }
}

/** Whether anyone has this id, besides the one who asks if that one is counted. */
function isOther(counts: ReadonlyMap<string, number>, id: string, isCounted: boolean): boolean {
  return id !== '' && (counts.get(id) ?? 0) > (isCounted ? 1 : 0);
}
