import type { SpanScan } from '../../../wire/span-scan.ts';

/** The fields of fixed size of spans, a row a span, as they came. */
export interface SpanRows {
  /** Two big-endian words a span. */
  spanIds: Uint32Array;
  parentIds: Uint32Array;
  /** Low word, high word. */
  starts: Uint32Array;
  durations: Float64Array;
  kinds: Uint8Array;
  statusCodes: Uint8Array;
  /** Number of the trace, resource and scope. */
  traces: Uint32Array;
  resources: Uint32Array;
  scopes: Uint32Array;
  /** First event and link, and how many. */
  firstEvents: Uint32Array;
  eventCounts: Uint32Array;
  firstLinks: Uint32Array;
  linkCounts: Uint32Array;
}

export function createSpanRows(capacity: number): SpanRows {
  const words = (perRow = 1): Uint32Array => new Uint32Array(capacity * perRow);
  return {
    spanIds: words(2),
    parentIds: words(2),
    starts: words(2),
    durations: new Float64Array(capacity),
    kinds: new Uint8Array(capacity),
    statusCodes: new Uint8Array(capacity),
    traces: words(),
    resources: words(),
    scopes: words(),
    firstEvents: words(),
    eventCounts: words(),
    firstLinks: words(),
    linkCounts: words(),
  };
}

/** The same rows with room for more. */
export function growSpanRows(rows: SpanRows, capacity: number): SpanRows {
  const grown = createSpanRows(capacity);
  for (const column of Object.keys(grown) as (keyof SpanRows)[]) grown[column].set(rows[column]);
  return grown;
}

export type ScannedFields = Pick<
  SpanScan,
  | 'count'
  | 'spanIds'
  | 'parentSpanIds'
  | 'startTimesUnixNano'
  | 'durationsNano'
  | 'kinds'
  | 'statusCodes'
>;

/** Takes from a scan what it has found already. */
export function copyScanned(rows: SpanRows, firstRow: number, scan: ScannedFields): void {
  const { count } = scan;
  const times = scan.startTimesUnixNano;
  rows.spanIds.set(scan.spanIds.subarray(0, 2 * count), 2 * firstRow);
  rows.parentIds.set(scan.parentSpanIds.subarray(0, 2 * count), 2 * firstRow);
  rows.starts.set(new Uint32Array(times.buffer, times.byteOffset, 2 * count), 2 * firstRow);
  rows.durations.set(scan.durationsNano.subarray(0, count), firstRow);
  rows.kinds.set(scan.kinds.subarray(0, count), firstRow);
  rows.statusCodes.set(scan.statusCodes.subarray(0, count), firstRow);
}

/** A start time as a number: exact to 256 ns, which is enough to sort by. */
export function roughStart(rows: SpanRows, row: number): number {
  return (rows.starts[2 * row + 1] ?? 0) * 2 ** 32 + (rows.starts[2 * row] ?? 0);
}
