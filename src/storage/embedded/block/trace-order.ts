import { roughStart } from './span-rows.ts';
import type { SpanRows } from './span-rows.ts';
import type { TraceNumbers } from './trace-numbers.ts';

/** Rows in the order of a block: by start of their trace, by trace, by their own start. */
export interface TraceOrder {
  /** Old row by new row. */
  readonly rows: Uint32Array;
  /** Trace numbers in their order. */
  readonly traces: Uint32Array;
  /** First new row of each trace in that order; one more than traces. */
  readonly firstRows: Uint32Array;
}

/** `repeatsIn` says which of the rows of a trace to leave out, undefined when none. */
export function traceOrder(
  rows: SpanRows,
  count: number,
  traces: TraceNumbers,
  repeatsIn: (rows: Uint32Array) => readonly boolean[] | undefined,
): TraceOrder {
  const starts = roughStarts(rows, count);
  const { ends, byTrace } = groupByTrace(rows, count, traces.count);
  const rowsOf = (trace: number): Uint32Array =>
    byTrace.subarray(trace === 0 ? 0 : ends[trace - 1], ends[trace]);
  const firsts = new Float64Array(traces.count);
  const inOrder = new Uint32Array(traces.count);
  for (let trace = 0; trace < traces.count; trace++) {
    const own = rowsOf(trace);
    sortByStart(own, starts);
    firsts[trace] = starts[own[0] ?? 0] ?? 0;
    inOrder[trace] = trace;
  }
  inOrder.sort((a, b) => (firsts[a] ?? 0) - (firsts[b] ?? 0) || compareIds(traces.ids, a, b));
  const ordered = new Uint32Array(count);
  const firstRows = new Uint32Array(traces.count + 1);
  let next = 0;
  for (let at = 0; at < inOrder.length; at++) {
    const own = rowsOf(inOrder[at] ?? 0);
    const repeats = own.length > 1 ? repeatsIn(own) : undefined;
    firstRows[at] = next;
    next = copyUnlessRepeated(ordered, next, own, repeats);
  }
  firstRows[inOrder.length] = next;
  return { rows: ordered.subarray(0, next), traces: inOrder, firstRows };
}

/** Copies rows to `at`; returns where they end. */
function copyUnlessRepeated(
  to: Uint32Array,
  at: number,
  rows: Uint32Array,
  repeats: readonly boolean[] | undefined,
): number {
  let next = at;
  for (let index = 0; index < rows.length; index++) {
    if (repeats?.[index] !== true) to[next++] = rows[index] ?? 0;
  }
  return next;
}

function roughStarts(rows: SpanRows, count: number): Float64Array {
  const starts = new Float64Array(count);
  for (let row = 0; row < count; row++) starts[row] = roughStart(rows, row);
  return starts;
}

function groupByTrace(
  rows: SpanRows,
  count: number,
  traceCount: number,
): { ends: Uint32Array; byTrace: Uint32Array } {
  const ends = new Uint32Array(traceCount);
  for (let row = 0; row < count; row++) {
    const trace = rows.traces[row] ?? 0;
    ends[trace] = (ends[trace] ?? 0) + 1;
  }
  for (let trace = 0, sum = 0; trace < traceCount; trace++) {
    const size = ends[trace] ?? 0;
    ends[trace] = sum;
    sum += size;
  }
  const byTrace = new Uint32Array(count);
  for (let row = 0; row < count; row++) {
    const trace = rows.traces[row] ?? 0;
    const at = ends[trace] ?? 0;
    byTrace[at] = row;
    ends[trace] = at + 1;
  }
  return { ends, byTrace };
}

const FEW_ROWS = 40;

function sortByStart(rows: Uint32Array, starts: Float64Array): void {
  if (rows.length > FEW_ROWS) {
    rows.sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0) || a - b);
    return;
  }
  for (let at = 1; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    const start = starts[row] ?? 0;
    let to = at;
    while (to > 0 && (starts[rows[to - 1] ?? 0] ?? 0) > start) {
      rows[to] = rows[to - 1] ?? 0;
      to -= 1;
    }
    rows[to] = row;
  }
}

function compareIds(ids: Uint32Array, a: number, b: number): number {
  for (let word = 0; word < 4; word++) {
    const order = (ids[4 * a + word] ?? 0) - (ids[4 * b + word] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}
