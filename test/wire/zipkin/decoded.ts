import type { Attribute, Span } from '../../../src/model/span.ts';
import { decodeSpans } from '../../../src/wire/otlp/decode-trace.ts';
import { scanSpans } from '../../../src/wire/otlp/scan-spans.ts';

/** What a test compares of a span, with the service in place of the resource. */
export interface PlainSpan {
  readonly service: string;
  readonly scope: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: string;
  readonly startNano: bigint;
  readonly durationNano: bigint;
  readonly status: string;
  readonly attributes: readonly (readonly [string, unknown])[];
  readonly events: readonly (readonly [bigint, string])[];
}

/** Decodes what a codec made, which must also be what the pipeline's scan accepts. */
export function decoded(otlp: Uint8Array): readonly PlainSpan[] {
  const spans = decodeSpans(otlp);
  if (scanSpans(otlp).count !== spans.length) throw new Error('the scan counts other spans');
  return spans.map(plain);
}

function plain(span: Span): PlainSpan {
  return {
    service: span.resource.serviceName,
    scope: `${span.scope.name}@${span.scope.version}`,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    traceState: span.traceState,
    flags: span.flags,
    name: span.name,
    kind: span.kind,
    startNano: span.startTimeUnixNano,
    durationNano: span.endTimeUnixNano - span.startTimeUnixNano,
    status: `${span.status.code} ${span.status.message}`.trim(),
    attributes: span.attributes.map(plainAttribute),
    events: span.events.map(({ timeUnixNano, name }) => [timeUnixNano, name]),
  };
}

function plainAttribute({ key, value }: Attribute): readonly [string, unknown] {
  return [key, 'value' in value ? value.value : value];
}

const NOTHING: PlainSpan = {
  service: '',
  scope: '@',
  traceId: '',
  spanId: '',
  parentSpanId: '',
  traceState: '',
  flags: 0,
  name: '',
  kind: 'unspecified',
  startNano: 0n,
  durationNano: 1000n,
  status: 'unset',
  attributes: [],
  events: [],
};

export function aPlainSpan(fields: Partial<PlainSpan>): PlainSpan {
  return { ...NOTHING, ...fields };
}
