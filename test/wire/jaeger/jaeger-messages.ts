import { Buffer } from 'node:buffer';
import type { TestBatch, TestSpan, TestTag } from './encode-with-npm-thrift.ts';

/** The same spans as jaeger.api_v2 messages for protobufjs. */
export function protoBatch({ serviceName, processTags = [], spans }: TestBatch): {
  readonly process: object;
  readonly spans: readonly object[];
} {
  return {
    process: { serviceName, tags: processTags.map(protoTag) },
    spans: spans.map(protoSpan),
  };
}

export function protoSpan(span: TestSpan): object {
  const references = (span.references ?? []).map(({ type, traceId, spanId }) => ({
    traceId: idBytes(traceId, 16),
    spanId: idBytes(spanId, 8),
    refType: type,
  }));
  const parent = {
    traceId: idBytes(span.traceId, 16),
    spanId: idBytes(span.parentSpanId, 8),
    refType: 0,
  };
  return {
    traceId: idBytes(span.traceId, 16),
    spanId: idBytes(span.spanId, 8),
    operationName: span.name,
    references: span.parentSpanId === 0n ? references : [parent, ...references],
    flags: span.flags,
    startTime: time(span.startMicros),
    duration: time(span.durationMicros),
    tags: (span.tags ?? []).map(protoTag),
    logs: (span.logs ?? []).map(({ micros, fields }) => ({
      timestamp: time(micros),
      fields: fields.map(protoTag),
    })),
  };
}

export function idBytes(id: bigint, size: number): Buffer {
  return Buffer.from(id.toString(16).padStart(size * 2, '0'), 'hex');
}

function time(micros: bigint): object {
  return { seconds: Number(micros / 1_000_000n), nanos: Number(micros % 1_000_000n) * 1000 };
}

function protoTag({ key, value }: TestTag): object {
  switch (value.type) {
    case 'string':
      return { key, vType: 0, vStr: value.value };
    case 'bool':
      return { key, vType: 1, vBool: value.value };
    case 'long':
      return { key, vType: 2, vInt64: String(value.value) };
    case 'double':
      return { key, vType: 3, vFloat64: value.value };
    case 'binary':
      return { key, vType: 4, vBinary: value.value };
  }
}
