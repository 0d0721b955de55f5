import { Buffer } from 'node:buffer';
import type { Span } from '../../../src/model/span.ts';
import { encodeSpans } from '../../../src/wire/otlp/encode-trace.ts';
import {
  TEST_TIME_NANO,
  aResource,
  aSpan,
  spanId,
  toAttributes,
  traceId,
} from '../../harness/a-span.ts';

export const FAILED = traceId(0xfa11);
export const PAID = traceId(0xbeef);

const FRONTEND = aResource('frontend', { 'host.name': 'web-1' });
const PAYMENT = aResource('payment', { 'host.name': 'pay-1' });

/** Two requests of a shop: one fails in another service after 300 ms, one takes 5 ms, a minute later. */
export const SHOP_SPANS: readonly Span[] = [
  aSpan({
    traceId: FAILED,
    spanId: spanId(1),
    name: 'POST /checkout',
    resource: FRONTEND,
    durationNano: 300_000_000n,
    attributes: {
      'http.response.status_code': 500n,
      'customer.id': 'c-17',
      ratio: 0.25,
      beta: true,
    },
    status: { code: 'error', message: 'card declined' },
  }),
  aSpan({
    traceId: FAILED,
    spanId: spanId(2),
    parentSpanId: spanId(1),
    name: 'charge',
    kind: 'client',
    resource: FRONTEND,
    startTimeUnixNano: TEST_TIME_NANO + 1_000_000n,
    durationNano: 250_000_000n,
  }),
  aSpan({
    traceId: FAILED,
    spanId: spanId(3),
    parentSpanId: spanId(2),
    name: 'charge',
    resource: PAYMENT,
    startTimeUnixNano: TEST_TIME_NANO + 2_000_000n,
    durationNano: 200_000_000n,
    events: [
      {
        timeUnixNano: TEST_TIME_NANO + 3_000_000n,
        name: 'exception',
        attributes: toAttributes({ 'exception.type': 'Declined' }),
        droppedAttributesCount: 0,
      },
    ],
    status: { code: 'error', message: '' },
  }),
  aSpan({
    traceId: PAID,
    spanId: spanId(4),
    name: 'GET /cart',
    resource: FRONTEND,
    startTimeUnixNano: TEST_TIME_NANO + 60_000_000_000n,
    durationNano: 5_000_000n,
    attributes: { 'http.response.status_code': 200n },
  }),
];

/** Sends spans over OTLP; what receives them answers when they are stored. */
export async function sendOtlp(port: number, spans: readonly Span[]): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: Buffer.from(encodeSpans(spans)),
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`the spans were not taken: ${answer.status}`);
}
