import { Buffer } from 'node:buffer';
import type { Span } from '../src/model/span.ts';
import { decodeSpans } from '../src/wire/otlp/decode-trace.ts';

const KINDS = new Map([
  ['server', 'SERVER'],
  ['client', 'CLIENT'],
]);

/** One request of data set D as Zipkin's clients would send it: v2 JSON. */
export function zipkinV2Json(request: Uint8Array): Buffer {
  return Buffer.from(JSON.stringify(decodeSpans(request).map(zipkinSpan)));
}

function zipkinSpan(span: Span): object {
  return {
    traceId: span.traceId,
    parentId: span.parentSpanId === '' ? undefined : span.parentSpanId,
    id: span.spanId,
    kind: KINDS.get(span.kind),
    name: span.name,
    timestamp: microsOf(span.startTimeUnixNano),
    duration: microsOf(span.endTimeUnixNano - span.startTimeUnixNano),
    localEndpoint: { serviceName: span.resource.serviceName, ipv4: '10.0.0.7' },
    annotations: span.events.map(({ timeUnixNano, name }) => ({
      timestamp: microsOf(timeUnixNano),
      value: name,
    })),
    tags: {
      ...Object.fromEntries(
        span.attributes.map(({ key, value }) => [key, 'value' in value ? String(value.value) : '']),
      ),
      ...(span.status.code === 'error' ? { error: span.status.message } : {}),
    },
  };
}

function microsOf(nanos: bigint): number {
  return Number(nanos / 1000n);
}
