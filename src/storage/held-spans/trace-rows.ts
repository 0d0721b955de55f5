import { runToEnd } from '../../model/in-turns.ts';
import { areDistinctIds } from '../../model/span-id-index.ts';
import { NO_SEGMENT } from './segment.ts';
import type { Segment } from './segment.ts';
import type { TenantStore } from './tenant-store.ts';

/** Where the spans of one trace are, in the order they came. */
export interface TraceRows {
  readonly segments: readonly Segment[];
  readonly rows: readonly number[];
}

/** Up to here comparing each with each is faster than hashing. */
const FEW_ROWS = 24;

/** The spans of a kept trace; a span that was delivered twice is there once. */
export function traceRows(store: TenantStore, trace: number): TraceRows {
  return withoutRepeats(allRows(store, trace));
}

/** The spans that several stores have of one trace, in their order, each once. */
export function joinTraceRows(
  parts: readonly { readonly store: TenantStore; readonly trace: number }[],
): TraceRows {
  const all = parts.map(({ store, trace }) => allRows(store, trace));
  return withoutRepeats({
    segments: all.flatMap(({ segments }) => segments),
    rows: all.flatMap(({ rows }) => rows),
  });
}

/**
 * The same rows by start, equal ones as they came: to 256 ns, which is the order of every place that
 * keeps spans by start.
 */
export function rowsByStart({ segments, rows }: TraceRows): TraceRows {
  const starts = rows.map((row, index) => {
    const words = segments[index]?.starts;
    return (words?.[2 * row] ?? 0) * 2 ** 32 + (words?.[2 * row + 1] ?? 0);
  });
  if (starts.every((start, index) => index === 0 || (starts[index - 1] ?? 0) <= start)) {
    return { segments, rows };
  }
  const order = starts.map((_, index) => index).sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
  return {
    segments: order.flatMap((index) => segments[index] ?? []),
    rows: order.map((index) => rows[index] ?? 0),
  };
}

/** Every span of a kept trace as it was written. */
export function allRows(store: TenantStore, trace: number): TraceRows {
  const segments: Segment[] = [];
  const rows: number[] = [];
  let segmentNumber = store.traces.lastSegment(trace);
  let row = store.traces.lastRow(trace);
  while (segmentNumber !== NO_SEGMENT) {
    const segment = store.segment(segmentNumber);
    if (segment === undefined) throw new Error(`segment ${segmentNumber} left before its spans`);
    segments.push(segment);
    rows.push(row);
    segmentNumber = segment.previousSegments[row] ?? NO_SEGMENT;
    row = segment.previousRows[row] ?? 0;
  }
  return { segments: segments.reverse(), rows: rows.reverse() };
}

function withoutRepeats(all: TraceRows): TraceRows {
  const isLarge = all.rows.length > FEW_ROWS;
  if (isLarge && runToEnd(areDistinctIds(spanIdsOf(all)))) return all;
  const isRepeat = isLarge ? repeatsByHash(all) : repeatsByPairs(all);
  if (!isRepeat.includes(1)) return all;
  const first = (_: unknown, index: number): boolean => isRepeat[index] === 0;
  return { segments: all.segments.filter(first), rows: all.rows.filter(first) };
}

/** Two words a row. */
export function spanIdsOf({ segments, rows }: TraceRows): Uint32Array {
  const ids = new Uint32Array(2 * rows.length);
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] ?? 0;
    const own = segments[index]?.spanIds;
    ids[2 * index] = own?.[2 * row] ?? 0;
    ids[2 * index + 1] = own?.[2 * row + 1] ?? 0;
  }
  return ids;
}

function repeatsByPairs(all: TraceRows): Uint8Array {
  const { segments, rows } = all;
  const isRepeat = new Uint8Array(rows.length);
  const ids = rows.map((row, index) => segments[index]?.spanIds[2 * row + 1]);
  for (let later = 1; later < isRepeat.length; later++) {
    // Nearly every span has an id that no other has: no need to look further.
    for (let at = ids.indexOf(ids[later]); at < later; at = ids.indexOf(ids[later], at + 1)) {
      if (isRepeat[at] === 0 && isSameSpan(all, at, later)) isRepeat[later] = 1;
    }
  }
  return isRepeat;
}

/** Linear also when every span has the same id, because the hash is of all its bytes. */
function repeatsByHash(all: TraceRows): Uint8Array {
  const isRepeat = new Uint8Array(all.rows.length);
  const firsts = new Map<number, number[]>();
  const seed = Math.trunc(Math.random() * 2 ** 32);
  for (let index = 0; index < isRepeat.length; index++) {
    const hash = hashSpan(all, index, seed);
    const same = firsts.get(hash);
    if (same === undefined) firsts.set(hash, [index]);
    else if (same.some((earlier) => isSameSpan(all, earlier, index))) isRepeat[index] = 1;
    else same.push(index);
  }
  return isRepeat;
}

function hashSpan({ segments, rows }: TraceRows, index: number, seed: number): number {
  const segment = segments[index];
  const row = rows[index];
  if (segment === undefined || row === undefined) return 0;
  const { bytes } = segment;
  const start = segment.spanStarts[row] ?? 0;
  const end = segment.spanEnds[row] ?? 0;
  let hash = seed ^ (end - start);
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word =
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash;
}

/** Same bytes of span, resource and scope. */
function isSameSpan({ segments, rows }: TraceRows, a: number, b: number): boolean {
  const segmentA = segments[a];
  const segmentB = segments[b];
  const rowA = rows[a];
  const rowB = rows[b];
  if (segmentA === undefined || segmentB === undefined) return false;
  if (rowA === undefined || rowB === undefined) return false;
  return (
    isSameRange(segmentA, segmentB, spanRange(segmentA, rowA), spanRange(segmentB, rowB)) &&
    isSameRange(segmentA, segmentB, resourceRange(segmentA, rowA), resourceRange(segmentB, rowB)) &&
    isSameRange(segmentA, segmentB, scopeRange(segmentA, rowA), scopeRange(segmentB, rowB))
  );
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function spanRange(segment: Segment, row: number): Range {
  return { start: segment.spanStarts[row] ?? 0, end: segment.spanEnds[row] ?? 0 };
}

function resourceRange(segment: Segment, row: number): Range {
  const { starts, ends } = segment.resources;
  const resource = segment.resourceRows[row] ?? 0;
  return { start: starts[resource] ?? 0, end: ends[resource] ?? 0 };
}

function scopeRange(segment: Segment, row: number): Range {
  const { starts, ends } = segment.scopes;
  const scope = segment.scopeRows[row] ?? 0;
  return { start: starts[scope] ?? 0, end: ends[scope] ?? 0 };
}

function isSameRange(a: Segment, b: Segment, rangeA: Range, rangeB: Range): boolean {
  if (rangeA.end - rangeA.start !== rangeB.end - rangeB.start) return false;
  if (a === b && rangeA.start === rangeB.start) return true;
  return a.bytes.compare(b.bytes, rangeB.start, rangeB.end, rangeA.start, rangeA.end) === 0;
}
