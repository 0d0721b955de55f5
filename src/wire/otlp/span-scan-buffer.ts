import type { ResourceScan, ScopeScan, SpanScan } from '../span-scan.ts';

/** Row counts of a scan, known before its arrays are made. */
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
  const { spans, resources, scopes } = size;
  const buffer = new ArrayBuffer(scanBytes(size));
  let offset = 0;
  const place = (size: number): number => {
    const start = offset;
    offset += size;
    return start;
  };
  const words = (count: number): Uint32Array => new Uint32Array(buffer, place(4 * count), count);
  const octets = (count: number): Uint8Array => new Uint8Array(buffer, place(count), count);

  const timesAt = place(8 * spans);
  const durationsAt = place(8 * spans);
  return {
    count: spans,
    startTimesUnixNano: new BigUint64Array(buffer, timesAt, spans),
    startTimeWords: new Uint32Array(buffer, timesAt, 2 * spans),
    durationsNano: new Float64Array(buffer, durationsAt, spans),
    traceIds: words(4 * spans),
    spanIds: words(2 * spans),
    parentSpanIds: words(2 * spans),
    spanStarts: words(spans),
    spanEnds: words(spans),
    nameStarts: words(spans),
    nameEnds: words(spans),
    resourceRows: words(spans),
    scopeRows: words(spans),
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
    kinds: octets(spans),
    statusCodes: octets(spans),
    asciiTexts: octets(spans),
  };
}
