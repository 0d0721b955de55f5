import type { CriticalSection } from '../../../model/critical-path.ts';
import type { TimelineTrace } from '../../../model/timeline-span.ts';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import type { TreeRow } from '../../../model/trace-tree.ts';

/** What a view other than the timeline gets: the trace, what is looked for, and its own part of the URL. */
export interface TraceViewProps {
  /** As the address has it. */
  readonly traceId: string;
  readonly trace: TimelineTrace;
  readonly rows: readonly TreeRow[];
  readonly overview: TraceOverview;
  /** By row, last section first. */
  readonly critical: ReadonlyMap<number, readonly CriticalSection[]>;
  /** The text that is looked for, '' for none. */
  readonly find: string;
  /** Indexes of the rows that match it. */
  readonly found: ReadonlySet<number>;
  /** Goes to the span in the timeline. */
  readonly showSpan: (spanId: string) => void;
  /** The address's query with its question mark, or ''. */
  readonly search: string;
  /** Sets parameters of the view's own in the address, removes those that are undefined. */
  readonly onSearch: (change: Readonly<Record<string, string | undefined>>) => void;
}
