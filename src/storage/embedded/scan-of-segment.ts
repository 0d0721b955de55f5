import type { Segment } from '../held-spans/segment.ts';
import type { NumberedScan } from './block/block-builder.ts';

/** All rows of a segment as the scan of one message. */
export function scanOfSegment(segment: Segment): NumberedScan {
  return {
    count: segment.rowCount,
    spanIds: segment.spanIds,
    parentSpanIds: segment.parentSpanIds,
    startTimesUnixNano: startTimes(segment),
    durationsNano: segment.durationsNano,
    kinds: segment.kinds,
    statusCodes: segment.statusCodes,
    spanStarts: segment.spanStarts,
    spanEnds: segment.spanEnds,
    nameStarts: segment.nameStarts,
    nameEnds: segment.nameEnds,
    resourceRows: segment.resourceRows,
    scopeRows: segment.scopeRows,
    resources: {
      count: segment.resourceCount,
      ...segment.resources,
      serviceNameStarts: segment.serviceNames.starts,
      serviceNameEnds: segment.serviceNames.ends,
      schemaUrlStarts: segment.resourceSchemas.starts,
      schemaUrlEnds: segment.resourceSchemas.ends,
    },
    scopes: {
      count: segment.scopeCount,
      ...segment.scopes,
      schemaUrlStarts: segment.scopeSchemas.starts,
      schemaUrlEnds: segment.scopeSchemas.ends,
    },
  };
}

/** A segment has the high word first, a scan the low one. */
function startTimes({ starts, rowCount }: Segment): BigUint64Array {
  const times = new BigUint64Array(rowCount);
  const words = new Uint32Array(times.buffer);
  for (let row = 0; row < rowCount; row++) {
    words[2 * row] = starts[2 * row + 1] ?? 0;
    words[2 * row + 1] = starts[2 * row] ?? 0;
  }
  return times;
}
