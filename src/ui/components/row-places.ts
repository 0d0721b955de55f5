/** Where rows are that are measured only when they come into sight; until then all are equally high. */
export interface RowPlaces {
  readonly totalPx: () => number;
  /** Distance of a row's top from the first one's. */
  readonly top: (row: number) => number;
  /** The row at a distance from the first one's top. */
  readonly rowAt: (px: number) => number;
  /** Answers by how much the row has become higher. */
  readonly setHeight: (row: number, px: number) => number;
}

export function createRowPlaces(count: number, rowPx: number): RowPlaces {
  const more = new Float64Array(count);
  // A tree of sums: a change and a sum take the logarithm of the number of rows.
  const sums = new Float64Array(count + 1);
  const top = (row: number): number => {
    let sum = row * rowPx;
    for (let at = Math.min(row, count); at > 0; at -= at & -at) sum += sums[at] ?? 0;
    return sum;
  };
  return {
    top,
    totalPx: () => top(count),
    rowAt: (px) => {
      let low = 0;
      let high = count - 1;
      while (low < high) {
        const middle = (low + high + 1) >>> 1;
        if (top(middle) <= px) low = middle;
        else high = middle - 1;
      }
      return Math.max(0, low);
    },
    setHeight: (row, px) => {
      const change = px - rowPx - (more[row] ?? 0);
      if (change === 0) return 0;
      more[row] = px - rowPx;
      for (let at = row + 1; at <= count; at += at & -at) sums[at] = (sums[at] ?? 0) + change;
      return change;
    },
  };
}
