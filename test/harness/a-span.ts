import type { Attribute, AttributeValue, Resource, Scope, Span } from '../../src/model/span.ts';
import type { SpanBatch } from '../../src/wire/span-batch.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { scanSpans } from '../../src/wire/otlp/scan-spans.ts';

/** 2024-01-01T00:00:00Z: every test that does not care about time happens then. */
export const TEST_TIME_NANO = 1_704_067_200_000_000_000n;

/** What a JavaScript value is as an attribute: a bigint is an int, a number a double. */
export type PlainValue = string | boolean | bigint | number | Uint8Array | AttributeValue;

export type SpanOverrides = Partial<Omit<Span, 'attributes'>> & {
  /** Short for a resource of that name. */
  readonly serviceName?: string;
  readonly attributes?: readonly Attribute[] | Readonly<Record<string, PlainValue>>;
  /** Sets the end from the start. */
  readonly durationNano?: bigint;
};

/** `traceId(7)` is a valid id that ends in 7. */
export function traceId(number: number): string {
  return number.toString(16).padStart(32, '0');
}

export function spanId(number: number): string {
  return number.toString(16).padStart(16, '0');
}

/** A valid server span `GET /` of service `frontend` that took 1 ms, but for what is given. */
export function aSpan(overrides: SpanOverrides = {}): Span {
  const {
    serviceName = 'frontend',
    attributes = [],
    durationNano = 1_000_000n,
    ...rest
  } = overrides;
  const start = rest.startTimeUnixNano ?? TEST_TIME_NANO;
  return {
    traceId: traceId(1),
    spanId: spanId(1),
    parentSpanId: '',
    traceState: '',
    flags: 0,
    name: 'GET /',
    kind: 'server',
    startTimeUnixNano: start,
    endTimeUnixNano: start + durationNano,
    attributes: toAttributes(attributes),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: 'unset', message: '' },
    resource: aResource(serviceName),
    scope: aScope(),
    warnings: [],
    ...rest,
  };
}

/** A trace of one root and `spanCount - 1` children of it, 1 ms apart, span ids 1, 2, 3, … */
export function aTrace(spanCount: number, overrides: SpanOverrides = {}): Span[] {
  const { serviceName = 'frontend', startTimeUnixNano = TEST_TIME_NANO } = overrides;
  const shared = { resource: aResource(serviceName), scope: aScope(), ...overrides };
  return Array.from({ length: spanCount }, (_, index) =>
    aSpan({
      ...shared,
      spanId: spanId(index + 1),
      parentSpanId: index === 0 ? '' : spanId(1),
      startTimeUnixNano: startTimeUnixNano + BigInt(index) * 1_000_000n,
    }),
  );
}

export function aResource(
  serviceName: string,
  attributes: Readonly<Record<string, PlainValue>> = {},
): Resource {
  const own = toAttributes(attributes);
  const name: Attribute = { key: 'service.name', value: { type: 'string', value: serviceName } };
  return {
    serviceName,
    attributes: serviceName === '' ? own : [name, ...own],
    droppedAttributesCount: 0,
    schemaUrl: '',
  };
}

export function aScope(overrides: Partial<Scope> = {}): Scope {
  return {
    name: '',
    version: '',
    attributes: [],
    droppedAttributesCount: 0,
    schemaUrl: '',
    ...overrides,
  };
}

/** The batch a receiver would make of these spans. */
export function aBatch(
  spans: readonly Span[],
  overrides: Partial<Omit<SpanBatch, 'otlp' | 'scan'>> = {},
): SpanBatch {
  return batchOf(encodeSpans(spans), overrides);
}

/** The batch of an OTLP TracesData message. */
export function batchOf(
  otlp: Uint8Array,
  overrides: Partial<Omit<SpanBatch, 'otlp' | 'scan'>> = {},
): SpanBatch {
  return {
    tenant: '',
    otlp,
    scan: scanSpans(otlp),
    receivedAtMs: Number(TEST_TIME_NANO / 1_000_000n),
    format: 'otlp',
    ...overrides,
  };
}

export function toAttributes(
  attributes: readonly Attribute[] | Readonly<Record<string, PlainValue>>,
): readonly Attribute[] {
  if (isList(attributes)) return attributes;
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toValue(value) }));
}

function isList(
  attributes: readonly Attribute[] | Readonly<Record<string, PlainValue>>,
): attributes is readonly Attribute[] {
  return Array.isArray(attributes);
}

function toValue(value: PlainValue): AttributeValue {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (typeof value === 'bigint') return { type: 'int', value };
  if (typeof value === 'number') return { type: 'double', value };
  return value instanceof Uint8Array ? { type: 'bytes', value } : value;
}
