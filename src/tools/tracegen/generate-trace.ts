import type { Attribute, Resource, Scope, Span } from '../../model/span.ts';

export interface TraceShape {
  /** Child spans of the root. */
  readonly spans: number;
  /** Attributes of each child span. */
  readonly attributes: number;
  /** Distinct attribute keys and values to pick from. */
  readonly attributeKeys: number;
  readonly attributeValues: number;
  readonly debug: boolean;
  readonly firehose: boolean;
}

export interface TraceSource {
  /** Random bytes; ids are taken from here. */
  randomBytes(length: number): Uint8Array;
  /** 0 ≤ n < limit. */
  randomInteger(limit: number): number;
  nowUnixNano(): bigint;
}

/** Nanoseconds one child span takes; children follow each other inside the root. */
const CHILD_NANOS = 123_000n;
const SCOPE: Scope = {
  name: 'tracegen',
  version: '',
  attributes: [],
  droppedAttributesCount: 0,
  schemaUrl: '',
};

/** A resource for one generated service. */
export function generatedResource(serviceName: string): Resource {
  const attributes: Attribute[] = [
    { key: 'service.name', value: { type: 'string', value: serviceName } },
  ];
  return { serviceName, attributes, droppedAttributesCount: 0, schemaUrl: '' };
}

/** One trace: a client root and its children, one after the other, all of one service. */
export function generateTrace(shape: TraceShape, resource: Resource, source: TraceSource): Span[] {
  const traceId = hex(source.randomBytes(16));
  const rootId = hex(source.randomBytes(8));
  const start = source.nowUnixNano();
  const end = start + CHILD_NANOS * BigInt(shape.spans + 1);
  const flagged: Attribute[] = [];
  if (shape.debug) flagged.push(boolAttribute('jaeger.debug'));
  if (shape.firehose) flagged.push(boolAttribute('jaeger.firehose'));
  const base = { traceId, resource };
  const root = spanOf(base, { spanId: rootId, name: 'lets-go', start, end, attributes: flagged });
  const children = Array.from({ length: shape.spans }, (_, index) => {
    const childStart = start + CHILD_NANOS * BigInt(index);
    return spanOf(base, {
      spanId: hex(source.randomBytes(8)),
      parentSpanId: rootId,
      name: `okey-dokey-${index}`,
      start: childStart,
      end: childStart + CHILD_NANOS,
      attributes: randomAttributes(shape, source),
    });
  });
  return [root, ...children];
}

function randomAttributes(shape: TraceShape, source: TraceSource): Attribute[] {
  return Array.from({ length: shape.attributes }, () => ({
    key: `attr_${source.randomInteger(shape.attributeKeys)}`,
    value: { type: 'string', value: `val_${source.randomInteger(shape.attributeValues)}` },
  }));
}

interface Variable {
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: readonly Attribute[];
}

function spanOf(
  base: { readonly traceId: string; readonly resource: Resource },
  variable: Variable,
): Span {
  return {
    ...base,
    scope: SCOPE,
    spanId: variable.spanId,
    parentSpanId: variable.parentSpanId ?? '',
    traceState: '',
    flags: 1,
    name: variable.name,
    kind: variable.parentSpanId === undefined ? 'client' : 'server',
    startTimeUnixNano: variable.start,
    endTimeUnixNano: variable.end,
    attributes: variable.attributes,
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: 'unset', message: '' },
    warnings: [],
  };
}

function boolAttribute(key: string): Attribute {
  return { key, value: { type: 'bool', value: true } };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
