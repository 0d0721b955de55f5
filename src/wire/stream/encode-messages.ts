import { Buffer } from 'node:buffer';
import type { Span } from '../../model/span.ts';
import { shortTraceId } from '../../model/trace-id.ts';
import { encodeJaegerJsonSpan } from '../jaeger/encode-json-span.ts';
import { encodeJaegerProtoSpan } from '../jaeger/encode-proto-span.ts';
import { decodeSpans } from '../otlp/decode-trace.ts';
import { resourceSpansText } from '../otlp/otlp-json.ts';
import type { WrittenEncoding } from './stream-encoding.ts';

export interface StreamMessage {
  /**
   * The id of the trace as Jaeger prints it, which keeps a trace in one partition; '' for a message
   * that may hold several traces.
   */
  readonly key: string;
  readonly value: Uint8Array;
}

/** The messages of the spans of some TracesData bytes that a scan has accepted. */
export type EncodeMessages = (otlp: Uint8Array) => readonly StreamMessage[];

/** OTLP goes as one message. Jaeger's encodings have one span a message, its process with it. */
export const STREAM_ENCODERS: Readonly<Record<WrittenEncoding, EncodeMessages>> = {
  otlp_proto: (otlp) => [{ key: '', value: otlp }],
  otlp_json: (otlp) => [{ key: '', value: Buffer.from(tracesDataText(decodeSpans(otlp))) }],
  jaeger_proto: (otlp) => oneEach(otlp, encodeJaegerProtoSpan),
  jaeger_json: (otlp) => oneEach(otlp, (span) => Buffer.from(encodeJaegerJsonSpan(span))),
};

function oneEach(otlp: Uint8Array, encode: (span: Span) => Uint8Array): readonly StreamMessage[] {
  return decodeSpans(otlp).map((span) => ({
    key: shortTraceId(span.traceId),
    value: encode(span),
  }));
}

function tracesDataText(spans: readonly Span[]): string {
  return `{"resourceSpans":[${[...resourceSpansText(spans, JSON.stringify)].join('')}]}`;
}
