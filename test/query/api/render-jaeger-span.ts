import { Buffer } from 'node:buffer';
import { processAsJaeger, spanAsJaeger } from '../../../src/model/as-jaeger.ts';
import type { LogAsJaeger, ReferenceAsJaeger, TagAsJaeger } from '../../../src/model/as-jaeger.ts';
import type { Resource, Span } from '../../../src/model/span.ts';
import { shortTraceId } from '../../../src/model/trace-id.ts';
import type {
  JaegerKeyValue,
  JaegerLog,
  JaegerProcess,
  JaegerReference,
  JaegerSpan,
} from '../../../src/query/api/jaeger-json.ts';

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
  const { serviceName, tags } = processAsJaeger(resource);
  return { serviceName, tags: tags.map(renderTag) };
}

function renderSpan(span: Span, processID: string): JaegerSpan {
  const { references, durationNano, tags, logs } = spanAsJaeger(span);
  return {
    traceID: shortTraceId(span.traceId),
    spanID: span.spanId,
    operationName: span.name,
    references: references.map(renderReference),
    startTime: micros(span.startTimeUnixNano),
    duration: micros(durationNano),
    tags: tags.map(renderTag),
    logs: logs.map(renderLog),
    processID,
    warnings: span.warnings.length === 0 ? null : span.warnings,
  };
}

function renderReference({ type, traceId, spanId }: ReferenceAsJaeger): JaegerReference {
  return { refType: type, traceID: shortTraceId(traceId), spanID: spanId };
}

function renderLog({ timeUnixNano, fields }: LogAsJaeger): JaegerLog {
  return { timestamp: micros(timeUnixNano), fields: fields.map(renderTag) };
}

function renderTag({ key, value }: TagAsJaeger): JaegerKeyValue {
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
    case 'string':
      return { key, type: 'string', value: value.value };
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
