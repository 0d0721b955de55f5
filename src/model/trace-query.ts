import type { SearchPosition, SpanCondition, TraceFilter } from './search-filter.ts';
import type { SpanKind } from './span.ts';

/**
 * One meaning of search on every backend: all conditions hold on the *same* span; the result is
 * traces, newest first by their newest matching span, ties by trace id.
 */
export interface TraceQuery {
  readonly serviceName?: string;
  readonly operationName?: string;
  readonly spanKind?: SpanKind;
  /** Each must match a span, resource, scope, event or link attribute, compared as text. */
  readonly attributes: readonly AttributeCondition[];
  /** Each must hold. Only for a backend whose capabilities have `filters`. */
  readonly filters?: readonly SpanCondition[];
  /** Each must hold for the trace as it is stored. The same backends can. */
  readonly traceFilters?: readonly TraceFilter[];
  /** Inclusive, by span start, in nanoseconds since 1970. */
  readonly startTimeMinNano: bigint;
  readonly startTimeMaxNano: bigint;
  /** Inclusive, nanoseconds, not 0, which senders write for none. Nothing takes less than no time. */
  readonly durationMinNano?: number;
  readonly durationMaxNano?: number;
  /** Traces, at least 1. */
  readonly limit: number;
  /**
   * Only traces that stand behind this one: the last of the page before. Pages neither repeat nor
   * skip a trace while nothing is written. Only for a backend whose capabilities have `cursor`.
   */
  readonly after?: SearchPosition;
}

export interface AttributeCondition {
  readonly key: string;
  readonly value: string;
}

/** A hint of when a trace happened; backends that index by time search only there. */
export interface TimeWindow {
  readonly startNano?: bigint;
  readonly endNano?: bigint;
}

export interface Operation {
  readonly name: string;
  readonly spanKind: SpanKind;
}

/** Calls of `child` by `parent`. */
export interface DependencyLink {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

/** What a list of search results shows, without the trace itself. */
export interface TraceSummary {
  readonly traceId: string;
  readonly rootServiceName: string;
  readonly rootOperationName: string;
  readonly minStartTimeNano: bigint;
  readonly maxEndTimeNano: bigint;
  readonly spanCount: number;
  readonly errorSpanCount: number;
  /** Spans whose parent is not in the trace. */
  readonly orphanSpanCount: number;
  /** Sorted by name. */
  readonly services: readonly ServiceSummary[];
}

export interface ServiceSummary {
  readonly name: string;
  readonly spanCount: number;
  readonly errorSpanCount: number;
}
