/** A span as a timeline shows it: whole microseconds, values as text, processes shared by reference. */
export interface TimelineSpan {
  readonly spanId: string;
  /** '' for a root span. */
  readonly parentSpanId: string;
  readonly operationName: string;
  /** Microseconds since 1970. */
  readonly startUs: number;
  readonly durationUs: number;
  readonly isError: boolean;
  /** 'server', 'client', …; '' when the span does not say. */
  readonly kind: string;
  readonly tags: readonly TextAttribute[];
  readonly process: TimelineProcess;
  readonly events: readonly TimelineEvent[];
  /** Links to other spans; the reference to the parent is not repeated here. */
  readonly references: readonly TimelineReference[];
  readonly warnings: readonly string[];
}

export interface TimelineProcess {
  readonly serviceName: string;
  readonly tags: readonly TextAttribute[];
}

export interface TextAttribute {
  readonly key: string;
  readonly value: string;
}

export interface TimelineEvent {
  /** Microseconds since 1970. */
  readonly timeUs: number;
  readonly fields: readonly TextAttribute[];
}

export interface TimelineReference {
  readonly kind: 'child-of' | 'follows-from';
  readonly traceId: string;
  readonly spanId: string;
}

export interface TimelineTrace {
  readonly traceId: string;
  readonly spans: readonly TimelineSpan[];
  readonly warnings: readonly string[];
}
