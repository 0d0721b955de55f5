/** Jaeger JSON as the query service sends it, in the parts that tests vary. */
export interface FixtureSpan {
  readonly id: string;
  readonly parent?: string;
  readonly service: string;
  readonly operation: string;
  /** Microseconds after the trace's start. */
  readonly at: number;
  readonly duration: number;
  readonly tags?: Readonly<Record<string, string | number | boolean>>;
  readonly process?: Readonly<Record<string, string>>;
  readonly events?: readonly { readonly at: number; readonly fields: Record<string, string> }[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly warnings?: readonly string[];
}

/** 21 Nov 2026, 09:00:00 UTC, in microseconds. */
export const FIXTURE_START_US = 1_795_251_600_000_000;

export function jaegerTrace(traceId: string, spans: readonly FixtureSpan[]): unknown {
  const services = [...new Set(spans.map((span) => span.service))];
  const processOf = (service: string): string => `p${services.indexOf(service) + 1}`;
  const processes = Object.fromEntries(
    services.map((service) => [
      processOf(service),
      {
        serviceName: service,
        tags: keyValues(spans.find((span) => span.service === service)?.process ?? {}),
      },
    ]),
  );
  return {
    data: [
      {
        traceID: traceId,
        spans: spans.map((span) => jaegerSpan(traceId, span, processOf(span.service))),
        processes,
        warnings: null,
      },
    ],
    total: 0,
    limit: 0,
    offset: 0,
    errors: null,
  };
}

function jaegerSpan(traceId: string, span: FixtureSpan, processID: string): unknown {
  const parent = span.parent === undefined ? [] : [{ traceId, spanId: span.parent }];
  const reference = (refType: string) => (to: { traceId: string; spanId: string }) => ({
    refType,
    traceID: to.traceId,
    spanID: to.spanId,
  });
  return {
    traceID: traceId,
    spanID: span.id,
    operationName: span.operation,
    references: [
      ...parent.map(reference('CHILD_OF')),
      ...(span.links ?? []).map(reference('FOLLOWS_FROM')),
    ],
    startTime: FIXTURE_START_US + span.at,
    duration: span.duration,
    tags: keyValues(span.tags ?? {}),
    logs: (span.events ?? []).map((event) => ({
      timestamp: FIXTURE_START_US + event.at,
      fields: keyValues(event.fields),
    })),
    processID,
    warnings: span.warnings ?? null,
  };
}

function keyValues(record: Readonly<Record<string, string | number | boolean>>): unknown[] {
  return Object.entries(record).map(([key, value]) => ({
    key,
    type: { string: 'string', number: 'int64', boolean: 'bool' }[typeof value as string],
    value,
  }));
}
