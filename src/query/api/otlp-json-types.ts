/**
 * Traces in OTLP's JSON. Types only: zero values are absent, ids are hex, 64-bit integers text.
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export interface OtlpTracesJson {
  readonly resourceSpans: readonly OtlpResourceSpansJson[];
}

export interface OtlpResourceSpansJson {
  readonly resource: OtlpResourceJson;
  readonly scopeSpans: readonly OtlpScopeSpansJson[];
  readonly schemaUrl?: string;
}

export interface OtlpResourceJson {
  readonly attributes?: readonly OtlpKeyValueJson[];
  readonly droppedAttributesCount?: number;
}

export interface OtlpScopeSpansJson {
  readonly scope: OtlpScopeJson;
  readonly spans: readonly OtlpSpanJson[];
  readonly schemaUrl?: string;
}

export interface OtlpScopeJson {
  readonly name?: string;
  readonly version?: string;
  readonly attributes?: readonly OtlpKeyValueJson[];
  readonly droppedAttributesCount?: number;
}

export interface OtlpSpanJson {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly flags?: number;
  readonly name?: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind?: number;
  readonly startTimeUnixNano?: string;
  readonly endTimeUnixNano?: string;
  readonly attributes?: readonly OtlpKeyValueJson[];
  readonly droppedAttributesCount?: number;
  readonly events?: readonly OtlpEventJson[];
  readonly droppedEventsCount?: number;
  readonly links?: readonly OtlpLinkJson[];
  readonly droppedLinksCount?: number;
  readonly status?: OtlpStatusJson;
}

export interface OtlpEventJson {
  readonly timeUnixNano?: string;
  readonly name?: string;
  readonly attributes?: readonly OtlpKeyValueJson[];
  readonly droppedAttributesCount?: number;
}

export interface OtlpLinkJson {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState?: string;
  readonly flags?: number;
  readonly attributes?: readonly OtlpKeyValueJson[];
  readonly droppedAttributesCount?: number;
}

export interface OtlpStatusJson {
  /** 1 ok, 2 error. */
  readonly code?: number;
  readonly message?: string;
}

export interface OtlpKeyValueJson {
  readonly key: string;
  readonly value: OtlpValueJson;
}

/** At most one of them. */
export interface OtlpValueJson {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string;
  /** NaN and Infinity are text. */
  readonly doubleValue?: number | string;
  /** Base64. */
  readonly bytesValue?: string;
  readonly arrayValue?: { readonly values?: readonly OtlpValueJson[] };
  readonly kvlistValue?: { readonly values?: readonly OtlpKeyValueJson[] };
}
