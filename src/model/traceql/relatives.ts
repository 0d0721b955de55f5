import { chosenInTurns, eachInTurns } from '../in-turns.ts';
import type { InTurns } from '../in-turns.ts';
import type { Span } from '../span.ts';

/** Rows of some spans of a trace, as a set. */
export type Rows = ReadonlySet<number>;

/**
 * Who is whose parent among the spans of one trace, by their rows in it: a span's parents are all
 * others that have the id it says. Each answer takes time in proportion to the spans, even where
 * all of them share one id, or ids form a circle, and is found in turns.
 */
export class Relatives {
  private readonly spans: readonly Span[];

  constructor(spans: readonly Span[]) {
    this.spans = spans;
  }

  /** Those whose parent is among others. */
  *childrenIn(rows: Rows, parents: Rows): InTurns<Rows> {
    const counts = yield* countBy(parents, this.idOf);
    return yield* chosenInTurns(rows, (row) =>
      isOther(counts, this.parentIdOf(row), this.isOwn(row, parents)),
    );
  }

  /** Those with a child among others. */
  *parentsIn(rows: Rows, children: Rows): InTurns<Rows> {
    const counts = yield* countBy(children, this.parentIdOf);
    return yield* chosenInTurns(rows, (row) =>
      isOther(counts, this.idOf(row), this.isOwn(row, children)),
    );
  }

  /** Those above whom one of others is. */
  *descendantsIn(rows: Rows, ancestors: Rows): InTurns<Rows> {
    const below = yield* this.reachable(ancestors, this.idOf, this.parentIdOf);
    return yield* chosenInTurns(rows, (row) => below.has(row));
  }

  /** Those below whom one of others is. */
  *ancestorsIn(rows: Rows, descendants: Rows): InTurns<Rows> {
    const above = yield* this.reachable(descendants, this.parentIdOf, this.idOf);
    return yield* chosenInTurns(rows, (row) => above.has(row));
  }

  /** Those with the same parent as another span, of others. */
  *siblingsIn(rows: Rows, others: Rows): InTurns<Rows> {
    const counts = yield* countBy(others, this.parentIdOf);
    return yield* chosenInTurns(rows, (row) =>
      isOther(counts, this.parentIdOf(row), others.has(row)),
    );
  }

  private readonly idOf = (row: number): string => this.spans[row]?.spanId ?? '';
  /** '' for a root span. */
  private readonly parentIdOf = (row: number): string => this.spans[row]?.parentSpanId ?? '';

  /** Whether a span would be its own parent, as one that shares its id with its parent, among some. */
  private isOwn(row: number, some: Rows): boolean {
    return some.has(row) && this.idOf(row) === this.parentIdOf(row);
  }

  /** All rows that are some steps away; a step leads to the other rows that are `to` where one is `from`. */
  private *reachable(
    sources: Rows,
    from: (row: number) => string,
    to: (row: number) => string,
  ): InTurns<Rows> {
    const rowsTo = new Map<string, number[]>();
    yield* eachInTurns(this.spans, (_, row) => {
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
    yield* eachInTurns(taken(waiting), (row) => {
      const id = from(row);
      if (id === '') return;
      const first = followed.get(id);
      if (first === undefined) {
        followed.set(id, row);
        for (const next of rowsTo.get(id) ?? []) if (next !== row) reach(next);
      } else if (first !== row && to(first) === id) {
        reach(first);
      }
    });
    return reached;
  }
}

/** The last one each time, of those that are there then. */
function* taken(waiting: number[]): Generator<number> {
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) yield row;
}

function* countBy(
  rows: Rows,
  keyOf: (row: number) => string,
): InTurns<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  yield* eachInTurns(rows, (row) => counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1));
  return counts;
}

/** Whether anyone has this id, besides the one who asks if that one is counted. */
function isOther(counts: ReadonlyMap<string, number>, id: string, isCounted: boolean): boolean {
  return id !== '' && (counts.get(id) ?? 0) > (isCounted ? 1 : 0);
}
