import type { TimelineSpan } from '../../src/model/timeline-span.ts';

/** A span of 100 µs that starts at the trace's start, unless told otherwise. */
export function aTimelineSpan(spanId: string, changes: Partial<TimelineSpan> = {}): TimelineSpan {
  return {
    spanId,
    parentSpanId: '',
    operationName: `op-${spanId}`,
    startUs: 1_000,
    durationUs: 100,
    isError: false,
    kind: '',
    tags: [],
    process: { serviceName: 'shop', tags: [] },
    events: [],
    references: [],
    warnings: [],
    ...changes,
  };
}
