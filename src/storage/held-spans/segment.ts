import { Buffer } from 'node:buffer';
import type { SpanBatch } from '../../wire/span-batch.ts';
import type { SpanScan } from '../../wire/span-scan.ts';

/** Rows of a segment of this many bytes, were it full of the smallest spans worth planning for. */
const BYTES_PER_ROW = 256;
const ROW_BYTES = 3 * 8 + 14 * 4 + 2;
/** Of a resource and a scope. */
const GROUP_BYTES = 10 * 4;

/** No span: the end of a trace's list. */
export const NO_SEGMENT = -1;

/**
 * Bytes of many batches, one behind the other, and a row a span that says where it is. Rows and
 * bytes are only ever added, so a reader that remembers `rowCount` sees a segment that stands still.
 * Ranges count from the start of `bytes`; where names repeat those of `SpanScan` they mean the same.
 */
export interface Segment {
  readonly number: number;
  readonly bytes: Buffer;
  readonly rowCapacity: number;
  usedBytes: number;
  rowCount: number;
  resourceCount: number;
  scopeCount: number;
  /** Spans of traces that are still kept; the segment goes when none is left. */
  liveSpans: number;
  /** Which trace a row belongs to; see `TraceTable`. */
  readonly traces: Float64Array;
  /** The span that came before in the same trace. */
  readonly previousSegments: Float64Array;
  readonly previousRows: Uint32Array;
  readonly spanIds: Uint32Array;
  readonly parentSpanIds: Uint32Array;
  /** Start time: high word, low word. */
  readonly starts: Uint32Array;
  readonly durationsNano: Float64Array;
  readonly kinds: Uint8Array;
  readonly statusCodes: Uint8Array;
  readonly spanStarts: Uint32Array;
  readonly spanEnds: Uint32Array;
  readonly nameStarts: Uint32Array;
  readonly nameEnds: Uint32Array;
  /** See `NameIndex`. */
  readonly operations: Uint32Array;
  readonly resourceRows: Uint32Array;
  readonly scopeRows: Uint32Array;
  readonly resources: RangeColumns;
  readonly resourceSchemas: RangeColumns;
  readonly serviceNames: RangeColumns;
  readonly scopes: RangeColumns;
  readonly scopeSchemas: RangeColumns;
  /** The newest start of any row, as two words. */
  newestHigh: number;
  newestLow: number;
}

