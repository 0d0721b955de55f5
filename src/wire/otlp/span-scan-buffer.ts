import type { ResourceScan, ScopeScan, SpanScan } from '../span-scan.ts';

/** Rows that a scan has room for. */
export interface ScanSize {
  readonly spans: number;
  readonly resources: number;
  readonly scopes: number;
}

/** A scan that is being filled, with the times as 32-bit words so that no bigint is made. */
export interface ScanRows extends SpanScan {
  /** Low word, high word a span: the little-endian halves of `startTimesUnixNano`. */
  readonly startTimeWords: Uint32Array;
  readonly resources: ResourceScan;
  readonly scopes: ScopeScan;
}

const SPAN_BYTES = 2 * 8 + (4 + 2 + 2 + 6) * 4 + 3;
const RESOURCE_BYTES = 6 * 4;
const SCOPE_BYTES = 4 * 4;

/** Memory that the arrays of a scan take. */
export function scanBytes({ spans, resources, scopes }: ScanSize): number {
  return spans * SPAN_BYTES + resources * RESOURCE_BYTES + scopes * SCOPE_BYTES;
}

/**
 * The arrays of a scan, all zero, as views of one buffer: one allocation a request, not twenty.
 * Assumes a little-endian machine, as every platform this runs on is.
 */
export function createScanRows(size: ScanSize): ScanRows {
  return viewRows(new ArrayBuffer(scanBytes(size)), size, size.spans);
}

/** The first spans of rows that were made with that size. */
export function firstRows(rows: ScanRows, size: ScanSize, spans: number): ScanRows {
  return spans === size.spans ? rows : viewRows(rows.traceIds.buffer, size, spans);
}

function viewRows(buffer: ArrayBufferLike, size: ScanSize, spans: number): ScanRows {
  const { resources, scopes } = size;
  let offset = 0;
  const place = (bytes: number): number => {
    const start = offset;
    offset += bytes;
    return start;
  };
  const words = (count: number): Uint32Array => new Uint32Array(buffer, place(4 * count), count);
  const spanWords = (each: number): Uint32Array =>
    new Uint32Array(buffer, place(4 * each * size.spans), each * spans);
  const spanOctets = (): Uint8Array => new Uint8Array(buffer, place(size.spans), spans);

  const timesAt = place(8 * size.spans);
  const durationsAt = place(8 * size.spans);
  return {
    count: spans,
    startTimesUnixNano: new BigUint64Array(buffer, timesAt, spans),
    startTimeWords: new Uint32Array(buffer, timesAt, 2 * spans),
    durationsNano: new Float64Array(buffer, durationsAt, spans),
    traceIds: spanWords(4),
    spanIds: spanWords(2),
    parentSpanIds: spanWords(2),
    spanStarts: spanWords(1),
    spanEnds: spanWords(1),
    nameStarts: spanWords(1),
    nameEnds: spanWords(1),
    resourceRows: spanWords(1),
    scopeRows: spanWords(1),
    resources: {
      count: resources,
      starts: words(resources),
      ends: words(resources),
      serviceNameStarts: words(resources),
      serviceNameEnds: words(resources),
      schemaUrlStarts: words(resources),
      schemaUrlEnds: words(resources),
    },
    scopes: {
      count: scopes,
      starts: words(scopes),
      ends: words(scopes),
      schemaUrlStarts: words(scopes),
      schemaUrlEnds: words(scopes),
    },
    kinds: spanOctets(),
    statusCodes: spanOctets(),
    asciiTexts: spanOctets(),
  };
}
