import type { Gathering } from './gathering.ts';
import { sortedBy } from './sorted-order.ts';
import { createTextFinder, type FindTerms } from './text-finder.ts';
import type { TextAttribute, TimelineEvent } from './timeline-span.ts';
import type { SpanRow, TreeRow } from './trace-tree.ts';

/** One event of a span. It is read from the span when it is shown: there may be very many. */
export interface TraceLog {
  readonly row: SpanRow;
  /** Among the events of the span. */
  readonly index: number;
  /** Microseconds since 1970. */
  readonly timeUs: number;
}

/** All events of a trace, in the order of their time. */
export function gatherLogs(): Gathering<TreeRow, readonly TraceLog[]> {
  const logs: TraceLog[] = [];
  return {
    add: (row) => {
      if (row.type === 'ghost') return;
      for (const [index, { timeUs }] of row.span.events.entries())
        logs.push({ row, index, timeUs });
    },
    result: () => sortedBy(logs, ({ timeUs }) => timeUs, false),
  };
}

/** The logs in which any of the terms occurs: in the event, the service or the operation. */
export function gatherMatchingLogs(find: FindTerms): Gathering<TraceLog, readonly TraceLog[]> {
  const matching: TraceLog[] = [];
  const finder = createTextFinder(find);
  return {
    add: (log) => {
      const { span } = log.row;
      const found =
        find.terms.length === 0 ||
        finder.inText(span.process.serviceName) ||
        finder.inText(span.operationName) ||
        (span.events[log.index]?.fields ?? []).some(({ key, value }) =>
          finder.inAttribute(key, value),
        );
      if (found) matching.push(log);
    },
    result: () => matching,
  };
}

/** An event's name, which clients send as a field, and its other fields. */
export function eventParts(event: TimelineEvent | undefined): {
  readonly name: string;
  readonly fields: readonly TextAttribute[];
} {
  const fields = event?.fields ?? [];
  const name = fields.find(({ key }) => key === 'event');
  return { name: name?.value ?? '', fields: fields.filter((field) => field !== name) };
}
