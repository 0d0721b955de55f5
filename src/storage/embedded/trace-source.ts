import type { TraceQuery, TraceSummary } from '../../model/trace-query.ts';
import type { TimeSlice } from '../held-spans/time-slice.ts';
import type { TraceOutline } from '../storage.ts';
import type { BlockSpan } from './block/block.ts';
import type { CallRows } from './block/call-rows.ts';
import type { FindOptions, FoundTrace } from './block/find-traces.ts';
import type { TraceKey } from './block/trace-rows.ts';

/**
 * A place that has some spans of some traces of one tenant: a block, or the head, which is what was
 * acknowledged and is not in a block yet. A search asks several and puts their answers together.
 */
export interface TraceSource {
  /** Starts of the oldest and the newest span. */
  readonly oldestNano: bigint;
  readonly newestNano: bigint;
  /** False when no span of the trace is here. */
  mayHave(key: TraceKey): boolean;
  /** Places of the traces that `mayHave` is true of: for many it is cheaper together. */
  whichMayBeHere(keys: readonly TraceKey[]): readonly number[];
  /** The newest `query.limit` traces that match here, newest first, ties by id. */
  find(
    query: TraceQuery,
    options: FindOptions,
    slice: TimeSlice,
  ): readonly FoundTrace[] | Promise<readonly FoundTrace[]>;
  /** The spans of a trace as OTLP TracesData messages of about a megabyte; none when it is not here. */
  readTrace(traceId: string): Generator<Uint8Array>;
  /** The outline of what `readTrace` gives. */
  outline(key: TraceKey): TraceOutline;
  /** Span ids of a trace, two words each: of all spans that `readTrace` gives, and perhaps of others. */
  spanIds(key: TraceKey): Iterable<Uint32Array>;
  /** Adds the spans of a trace by start, for who calls whom; false when it is not here. */
  addCallRows(key: TraceKey, to: CallRows): boolean;
  /** Sums up the spans of a trace that are here; undefined when there are none. */
  summarize(key: TraceKey): TraceSummary | undefined;
  /** The spans of a trace without their attributes, by start, then as they came. */
  summarySpans(traceId: string): readonly BlockSpan[];
}
