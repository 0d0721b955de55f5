const HEX = /^[0-9a-fA-F]{1,32}$/;
/** 16 or 8 bytes; as Jaeger does, in one alphabet at a time. */
const BASE64 =
  /^(?:[A-Za-z0-9+/]{22}|[A-Za-z0-9_-]{22})(?:==)?$|^(?:[A-Za-z0-9+/]{11}|[A-Za-z0-9_-]{11})=?$/;

/**
 * The 32 lower-case hex digits of a trace id as people and clients write it: 1 to 32 hex digits,
 * or 16 or 8 bytes in base64, standard or URL alphabet, padded or not. undefined for anything
 * else. The id zero is read like any other: no trace has it.
 */
export function parseTraceId(text: string): string | undefined {
  return HEX.test(text) ? text.toLowerCase().padStart(32, '0') : base64ToHex(text);
}

/** As Jaeger shows a trace id: 16 digits when the high half is zero, else 32. */
export function shortTraceId(traceId: string): string {
  return traceId.startsWith('0'.repeat(16)) ? traceId.slice(16) : traceId;
}

/**
 * The part of a shown trace id that tells it apart where there is no room for all of it: the first
 * digits; where those are all zeros, as of small numbers, the last.
 */
export function traceIdPart(shownId: string, length: number): string {
  const first = shownId.slice(0, length);
  return /[^0]/.test(first) || length <= 0 ? first : shownId.slice(-length);
}

function base64ToHex(text: string): string | undefined {
  if (!BASE64.test(text)) return undefined;
  const standard = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  const bytes = Array.from(atob(standard), (byte) => byte.charCodeAt(0));
  return bytes
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .padStart(32, '0');
}
