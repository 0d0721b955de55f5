import { Buffer } from 'node:buffer';
import { sortAttributes } from '../../model/adjust-order.ts';
import { attributeText } from '../../model/attribute-text.ts';
import type { Attribute, Resource, Span, SpanEvent } from '../../model/span.ts';
import { shortTraceId } from '../../model/trace-id.ts';
import type {
  JaegerKeyValue,
  JaegerLog,
  JaegerProcess,
  JaegerReference,
  JaegerSpan,
} from './jaeger-json.ts';

/** What Jaeger calls a service whose resource has no name. */
const NO_SERVICE_NAME = 'OTLPResourceNoServiceName';
const REFERENCE_TYPE = 'opentracing.ref_type';

/** Renders the spans of one trace as Jaeger's JSON. */
export interface SpanRenderer {
  render(span: Span): JaegerSpan;
  /** Those of the spans rendered so far, by key. */
  processes(): Readonly<Record<string, JaegerProcess>>;
}

/** Keys of processes are p1, p2, … in order of first use; equal processes share one. */
export function createSpanRenderer(): SpanRenderer {
  const keys = new Map<Resource, string>();
  const byContent = new Map<string, string>();
  const processes: Record<string, JaegerProcess> = {};
  const keyOf = (resource: Resource): string => {
    const known = keys.get(resource);
    if (known !== undefined) return known;
    const process = renderProcess(resource);
    const content = JSON.stringify(process);
    const key = byContent.get(content) ?? `p${byContent.size + 1}`;
    keys.set(resource, key);
    byContent.set(content, key);
    processes[key] = process;
    return key;
  };
  return {
    render: (span) => renderSpan(span, keyOf(span.resource)),
    processes: () => processes,
  };
}

function renderProcess(resource: Resource): JaegerProcess {
  const attributes = resource.attributes.filter(({ key }) => key !== 'service.name');
  return {
    serviceName: resource.serviceName === '' ? NO_SERVICE_NAME : resource.serviceName,
    tags: sortAttributes(attributes).map(renderAttribute),
  };
}

function renderSpan(span: Span, processID: string): JaegerSpan {
  const duration = span.endTimeUnixNano - span.startTimeUnixNano;
  return {
    traceID: shortTraceId(span.traceId),
    spanID: span.spanId,
    operationName: span.name,
    references: renderReferences(span),
    startTime: micros(span.startTimeUnixNano),
    duration: duration < 0n ? 0 : micros(duration),
    tags: renderTags(span),
    logs: span.events.map(renderLog),
    processID,
    warnings: span.warnings.length === 0 ? null : span.warnings,
  };
}

/** The parent, then the links. A link to a span that is there already only says its type anew. */
function renderReferences(span: Span): readonly JaegerReference[] {
  const references = new Map<string, JaegerReference>();
  const add = (reference: JaegerReference): void => {
    references.set(`${reference.traceID} ${reference.spanID}`, reference);
  };
  const traceID = shortTraceId(span.traceId);
  if (span.parentSpanId !== '') add({ refType: 'CHILD_OF', traceID, spanID: span.parentSpanId });
  for (const link of span.links) {
    const refType = link.attributes.some(isChildOf) ? 'CHILD_OF' : 'FOLLOWS_FROM';
    add({ refType, traceID: shortTraceId(link.traceId), spanID: link.spanId });
  }
  return [...references.values()];
}

function isChildOf({ key, value }: Attribute): boolean {
  return key === REFERENCE_TYPE && attributeText(value) === 'child_of';
}

/** The span's attributes, then what Jaeger has no field for. */
function renderTags(span: Span): readonly JaegerKeyValue[] {
  const tags = span.attributes.map(renderAttribute);
  const addText = (key: string, value: string): void => {
    if (value !== '') tags.push({ key, type: 'string', value });
  };
  addText('otel.scope.name', span.scope.name);
  addText('otel.scope.version', span.scope.version);
  addText('span.kind', span.kind === 'unspecified' ? '' : span.kind);
  if (span.status.code === 'error') tags.push({ key: 'error', type: 'bool', value: true });
  if (span.status.code === 'ok') addText('otel.status_code', 'OK');
  addText('otel.status_description', span.status.message);
  addText('w3c.tracestate', span.traceState);
  return tags;
}

function renderLog(event: SpanEvent): JaegerLog {
  const fields = event.attributes.map(renderAttribute);
  const named = event.name === '' || fields.some(({ key }) => key === 'event');
  const name: JaegerKeyValue = { key: 'event', type: 'string', value: event.name };
  return { timestamp: micros(event.timeUnixNano), fields: named ? fields : [name, ...fields] };
}

function renderAttribute({ key, value }: Attribute): JaegerKeyValue {
  switch (value.type) {
    case 'bool':
      return { key, type: 'bool', value: value.value };
    case 'int':
      return { key, type: 'int64', value: safeInteger(value.value) };
    case 'double': {
      const double = Number.isFinite(value.value) ? value.value : String(value.value);
      return { key, type: 'float64', value: double };
    }
    case 'bytes': {
      const text = Buffer.from(value.value).toString('base64');
      return { key, type: 'binary', value: text === '' ? null : text };
    }
    case 'empty':
    case 'string':
    case 'array':
    case 'map':
      return { key, type: 'string', value: attributeText(value) };
  }
}

/** JavaScript clients would round larger ones. */
function safeInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function micros(nano: bigint): number {
  return Number(nano / 1000n);
}