export interface RangeColumns {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

export interface SegmentSize {
  readonly bytes: number;
  readonly rows: number;
}

/** Room for a batch, or for `wishBytes` when that is more. */
export function segmentSizeFor(batch: SpanBatch, wishBytes: number): SegmentSize {
  const { scan, otlp } = batch;
  const wish = segmentSizeOf(wishBytes);
  return {
    bytes: Math.max(wish.bytes, otlp.length),
    rows: Math.max(wish.rows, scan.count, scan.resources.count, scan.scopes.count),
  };
}

/** Of so many bytes of spans. */
export function segmentSizeOf(bytes: number): SegmentSize {
  return { bytes, rows: Math.ceil(bytes / BYTES_PER_ROW) };
}

/** The most memory a segment takes: what a buffer must have that all of it is laid out in. */
export function segmentBufferBytes({ bytes, rows }: SegmentSize): number {
  return rows * (ROW_BYTES + GROUP_BYTES) + bytes;
}

/**
 * All columns lie in one buffer, so that another thread can be given all of them at once. Parts of it
 * that were never written take no memory: the system gives pages when they are.
 */
export function createSegment(
  number: number,
  size: SegmentSize,
  buffer: ArrayBufferLike = new ArrayBuffer(segmentBufferBytes(size)),
): Segment {
  const { rows } = size;
  let end = 0;
  const take = (bytes: number): number => {
    const start = end;
    end += bytes;
    return start;
  };
  const doubles = (): Float64Array => new Float64Array(buffer, take(8 * rows), rows);
  const words = (perRow = 1): Uint32Array =>
    new Uint32Array(buffer, take(4 * rows * perRow), rows * perRow);
  const bytes = (): Uint8Array => new Uint8Array(buffer, take(rows), rows);
  const ranges = (): RangeColumns => ({ starts: words(), ends: words() });
  // Wide numbers come first: an array starts at a multiple of its width.
  const wide = { traces: doubles(), previousSegments: doubles(), durationsNano: doubles() };
  return {
    number,
    rowCapacity: rows,
    usedBytes: 0,
    rowCount: 0,
    resourceCount: 0,
    scopeCount: 0,
    liveSpans: 0,
    ...wide,
    previousRows: words(),
    spanIds: words(2),
    parentSpanIds: words(2),
    starts: words(2),
    spanStarts: words(),
    spanEnds: words(),
    nameStarts: words(),
    nameEnds: words(),
    operations: words(),
    resourceRows: words(),
    scopeRows: words(),
    resources: ranges(),
    resourceSchemas: ranges(),
    serviceNames: ranges(),
    scopes: ranges(),
    scopeSchemas: ranges(),
    kinds: bytes(),
    statusCodes: bytes(),
    bytes: Buffer.from(buffer, end, size.bytes),
    newestHigh: 0,
    newestLow: 0,
  };
}

export function hasRoomFor(segment: Segment, { otlp, scan }: SpanBatch): boolean {
  const { rowCapacity } = segment;
  return (
    segment.usedBytes + otlp.length <= segment.bytes.length &&
    segment.rowCount + scan.count <= rowCapacity &&
    segment.resourceCount + scan.resources.count <= rowCapacity &&
    segment.scopeCount + scan.scopes.count <= rowCapacity
  );
}

/** Memory the written part of a segment takes. */
export function retainedBytes(segment: Segment): number {
  const groups = segment.resourceCount + segment.scopeCount;
  return segment.usedBytes + segment.rowCount * ROW_BYTES + groups * GROUP_BYTES;
}

/** What storing a batch takes, at most. */
export function batchBytes({ otlp, scan }: SpanBatch): number {
  const groups = scan.resources.count + scan.scopes.count;
  return otlp.length + scan.count * ROW_BYTES + groups * GROUP_BYTES;
}

/**
 * Copies bytes and columns of a batch that fits; returns the first row. Traces, list and operations
 * are the caller's to fill in.
 */
export function appendBatch(segment: Segment, { otlp, scan }: SpanBatch): number {
  const firstRow = segment.rowCount;
  const base = segment.usedBytes;
  // Into shared memory this is several times faster than `set`.
  Buffer.from(otlp.buffer, otlp.byteOffset, otlp.length).copy(segment.bytes, base);
  segment.spanIds.set(scan.spanIds.subarray(0, 2 * scan.count), 2 * firstRow);
  segment.parentSpanIds.set(scan.parentSpanIds.subarray(0, 2 * scan.count), 2 * firstRow);
  segment.durationsNano.set(scan.durationsNano.subarray(0, scan.count), firstRow);
  segment.kinds.set(scan.kinds.subarray(0, scan.count), firstRow);
  segment.statusCodes.set(scan.statusCodes.subarray(0, scan.count), firstRow);
  const part = { at: firstRow, count: scan.count };
  copyShifted(segment.spanStarts, scan.spanStarts, { ...part, shift: base });
  copyShifted(segment.spanEnds, scan.spanEnds, { ...part, shift: base });
  copyShifted(segment.nameStarts, scan.nameStarts, { ...part, shift: base });
  copyShifted(segment.nameEnds, scan.nameEnds, { ...part, shift: base });
  copyShifted(segment.resourceRows, scan.resourceRows, { ...part, shift: segment.resourceCount });
  copyShifted(segment.scopeRows, scan.scopeRows, { ...part, shift: segment.scopeCount });
  copyStarts(segment, scan, firstRow);
  copyGroups(segment, scan, base);
  segment.rowCount += scan.count;
  segment.usedBytes += otlp.length;
  return firstRow;
}

interface Part {
  readonly at: number;
  readonly count: number;
  readonly shift: number;
}

function copyShifted(target: Uint32Array, source: Uint32Array, { at, count, shift }: Part): void {
  for (let row = 0; row < count; row++) target[at + row] = (source[row] ?? 0) + shift;
}

/** Start times as words: comparing 64-bit integers would make an object for each. */
function copyStarts(segment: Segment, scan: SpanScan, firstRow: number): void {
  const { starts } = segment;
  let { newestHigh, newestLow } = segment;
  const times = scan.startTimesUnixNano;
  const words = new Uint32Array(times.buffer, times.byteOffset, 2 * scan.count);
  for (let row = 0; row < scan.count; row++) {
    const low = words[2 * row] ?? 0;
    const high = words[2 * row + 1] ?? 0;
    starts[2 * (firstRow + row)] = high;
    starts[2 * (firstRow + row) + 1] = low;
    if (high > newestHigh || (high === newestHigh && low > newestLow)) {
      newestHigh = high;
      newestLow = low;
    }
  }
  segment.newestHigh = newestHigh;
  segment.newestLow = newestLow;
}

function copyGroups(segment: Segment, { resources, scopes }: SpanScan, shift: number): void {
  const resourcePart = { at: segment.resourceCount, count: resources.count, shift };
  copyShifted(segment.resources.starts, resources.starts, resourcePart);
  copyShifted(segment.resources.ends, resources.ends, resourcePart);
  copyShifted(segment.resourceSchemas.starts, resources.schemaUrlStarts, resourcePart);
  copyShifted(segment.resourceSchemas.ends, resources.schemaUrlEnds, resourcePart);
  copyShifted(segment.serviceNames.starts, resources.serviceNameStarts, resourcePart);
  copyShifted(segment.serviceNames.ends, resources.serviceNameEnds, resourcePart);
  segment.resourceCount += resources.count;
  const scopePart = { at: segment.scopeCount, count: scopes.count, shift };
  copyShifted(segment.scopes.starts, scopes.starts, scopePart);
  copyShifted(segment.scopes.ends, scopes.ends, scopePart);
  copyShifted(segment.scopeSchemas.starts, scopes.schemaUrlStarts, scopePart);
  copyShifted(segment.scopeSchemas.ends, scopes.schemaUrlEnds, scopePart);
  segment.scopeCount += scopes.count;
}
