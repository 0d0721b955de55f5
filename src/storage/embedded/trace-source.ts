import type { TraceQuery } from '../../model/trace-query.ts';
import type { SummarySpan } from '../../model/trace-summary.ts';
import type { BlockNames } from './block/block-names.ts';
import type { FindOptions, FoundTrace } from './block/find-traces.ts';

/**
 * A place that has some spans of some traces of one tenant: a block, or the head, which is what was
 * acknowledged and is not in a block yet. A search asks several and puts their answers together.
 */
export interface TraceSource {
  readonly spanCount: number;
  /** Starts of the oldest and the newest span. */
  readonly oldestNano: bigint;
  readonly newestNano: bigint;
  /** Services and operations. */
  names(): BlockNames;
  /** Distinct keys of attributes. */
  attributeKeys(): readonly string[];
  /** Some distinct values of a span attribute, as texts. */
  attributeValues(key: string, limit: number): readonly string[];
  /** The newest `query.limit` traces that match here, newest first, ties by id. */
  find(query: TraceQuery, options?: FindOptions): readonly FoundTrace[];
  /** The spans of a trace as OTLP TracesData messages of about a megabyte; none when it is not here. */
  readTrace(traceId: string): Generator<Uint8Array>;
  /** What a summary of the trace needs to know of its spans here. */
  summarySpans(traceId: string): readonly SummarySpan[];
}
