import { Buffer } from 'node:buffer';
import { processAsJaeger, spanAsJaeger } from '../../model/as-jaeger.ts';
import type { LogAsJaeger, ReferenceAsJaeger, TagAsJaeger } from '../../model/as-jaeger.ts';
import type { Resource, Span } from '../../model/span.ts';
import { shortTraceId } from '../../model/trace-id.ts';
import { doubleText, integerText } from '../../wire/json/number-text.ts';
import { jsonText } from './json-text.ts';
import { quoted } from './quoted.ts';

/*
 * Text rather than objects for JSON.stringify: of a trace of a hundred thousand spans, making and
 * collecting those took most of the time. The shapes are `JaegerSpan` and `JaegerProcess`.
 */

/** Writes the spans of one trace as Jaeger's JSON. */
export interface SpanWriter {
  /** The key of the process of a span that is written now. */
  readonly keyOf: (resource: Resource) => string;
  /** One `JaegerSpan`. */
  readonly write: (span: Span) => string;
  /** The processes of the spans written so far, by key. */
  readonly processes: () => string;
}

/** Beginnings of tags that are kept, by key. */
const HEADS_MAX = 4096;

/** Keys of processes are p1, p2, … in order of first use; equal processes share one. */
export function createSpanWriter(): SpanWriter {
  const keys = new Map<Resource, string>();
  const byContent = new Map<string, string>();
  const keyOf = (resource: Resource): string => {
    const known = keys.get(resource);
    if (known !== undefined) return known;
    const content = processText(resource, tagText);
    const key = byContent.get(content) ?? `p${byContent.size + 1}`;
    keys.set(resource, key);
    byContent.set(content, key);
    return key;
  };
  const heads = new Map<string, string>();
  const headOf = (key: string): string => {
    const known = heads.get(key);
    if (known !== undefined) return known;
    const head = `{"key":${quoted(key)},"type":`;
    if (heads.size < HEADS_MAX) heads.set(key, head);
    return head;
  };
  const tagText = ({ key, value }: TagAsJaeger): string => `${headOf(key)}${valueText(value)}}`;
  return {
    keyOf,
    write: (span) => spanText(span, keyOf(span.resource), tagText),
    processes: () => `{${[...byContent].map(([text, key]) => `"${key}":${text}`).join(',')}}`,
  };
}

type TagText = (tag: TagAsJaeger) => string;

function processText(resource: Resource, tagText: TagText): string {
  const { serviceName, tags } = processAsJaeger(resource);
  return `{"serviceName":${quoted(serviceName)},"tags":${listText(tags, tagText)}}`;
}

function spanText(span: Span, processId: string, tagText: TagText): string {
  const { references, durationNano, tags, logs } = spanAsJaeger(span);
  const ids = `{"traceID":"${shortTraceId(span.traceId)}","spanID":"${span.spanId}"`;
  const name = `,"operationName":${quoted(span.name)}`;
  const links = `,"references":${listText(references, referenceText)}`;
  const start = `,"startTime":${micros(span.startTimeUnixNano)}`;
  const times = `${start},"duration":${micros(durationNano)}`;
  const lists = `,"tags":${listText(tags, tagText)},"logs":${logsText(logs, tagText)}`;
  const warnings = span.warnings.length === 0 ? 'null' : jsonText(span.warnings);
  return `${ids}${name}${links}${times}${lists},"processID":"${processId}","warnings":${warnings}}`;
}

function listText<T>(items: readonly T[], itemText: (item: T) => string): string {
  let text = '[';
  for (const item of items) text += text.length === 1 ? itemText(item) : `,${itemText(item)}`;
  return `${text}]`;
}

function referenceText({ type, traceId, spanId }: ReferenceAsJaeger): string {
  return `{"refType":"${type}","traceID":"${shortTraceId(traceId)}","spanID":"${spanId}"}`;
}

function logsText(logs: readonly LogAsJaeger[], tagText: TagText): string {
  return listText(
    logs,
    ({ timeUnixNano, fields }) =>
      `{"timestamp":${micros(timeUnixNano)},"fields":${listText(fields, tagText)}}`,
  );
}

/** Type and value of a `JaegerKeyValue`, behind `"type":`. */
function valueText(value: TagAsJaeger['value']): string {
  switch (value.type) {
    case 'bool':
      return value.value ? '"bool","value":true' : '"bool","value":false';
    case 'int':
      return `"int64","value":${integerText(value.value)}`;
    case 'double':
      return `"float64","value":${doubleText(value.value)}`;
    case 'bytes':
      return `"binary","value":${binaryText(value.value)}`;
    case 'string':
      return `"string","value":${quoted(value.value)}`;
  }
}

function binaryText(value: Uint8Array): string {
  return value.length === 0 ? 'null' : `"${Buffer.from(value).toString('base64')}"`;
}

function micros(nano: bigint): number {
  return Number(nano / 1000n);
}
