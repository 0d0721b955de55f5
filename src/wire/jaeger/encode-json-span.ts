import { Buffer } from 'node:buffer';
import { processAsJaeger, spanAsJaeger } from '../../model/as-jaeger.ts';
import type { LogAsJaeger, ReferenceAsJaeger, TagAsJaeger } from '../../model/as-jaeger.ts';
import type { Span } from '../../model/span.ts';
import { JAEGER_FLAGS } from './jaeger-flags.ts';
import { durationText, timestampText } from './json-time.ts';

/** A message in proto3 JSON, ready for JSON.stringify: zero values are absent. */
type ProtoJson = Readonly<Record<string, unknown>>;

/**
 * A jaeger.api_v2.Span in proto3 JSON, as Jaeger writes it to Kafka and `jaegerJsonSpanToOtlp` reads it:
 * ids in base64, 64-bit integers as text, enums by name.
 */
export function encodeJaegerJsonSpan(span: Span): string {
  const { references, durationNano, tags, logs } = spanAsJaeger(span);
  const process = processAsJaeger(span.resource);
  return JSON.stringify(
    withoutZeros({
      traceId: base64OfHex(span.traceId),
      spanId: base64OfHex(span.spanId),
      operationName: span.name,
      references: references.map(referenceJson),
      flags: span.flags & JAEGER_FLAGS,
      startTime: timestampText(span.startTimeUnixNano),
      duration: durationText(durationNano),
      tags: tags.map(tagJson),
      logs: logs.map(logJson),
      process: withoutZeros({ serviceName: process.serviceName, tags: process.tags.map(tagJson) }),
      warnings: span.warnings,
    }),
  );
}

function referenceJson({ type, traceId, spanId }: ReferenceAsJaeger): ProtoJson {
  return withoutZeros({
    traceId: base64OfHex(traceId),
    spanId: base64OfHex(spanId),
    refType: type === 'CHILD_OF' ? '' : type,
  });
}

function logJson({ timeUnixNano, fields }: LogAsJaeger): ProtoJson {
  return withoutZeros({ timestamp: timestampText(timeUnixNano), fields: fields.map(tagJson) });
}

function tagJson({ key, value }: TagAsJaeger): ProtoJson {
  switch (value.type) {
    case 'string':
      return withoutZeros({ key, vStr: value.value });
    case 'bool':
      return withoutZeros({ key, vType: 'BOOL', vBool: value.value });
    case 'int':
      return withoutZeros({
        key,
        vType: 'INT64',
        vInt64: value.value === 0n ? '' : String(value.value),
      });
    case 'double':
      return withoutZeros({ key, vType: 'FLOAT64', vFloat64: doubleJson(value.value) });
    case 'bytes':
      return withoutZeros({
        key,
        vType: 'BINARY',
        vBinary: Buffer.from(value.value).toString('base64'),
      });
  }
}

/** JSON has no word for NaN and the infinities, and JSON.stringify none for -0. */
function doubleJson(value: number): number | string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}

function base64OfHex(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

function withoutZeros(message: ProtoJson): ProtoJson {
  return Object.fromEntries(
    Object.entries(message).filter(
      ([, value]) =>
        value !== '' &&
        value !== 0 &&
        value !== false &&
        !(Array.isArray(value) && value.length === 0),
    ),
  );
}
