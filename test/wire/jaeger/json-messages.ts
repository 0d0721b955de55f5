import { Buffer } from 'node:buffer';
import type { TestBatch, TestReference, TestSpan, TestTag } from './encode-with-npm-thrift.ts';
import { idBytes } from './jaeger-messages.ts';

/** The spans as the messages that Jaeger writes to Kafka, each with the process. */
export function jsonSpans({ serviceName, processTags = [], spans }: TestBatch): readonly string[] {
  const process = { serviceName, tags: processTags.map(jsonTag) };
  return spans.map((span) => JSON.stringify({ ...jsonSpan(span), process }));
}

export function jsonSpan(span: TestSpan): object {
  const parent: TestReference = { type: 0, traceId: span.traceId, spanId: span.parentSpanId };
  const references = [...(span.parentSpanId === 0n ? [] : [parent]), ...(span.references ?? [])];
  return {
    traceId: base64(span.traceId, 16),
    spanId: base64(span.spanId, 8),
    operationName: span.name,
    references: references.map(({ type, traceId, spanId }) => ({
      traceId: base64(traceId, 16),
      spanId: base64(spanId, 8),
      ...(type === 0 ? {} : { refType: 'FOLLOWS_FROM' }),
    })),
    flags: span.flags,
    startTime: timestamp(span.startMicros),
    duration: `${span.durationMicros / 1_000_000n}.${fraction(span.durationMicros)}s`,
    tags: (span.tags ?? []).map(jsonTag),
    logs: (span.logs ?? []).map(({ micros, fields }) => ({
      timestamp: timestamp(micros),
      fields: fields.map(jsonTag),
    })),
  };
}

function base64(id: bigint, size: number): string {
  return idBytes(id, size).toString('base64');
}

function timestamp(micros: bigint): string {
  const seconds = new Date(Number(micros / 1_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${fraction(micros)}Z`;
}

function fraction(micros: bigint): string {
  return String(micros % 1_000_000n).padStart(6, '0');
}

function jsonTag({ key, value }: TestTag): object {
  switch (value.type) {
    case 'string':
      return { key, vStr: value.value };
    case 'bool':
      return { key, vType: 'BOOL', vBool: value.value };
    case 'long':
      return { key, vType: 'INT64', vInt64: String(value.value) };
    case 'double':
      return {
        key,
        vType: 'FLOAT64',
        vFloat64: Number.isFinite(value.value) ? value.value : String(value.value),
      };
    case 'binary':
      return { key, vType: 'BINARY', vBinary: Buffer.from(value.value).toString('base64') };
  }
}
