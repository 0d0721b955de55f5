import type { SpanBatch } from '../span-batch.ts';
import type { SpanScan } from '../span-scan.ts';
import { rewriteSpans } from './rewrite-spans.ts';
import { scanSpans } from './scan-spans.ts';

/** Of the tag and the length of a message within a message, at most. */
const PREFIX_BYTES = 6;

/**
 * The batch itself when it is no larger than that, else several with its spans in their order, each
 * with the resource and the scope it had. Only a span that is too large alone makes a larger one.
 */
export function* splitBatch(batch: SpanBatch, bytesMax: number): Generator<SpanBatch> {
  const { otlp, scan } = batch;
  if (otlp.length <= bytesMax) {
    yield batch;
    return;
  }
  for (let start = 0; start < scan.count;) {
    const from = start;
    const end = endOfPart(scan, from, bytesMax);
    const edits = { keepSpan: (row: number) => row >= from && row < end };
    const part = rewriteSpans(otlp, scan, edits, bytesMax);
    yield { ...batch, otlp: part, scan: scanSpans(part) };
    start = end;
  }
}

/** Which row is the first one behind a part that begins with this one. */
function endOfPart(scan: SpanScan, start: number, bytesMax: number): number {
  const { resourceRows, scopeRows, resources, scopes } = scan;
  let bytes = 0;
  for (let row = start; row < scan.count; row++) {
    const resource = resourceRows[row] ?? 0;
    const scope = scopeRows[row] ?? 0;
    bytes += PREFIX_BYTES + (scan.spanEnds[row] ?? 0) - (scan.spanStarts[row] ?? 0);
    if (row === start || resource !== resourceRows[row - 1])
      bytes += groupBytes(resources, resource);
    if (row === start || scope !== scopeRows[row - 1]) bytes += groupBytes(scopes, scope);
    if (bytes > bytesMax && row > start) return row;
  }
  return scan.count;
}

/** Of what is written once for the spans of a resource, or of a scope. */
function groupBytes(
  { starts, ends, schemaUrlStarts, schemaUrlEnds }: Omit<SpanScan['scopes'], 'count'>,
  row: number,
): number {
  const own = (ends[row] ?? 0) - (starts[row] ?? 0);
  const url = (schemaUrlEnds[row] ?? 0) - (schemaUrlStarts[row] ?? 0);
  return 3 * PREFIX_BYTES + own + url;
}
