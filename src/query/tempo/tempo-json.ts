/** JSON of Tempo's API. Types only. */
export interface TempoBuildJson {
  readonly version: string;
  readonly revision: string;
  readonly branch: string;
  readonly buildUser: string;
  readonly buildDate: string;
  readonly goVersion: string;
}

export interface TempoTraceJson {
  /** ResourceSpans in Tempo's dialect of OTLP's JSON: ids are base64, kinds and status codes names. */
  readonly batches: readonly object[];
}

export interface TempoTraceV2Json {
  readonly trace: { readonly resourceSpans: readonly object[] };
  readonly metrics: object;
}

/** `tempopb.SearchResponse`; `status` and `message` are as in answers of one trace. */
export interface TempoSearchJson {
  readonly traces: readonly FoundTraceJson[];
  readonly metrics: {
    readonly inspectedTraces?: number;
    readonly inspectedBytes?: string;
    readonly completedJobs: number;
    readonly totalJobs: number;
  };
  readonly status?: 'PARTIAL';
  readonly message?: string;
}

/** `tempopb.TraceSearchMetadata`: zero values are absent, 64-bit numbers are texts. */
export interface FoundTraceJson {
  readonly traceID: string;
  readonly rootServiceName?: string;
  readonly rootTraceName?: string;
  readonly startTimeUnixNano?: string;
  readonly durationMs?: number;
  /** The older form of `spanSets`, which clients still read. */
  readonly spanSet: SpanSetJson;
  readonly spanSets: readonly SpanSetJson[];
}

interface SpanSetJson {
  readonly spans: readonly FoundSpanJson[];
  /** All that were found, of which only some are shown. */
  readonly matched: number;
}

export interface FoundSpanJson {
  readonly spanID: string;
  readonly name?: string;
  readonly startTimeUnixNano?: string;
  readonly durationNanos?: string;
  /** In OTLP's JSON. */
  readonly attributes?: readonly unknown[];
}

export interface TempoTagsJson {
  readonly tagNames: readonly string[];
  readonly metrics: object;
}

export interface TempoScopedTagsJson {
  readonly scopes: readonly ScopeTagsJson[];
  readonly metrics: object;
}

export interface ScopeTagsJson {
  readonly name: 'resource' | 'span' | 'event' | 'link' | 'instrumentation' | 'intrinsic';
  readonly tags: readonly string[];
}

export interface TempoTagValuesJson {
  readonly tagValues: readonly string[];
  readonly metrics: object;
}

export interface TempoTypedTagValuesJson {
  readonly tagValues: readonly TypedTagValueJson[];
  readonly metrics: object;
}

/** How a value is written in TraceQL: as it is, or quoted for `string`. */
export interface TypedTagValueJson {
  readonly type: 'string' | 'int' | 'float' | 'bool' | 'keyword';
  readonly value: string;
}
