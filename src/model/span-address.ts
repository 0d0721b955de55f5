import { parseTraceId, shortTraceId } from './trace-id.ts';

/** A trace, or a span in it; ids in lower case. */
export interface SpanAddress {
  readonly traceId: string;
  readonly spanId?: string;
}

const W3C = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const B3 = /^([0-9a-f]{16}|[0-9a-f]{32})-([0-9a-f]{16})(?:-[01d](?:-[0-9a-f]{16})?)?$/;
const JAEGER = /^([0-9a-f]{1,32}):([0-9a-f]{1,16}):[0-9a-f]{1,16}:[0-9a-f]{1,2}$/;
const UUID = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/;
const AWS = /^(?:root=)?1-([0-9a-f]{8})-([0-9a-f]{24})(?:;.*)?$/;
const URL_OF_TRACE = /\/trace\/([0-9a-f]{1,32})(?:[/?#]|$)/;
const HEX = /^(?:0x)?([0-9a-f]{1,32})$/;

/**
 * Finds the trace that a copied text names: an id, a UUID, an address of a trace page, or a header's
 * value (`traceparent`, `uber-trace-id`, `b3`, `x-amzn-trace-id`), or base64. Undefined when it names none.
 */
export function spanAddressOf(copied: string): SpanAddress | undefined {
  const bare = copied.trim().replace(/^["'`]+|["'`,;]+$/g, '');
  const text = bare.toLowerCase();
  const withSpan = [W3C, JAEGER, B3].map((form) => form.exec(text)).find((found) => found !== null);
  if (withSpan) {
    const [, traceId = '', spanId = ''] = withSpan;
    return { traceId: normalTraceId(traceId), spanId: spanId.padStart(16, '0') };
  }
  const alone = [UUID, AWS, URL_OF_TRACE, HEX].map((form) => form.exec(text)).find(Boolean);
  if (alone) return { traceId: normalTraceId(alone.slice(1).join('')) };
  const decoded = bare.endsWith('=') ? parseTraceId(bare) : undefined;
  return decoded === undefined ? undefined : { traceId: shortTraceId(decoded) };
}

/** Also of an id that is too short, as numbers without their leading zeros are. */
function normalTraceId(hex: string): string {
  return shortTraceId(hex.padStart(32, '0'));
}
