import type { CallColumns, TraceColumns } from '../../model/service-calls.ts';
import { forEachCall } from '../../model/service-calls.ts';
import type { DependencyLink } from '../../model/trace-query.ts';
import { LinkCounts } from './link-counts.ts';
import type { Segment } from './segment.ts';
import type { TenantStore } from './tenant-store.ts';
import type { TimeSlice } from './time-slice.ts';
import { rowsByStart, traceRows } from './trace-rows.ts';
import type { TraceRows } from './trace-rows.ts';

const TRACES_A_LOOK = 64;

export interface LinkWindow {
  readonly startMs: number;
  readonly endMs: number;
}

/** Counts calls whose child starts in the window, over the traces kept at the start. */
export async function serviceLinks(
  store: TenantStore,
  window: LinkWindow,
  slice: TimeSlice,
): Promise<readonly DependencyLink[]> {
  const counts = new LinkCounts();
  const { next } = store.traces;
  for (let trace = store.traces.oldest; trace < next; trace++) {
    if (trace % TRACES_A_LOOK === 0 && slice.isOver()) await slice.rest();
    if (store.traces.isKept(trace)) {
      countCalls(store, rowsByStart(traceRows(store, trace)), window, counts);
    }
  }
  return counts.links();
}

function countCalls(
  store: TenantStore,
  trace: TraceRows,
  window: LinkWindow,
  counts: LinkCounts,
): void {
  forEachCallOf(trace, (parentRow, childRow, startMs) => {
    if (startMs < window.startMs || startMs > window.endMs) return;
    counts.add(serviceOf(store, trace, parentRow), serviceOf(store, trace, childRow));
  });
}

/** Names each call between the spans of a trace, which are by start, and when the child started. */
function forEachCallOf(
  trace: TraceRows,
  visit: (parent: number, child: number, startMs: number) => void,
): void {
  if (trace.rows.length < 2) return;
  forEachCall(callColumns(trace), (parent, child) => {
    visit(parent, child, startMsOf(trace, child));
  });
}

/** The spans of a trace by start, with their services as they say them. */
export function columnsOfRows(rows: TraceRows): TraceColumns {
  const trace = rowsByStart(rows);
  return {
    ...callColumns(trace),
    services: trace.rows.map((_, index) => ownServiceAt(trace, index)),
    startsMs: Float64Array.from(trace.rows, (_, index) => startMsOf(trace, index)),
  };
}

function ownServiceAt({ segments, rows }: TraceRows, index: number): string {
  const segment = segments[index];
  return segment === undefined ? '' : ownServiceName(segment, rows[index] ?? 0);
}

function callColumns({ segments, rows }: TraceRows): CallColumns {
  const count = rows.length;
  const spanIds = new Uint32Array(2 * count);
  const parentSpanIds = new Uint32Array(2 * count);
  const kinds = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const segment = segments[index];
    const row = rows[index] ?? 0;
    if (segment === undefined) continue;
    spanIds[2 * index] = segment.spanIds[2 * row] ?? 0;
    spanIds[2 * index + 1] = segment.spanIds[2 * row + 1] ?? 0;
    parentSpanIds[2 * index] = segment.parentSpanIds[2 * row] ?? 0;
    parentSpanIds[2 * index + 1] = segment.parentSpanIds[2 * row + 1] ?? 0;
    kinds[index] = segment.kinds[row] ?? 0;
  }
  return { count, spanIds, parentSpanIds, kinds };
}

/** To the microsecond or better, which is enough against a window in milliseconds. */
function startMsOf({ segments, rows }: TraceRows, index: number): number {
  const starts = segments[index]?.starts;
  const row = rows[index] ?? 0;
  return ((starts?.[2 * row] ?? 0) * 2 ** 32 + (starts?.[2 * row + 1] ?? 0)) / 1e6;
}

/** The service as a row says it, unless its name is one of too many. */
function serviceOf(store: TenantStore, { segments, rows }: TraceRows, index: number): string {
  const segment = segments[index];
  const row = rows[index] ?? 0;
  if (segment === undefined) return '';
  const service = store.names.operations[segment.operations[row] ?? 0]?.service;
  return service?.isOther === false ? service.name : ownServiceName(segment, row);
}

function ownServiceName(segment: Segment, row: number): string {
  const { starts, ends } = segment.serviceNames;
  const resource = segment.resourceRows[row] ?? 0;
  return segment.bytes.toString('utf8', starts[resource], ends[resource]);
}
