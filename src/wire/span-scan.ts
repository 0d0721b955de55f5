/**
 * Where the spans of an OTLP TracesData message are, and the few fixed-size fields every stage
 * needs: one row a span in message order, no strings. All offsets count from the first byte of the
 * message the scan was made of; ranges are [start, end) of a field's payload, without tag and length.
 */
export interface SpanScan {
  readonly count: number;
  /** Four big-endian words a span. */
  readonly traceIds: Uint32Array;
  /** Two big-endian words a span. */
  readonly spanIds: Uint32Array;
  /** Two big-endian words a span; both zero for a root span. */
  readonly parentSpanIds: Uint32Array;
  readonly startTimesUnixNano: BigUint64Array;
  /** Nanoseconds, end minus start; negative when the span ends before it starts. */
  readonly durationsNano: Float64Array;
  /** OTLP SpanKind. */
  readonly kinds: Uint8Array;
  /** OTLP StatusCode. */
  readonly statusCodes: Uint8Array;
  /** 1 when every text of the span is known to be ASCII, 0 when nobody has looked. */
  readonly asciiTexts: Uint8Array;
  /** The Span message. */
  readonly spanStarts: Uint32Array;
  readonly spanEnds: Uint32Array;
  /** Span.name; start = end when the name is absent or empty. */
  readonly nameStarts: Uint32Array;
  readonly nameEnds: Uint32Array;
  /** Row in `resources` and in `scopes`. */
  readonly resourceRows: Uint32Array;
  readonly scopeRows: Uint32Array;
  readonly resources: ResourceScan;
  readonly scopes: ScopeScan;
}

/** One row a ResourceSpans message. */
export interface ResourceScan {
  readonly count: number;
  /** The Resource message; start = end when absent. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** Text of the string attribute service.name; start = end when absent, empty or not a string. */
  readonly serviceNameStarts: Uint32Array;
  readonly serviceNameEnds: Uint32Array;
  /** ResourceSpans.schema_url. */
  readonly schemaUrlStarts: Uint32Array;
  readonly schemaUrlEnds: Uint32Array;
}

/** One row a ScopeSpans message. */
export interface ScopeScan {
  readonly count: number;
  /** The InstrumentationScope message; start = end when absent. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** ScopeSpans.schema_url. */
  readonly schemaUrlStarts: Uint32Array;
  readonly schemaUrlEnds: Uint32Array;
}
