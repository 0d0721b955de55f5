import { mix } from './bytes-table.ts';
import type { ColumnBuilder } from './column-builder.ts';
import type { SpanShredder } from './span-shredder.ts';
import type { SpanRows } from './span-rows.ts';

/** Up to here comparing each id with each is faster than hashing. */
const FEW_ROWS = 32;

/** Finds spans that were delivered more than once: same trace, same span id, same content. */
export class RepeatedSpans {
  private readonly rows: SpanRows;
  private readonly shredder: SpanShredder;

  constructor(rows: SpanRows, shredder: SpanShredder) {
    this.rows = rows;
    this.shredder = shredder;
  }

  /** Which of the rows of one trace repeat an earlier one; undefined when none does. */
  among(own: Uint32Array): readonly boolean[] | undefined {
    const alike = own.length <= FEW_ROWS ? this.hasAlike(own) : true;
    if (!alike) return undefined;
    const byHash = new Map<number, number[]>();
    const shared = this.sharedIds(own);
    const repeats = Array.from(own, (row) => {
      if (!shared.has(this.idOf(row))) return false;
      const hash = this.hash(row);
      const same = byHash.get(hash) ?? [];
      if (same.some((other) => this.isSame(other, row))) return true;
      same.push(row);
      byHash.set(hash, same);
      return false;
    });
    return repeats.includes(true) ? repeats : undefined;
  }

  private hasAlike(own: Uint32Array): boolean {
    const { spanIds } = this.rows;
    for (let later = 1; later < own.length; later++) {
      const low = spanIds[2 * (own[later] ?? 0) + 1];
      for (let at = 0; at < later; at++) if (spanIds[2 * (own[at] ?? 0) + 1] === low) return true;
    }
    return false;
  }

  /** Ids that more than one of the rows has. */
  private sharedIds(own: Uint32Array): ReadonlySet<string> {
    const seen = new Set<string>();
    const shared = new Set<string>();
    for (const row of own) {
      const id = this.idOf(row);
      if (seen.has(id)) shared.add(id);
      seen.add(id);
    }
    return shared;
  }

  private idOf(row: number): string {
    const { spanIds } = this.rows;
    return `${spanIds[2 * row] ?? 0}.${spanIds[2 * row + 1] ?? 0}`;
  }

  private hash(row: number): number {
    const { starts, durations, resources } = this.rows;
    let hash = (starts[2 * row] ?? 0) ^ (durations[row] ?? 0) ^ (resources[row] ?? 0);
    for (const column of this.shredder.spans.columns) {
      const place = placeOf(column, row);
      hash = Math.imul(hash, 0x01000193);
      if (place < 0) continue;
      hash ^= mix((column.codes[place] ?? 0) + 1) ^ ((column.numbers?.[place] ?? 0) | 0);
    }
    return hash;
  }

  private isSame(a: number, b: number): boolean {
    const { rows, shredder } = this;
    for (const words of [rows.spanIds, rows.parentIds, rows.starts]) {
      if (words[2 * a] !== words[2 * b] || words[2 * a + 1] !== words[2 * b + 1]) return false;
    }
    const { durations, kinds, statusCodes, resources, scopes, eventCounts, linkCounts } = rows;
    for (const field of [
      durations,
      kinds,
      statusCodes,
      resources,
      scopes,
      eventCounts,
      linkCounts,
    ]) {
      if (!Object.is(field[a], field[b])) return false;
    }
    if (!isSameIn(shredder.spans.columns, a, b)) return false;
    return this.hasSameEvents(a, b) && this.hasSameLinks(a, b);
  }

  /** Of two spans with as many events. */
  private hasSameEvents(a: number, b: number): boolean {
    const { rows, shredder } = this;
    const { words } = shredder.eventTimes;
    for (let at = 0; at < (rows.eventCounts[a] ?? 0); at++) {
      const eventA = (rows.firstEvents[a] ?? 0) + at;
      const eventB = (rows.firstEvents[b] ?? 0) + at;
      if (words[2 * eventA] !== words[2 * eventB]) return false;
      if (words[2 * eventA + 1] !== words[2 * eventB + 1]) return false;
      if (!isSameIn(shredder.events.columns, eventA, eventB)) return false;
    }
    return true;
  }

  /** Of two spans with as many links. */
  private hasSameLinks(a: number, b: number): boolean {
    const { rows, shredder } = this;
    const linkA = rows.firstLinks[a] ?? 0;
    const linkB = rows.firstLinks[b] ?? 0;
    for (let at = 0; at < (rows.linkCounts[a] ?? 0); at++) {
      if (!isSameIn(shredder.links.columns, linkA + at, linkB + at)) return false;
    }
    return true;
  }
}

function isSameIn(columns: readonly ColumnBuilder[], a: number, b: number): boolean {
  return columns.every((column) => {
    const placeA = placeOf(column, a);
    const placeB = placeOf(column, b);
    if (placeA < 0 || placeB < 0) return placeA === placeB;
    if (column.codes[placeA] !== column.codes[placeB]) return false;
    return column.numbers?.[placeA] === column.numbers?.[placeB];
  });
}

/** Where a column has the value of a row; -1 when it has none. */
function placeOf(column: ColumnBuilder, row: number): number {
  let low = 0;
  let high = column.count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = column.rows[middle] ?? 0;
    if (found === row) return middle;
    if (found < row) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
