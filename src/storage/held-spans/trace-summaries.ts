import { STATUS_CODES } from '../../model/span.ts';
import type { TraceSummary } from '../../model/trace-query.ts';
import { summarizeTrace } from '../../model/trace-summary.ts';
import type { SummarySpan } from '../../model/trace-summary.ts';
import type { Segment } from './segment.ts';
import type { TraceRows } from './trace-rows.ts';

/** Sums a trace up from its columns; of the bytes only the names are read. */
export function summaryOfRows(traceId: string, rows: TraceRows): TraceSummary {
  return summarizeTrace(traceId, summarySpansOf(rows));
}

/** A span but for its attributes, events and links. */
export interface HeldSpan extends SummarySpan {
  /** OTLP SpanKind. */
  readonly kind: number;
}

export function summarySpansOf({ segments, rows }: TraceRows): readonly HeldSpan[] {
  return rows.flatMap((row, index) => {
    const segment = segments[index];
    return segment === undefined ? [] : [summarySpan(segment, row)];
  });
}

function summarySpan(segment: Segment, row: number): HeldSpan {
  const resource = segment.resourceRows[row] ?? 0;
  const { starts, ends } = segment.serviceNames;
  const high = segment.starts[2 * row] ?? 0;
  const low = segment.starts[2 * row + 1] ?? 0;
  const start = (BigInt(high) << 32n) + BigInt(low);
  return {
    spanId: idText(segment.spanIds, row),
    parentSpanId: idText(segment.parentSpanIds, row),
    name: segment.bytes.toString('utf8', segment.nameStarts[row], segment.nameEnds[row]),
    kind: segment.kinds[row] ?? 0,
    startTimeUnixNano: start,
    endTimeUnixNano: start + BigInt(segment.durationsNano[row] ?? 0),
    status: { code: STATUS_CODES[segment.statusCodes[row] ?? 0] ?? 'unset' },
    resource: { serviceName: segment.bytes.toString('utf8', starts[resource], ends[resource]) },
  };
}

/** '' for an id of zeros, which is the parent of a root. */
function idText(words: Uint32Array, row: number): string {
  const high = words[2 * row] ?? 0;
  const low = words[2 * row + 1] ?? 0;
  if (high === 0 && low === 0) return '';
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
