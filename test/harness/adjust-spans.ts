import { hostOf } from '../../src/model/adjust-clock-skew.ts';
import { RepeatedSpans, TracePlanner } from '../../src/model/adjust-trace.ts';
import type { AdjustOptions } from '../../src/model/adjust-trace.ts';
import { setSpanId } from '../../src/model/span-id-index.ts';
import { runToEnd } from '../../src/model/in-turns.ts';
import { SPAN_KINDS } from '../../src/model/span.ts';
import type { Span } from '../../src/model/span.ts';

/** The spans of one trace as they are shown. */
export function adjustSpans(spans: readonly Span[], options: AdjustOptions): readonly Span[] {
  const planner = new TracePlanner();
  for (const [row, span] of spans.entries()) {
    const ids = new Uint32Array(4);
    setSpanId(ids, 0, span.spanId);
    setSpanId(ids, 1, span.parentSpanId);
    planner.add({
      count: 1,
      spanIds: ids.subarray(0, 2),
      parentSpanIds: ids.subarray(2),
      kinds: Uint8Array.of(SPAN_KINDS.indexOf(span.kind)),
      startTimesUnixNano: BigUint64Array.of(span.startTimeUnixNano),
      durationsNano: Float64Array.of(Number(span.endTimeUnixNano - span.startTimeUnixNano)),
      hosts: [hostOf(span.resource)],
    });
    planner.libraries.see(span, row);
  }
  const repeated = new RepeatedSpans();
  for (const row of runToEnd(planner.repeatedRows())) {
    const span = spans[row];
    if (span !== undefined) repeated.add(span, row);
  }
  const plan = runToEnd(planner.finish(repeated.rows, options));
  return spans.flatMap((span, row) => plan.adjust(span, row) ?? []);
}
