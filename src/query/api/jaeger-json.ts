/** Jaeger's own JSON of `/api/*`. Types only: the browser imports them too. */
export interface JaegerEnvelope<T> {
  readonly data: T;
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
  readonly errors: readonly JaegerError[] | null;
  /** Of a search whose page is full: the parameter `cursor` of the next one. */
  readonly nextCursor?: string;
}

export interface JaegerError {
  /** HTTP status; absent for a trace that is missing among several. */
  readonly code?: number;
  readonly msg: string;
  readonly traceID?: string;
}

export interface JaegerTrace {
  /** 16 hex digits when the high half is zero, else 32. */
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  /** By key: p1, p2, … in order of first use. */
  readonly processes: Readonly<Record<string, JaegerProcess>>;
  readonly warnings: readonly string[] | null;
}

export interface JaegerSpan {
  readonly traceID: string;
  /** 16 hex digits. */
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly JaegerReference[];
  /** Microseconds since 1970. */
  readonly startTime: number;
  /** Microseconds. */
  readonly duration: number;
  readonly tags: readonly JaegerKeyValue[];
  readonly logs: readonly JaegerLog[];
  readonly processID: string;
  readonly warnings: readonly string[] | null;
}

export interface JaegerReference {
  readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  readonly traceID: string;
  readonly spanID: string;
}

export interface JaegerLog {
  /** Microseconds since 1970. */
  readonly timestamp: number;
  readonly fields: readonly JaegerKeyValue[];
}

export interface JaegerProcess {
  readonly serviceName: string;
  readonly tags: readonly JaegerKeyValue[];
}

export interface JaegerKeyValue {
  readonly key: string;
  readonly type: 'string' | 'bool' | 'int64' | 'float64' | 'binary';
  /**
   * int64 beyond ±(2^53−1) and doubles that JSON cannot write (NaN, Infinity) are text; binary is
   * base64, and null when empty.
   */
  readonly value: string | number | boolean | null;
}

export interface JaegerOperation {
  readonly name: string;
  /** '' when the spans do not say. */
  readonly spanKind: string;
}

export interface JaegerDependency {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

/** Of `/api/deep-dependencies`, without an envelope. */
export interface DeepDependenciesJson {
  readonly dependencies: readonly {
    readonly path: readonly { readonly service: string; readonly operation: string }[];
    readonly attributes: readonly { readonly key: string; readonly value: string }[];
  }[];
}

/** Of `/api/quality-metrics`, without an envelope. */
export interface QualityJson {
  readonly traceQualityDocumentationLink: string;
  readonly bannerText: string;
  readonly scores: readonly QualityScoreJson[];
  readonly metrics: readonly QualityMetricJson[];
  readonly clients: readonly QualityClientJson[];
}

export interface QualityScoreJson {
  readonly key: string;
  readonly label: string;
  readonly max: number;
  readonly value: number;
}

export interface QualityMetricJson {
  readonly name: string;
  readonly category: string;
  readonly description: string;
  readonly metricDocumentationLink: string;
  readonly metricWeight: number;
  readonly passCount: number;
  readonly passExamples: readonly QualityExampleJson[];
  readonly failureCount: number;
  readonly failureExamples: readonly QualityExampleJson[];
  readonly exemptionCount: number;
  readonly exemptionExamples: readonly QualityExampleJson[];
  readonly details: readonly never[];
}

export interface QualityClientJson {
  readonly version: string;
  readonly minVersion: string;
  readonly count: number;
  readonly examples: readonly QualityExampleJson[];
}

export interface QualityExampleJson {
  readonly spanIDs: readonly string[];
  readonly traceID: string;
}

/** Of `/api/metrics/*`, without an envelope: `jaeger.api_v2.metrics.MetricFamily`. */
export interface MetricFamilyJson {
  readonly name: string;
  readonly type: 'GAUGE';
  readonly help: string;
  /** Absent when there are none. */
  readonly metrics?: readonly MetricJson[];
}

export interface MetricJson {
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  readonly metricPoints: readonly {
    /** NaN and Infinity are text. */
    readonly gaugeValue: { readonly doubleValue: number | string };
    /** RFC 3339. */
    readonly timestamp: string;
  }[];
}
