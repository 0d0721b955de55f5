import { hostOf } from '../../src/model/adjust-clock-skew.ts';
import { RepeatedSpans, TracePlanner } from '../../src/model/adjust-trace.ts';
import type { AdjustOptions } from '../../src/model/adjust-trace.ts';
import type { Span } from '../../src/model/span.ts';

/** The spans of one trace as they are shown. */
export function adjustSpans(spans: readonly Span[], options: AdjustOptions): readonly Span[] {
  const planner = new TracePlanner();
  for (const [row, span] of spans.entries()) {
    const { endTimeUnixNano, kind, parentSpanId, resource, spanId, startTimeUnixNano } = span;
    const nano = endTimeUnixNano - startTimeUnixNano;
    const durationNano = nano < 0n ? 0n : nano;
    const host = hostOf(resource);
    planner.add({ spanId, parentSpanId, kind, startNano: startTimeUnixNano, durationNano, host });
    planner.libraries.see(span, row);
  }
  const repeated = new RepeatedSpans();
  for (const row of planner.repeatedRows()) {
    const span = spans[row];
    if (span !== undefined) repeated.add(span, row);
  }
  const plan = planner.finish(repeated.rows, options);
  return spans.flatMap((span, row) => plan.adjust(span, row) ?? []);
}
