/** Rows of a page, ascending. A search has those that are left after each of its conditions. */
export type Rows = Uint32Array;

export const NO_ROWS: Rows = new Uint32Array();

/** The rows [start, end). */
export function rowsFrom(start: number, end: number): Rows {
  const rows = new Uint32Array(end - start);
  for (let at = 0; at < rows.length; at++) rows[at] = start + at;
  return rows;
}

export function rowsWhere(rows: Rows, isWanted: (row: number) => boolean): Rows {
  const kept = new Uint32Array(rows.length);
  let count = 0;
  for (const row of rows) {
    if (isWanted(row)) kept[count++] = row;
  }
  return kept.subarray(0, count);
}

/** Rows of either list, each once. */
export function unionOf(a: Rows, b: Rows): Rows {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const all = new Uint32Array(a.length + b.length);
  let count = 0;
  for (let inA = 0, inB = 0; inA < a.length || inB < b.length; count++) {
    const rowA = a[inA] ?? Infinity;
    const rowB = b[inB] ?? Infinity;
    all[count] = Math.min(rowA, rowB);
    if (rowA <= rowB) inA += 1;
    if (rowB <= rowA) inB += 1;
  }
  return all.subarray(0, count);
}

/** Rows of the first list that are in the second one, or that are not. */
export function rowsOfBoth(a: Rows, b: Rows, isIn = true): Rows {
  let at = 0;
  return rowsWhere(a, (row) => {
    while (at < b.length && (b[at] ?? 0) < row) at += 1;
    return (b[at] === row) === isIn;
  });
}
