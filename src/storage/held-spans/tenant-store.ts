import type { SpanBatch } from '../../wire/span-batch.ts';
import { NameIndex } from './name-index.ts';
import type { ServiceName } from './name-index.ts';
import { NO_SEGMENT, appendBatch, createSegment, hasRoomFor, retainedBytes } from './segment.ts';
import { segmentSizeFor } from './segment.ts';
import type { Segment, SegmentSize } from './segment.ts';
import type { SegmentArenas } from './segment-arenas.ts';
import { TRACE_BYTES, TraceTable } from './trace-table.ts';

const FIRST_SEGMENT_BYTES = 64 * 2 ** 10;

export interface TenantLimits {
  readonly maxTraces: number;
  /** Size to which segments grow. */
  readonly segmentBytes: number;
  /** Of the first segment, when much is expected. */
  readonly firstSegmentBytes?: number;
  /** Where segments of full size are from. */
  readonly arenas?: SegmentArenas;
}

/** What was evicted, ever, from all tenants. */
export interface Evictions {
  traces: number;
  spans: number;
}

/** All that one tenant stored. */
export class TenantStore {
  readonly traces: TraceTable;
  readonly names: NameIndex;
  spanCount = 0;
  private readonly limits: TenantLimits;
  private readonly evictions: Evictions;
  private readonly segmentsByNumber = new Map<number, Segment>();
  private open: Segment | undefined;
  private nextSegment = 0;
  private wishBytes: number;
  private closedBytes = 0;

  constructor(limits: TenantLimits, seed: number, evictions: Evictions) {
    this.limits = limits;
    this.evictions = evictions;
    this.traces = new TraceTable(seed);
    this.names = new NameIndex(seed);
    this.wishBytes = limits.firstSegmentBytes ?? FIRST_SEGMENT_BYTES;
  }

  get segmentCount(): number {
    return this.segmentsByNumber.size;
  }

  segments(): readonly Segment[] {
    return [...this.segmentsByNumber.values()];
  }

  segment(number: number): Segment | undefined {
    return this.segmentsByNumber.get(number);
  }

  /** Memory that is held for this tenant. */
  retainedBytes(): number {
    const open = this.open === undefined ? 0 : retainedBytes(this.open);
    return this.closedBytes + open + this.traces.size * TRACE_BYTES + this.names.retainedBytes;
  }

  add(batch: SpanBatch): void {
    if (batch.scan.count === 0) return;
    const segment = this.segmentFor(batch);
    // Held, so that an eviction meanwhile does not release it.
    segment.liveSpans += 1;
    const firstRow = appendBatch(segment, batch);
    this.indexRows(segment, firstRow, batch);
    segment.liveSpans -= 1;
    this.spanCount += batch.scan.count;
    this.releaseWhenEmpty(segment);
  }

  /** Gives the memory of all spans back, for others: nobody may read this store any more. */
  release(): void {
    const { arenas } = this.limits;
    for (const { bytes } of this.segmentsByNumber.values()) {
      if (bytes.buffer instanceof SharedArrayBuffer) arenas?.give(bytes.buffer);
    }
    this.segmentsByNumber.clear();
    this.open = undefined;
  }

  /** Forgets the trace that came first. */
  evictOldest(): void {
    const { traces } = this;
    const trace = traces.oldest;
    let spans = 0;
    let segmentNumber = traces.lastSegment(trace);
    let row = traces.lastRow(trace);
    while (segmentNumber !== NO_SEGMENT) {
      const segment = this.segmentsByNumber.get(segmentNumber);
      if (segment === undefined) throw new Error(`segment ${segmentNumber} left before its spans`);
      this.names.removeSpan(segment.operations[row] ?? 0);
      spans += 1;
      segment.liveSpans -= 1;
      segmentNumber = segment.previousSegments[row] ?? NO_SEGMENT;
      row = segment.previousRows[row] ?? 0;
      this.releaseWhenEmpty(segment);
    }
    traces.removeOldest();
    this.spanCount -= spans;
    this.evictions.spans += spans;
    this.evictions.traces += 1;
  }

  private segmentFor(batch: SpanBatch): Segment {
    if (this.open !== undefined && hasRoomFor(this.open, batch)) return this.open;
    if (this.open !== undefined) this.closedBytes += retainedBytes(this.open);
    const size = segmentSizeFor(batch, this.wishBytes);
    const segment = createSegment(this.nextSegment++, size, this.arenaFor(size));
    this.wishBytes = Math.min(2 * this.wishBytes, this.limits.segmentBytes);
    this.segmentsByNumber.set(segment.number, segment);
    this.open = segment;
    return segment;
  }

  private arenaFor({ bytes, rows }: SegmentSize): SharedArrayBuffer | undefined {
    const { arenas } = this.limits;
    return arenas?.size.bytes === bytes && arenas.size.rows === rows ? arenas.take() : undefined;
  }

  private indexRows(segment: Segment, firstRow: number, { scan }: SpanBatch): void {
    let resource = -1;
    let service: ServiceName | undefined;
    // Made once: an object a span is what would be collected most.
    const name = { source: segment.bytes, start: 0, end: 0 };
    for (let index = 0; index < scan.count; index++) {
      const row = firstRow + index;
      const resourceRow = segment.resourceRows[row] ?? 0;
      // An eviction may take the last span of a service, and then the service is another object.
      if (resourceRow !== resource || service?.operationCount === 0) service = undefined;
      resource = resourceRow;
      service ??= this.serviceOf(segment, resourceRow);
      name.start = segment.nameStarts[row] ?? 0;
      name.end = segment.nameEnds[row] ?? 0;
      segment.operations[row] = this.names.addSpan(service, segment.kinds[row] ?? 0, name);
      this.linkRow(segment, row, scan.traceIds, 4 * index);
    }
  }

  private serviceOf(segment: Segment, resourceRow: number): ServiceName {
    const { starts, ends } = segment.serviceNames;
    return this.names.service(segment.bytes, starts[resourceRow] ?? 0, ends[resourceRow] ?? 0);
  }

  private linkRow(segment: Segment, row: number, ids: Uint32Array, at: number): void {
    const { traces } = this;
    let trace = traces.find(ids, at);
    if (trace === undefined) {
      while (traces.size >= this.limits.maxTraces) this.evictOldest();
      trace = traces.add(ids, at);
    }
    segment.traces[row] = trace;
    segment.previousSegments[row] = traces.lastSegment(trace);
    segment.previousRows[row] = traces.lastRow(trace);
    segment.liveSpans += 1;
    traces.link(trace, segment.number, row);
  }

  private releaseWhenEmpty(segment: Segment): void {
    if (segment.liveSpans > 0) return;
    if (this.open === segment) this.open = undefined;
    else this.closedBytes -= retainedBytes(segment);
    this.segmentsByNumber.delete(segment.number);
  }
}
