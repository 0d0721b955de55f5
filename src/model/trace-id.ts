const HEX = /^[0-9a-fA-F]{1,32}$/;
const BASE64 = /^[A-Za-z0-9+/_-]{22}(?:==)?$/;
const ZERO = '0'.repeat(32);

/**
 * The 32 lower-case hex digits of a trace id as people and clients write it: 1 to 32 hex digits,
 * or 16 bytes in base64, standard or URL alphabet, padded or not. undefined for anything else and
 * for the id zero, which is none.
 */
export function parseTraceId(text: string): string | undefined {
  const hex = HEX.test(text) ? text.toLowerCase().padStart(32, '0') : base64ToHex(text);
  return hex === ZERO ? undefined : hex;
}

/** As Jaeger shows a trace id: 16 digits when the high half is zero, else 32. */
export function shortTraceId(traceId: string): string {
  return traceId.startsWith('0'.repeat(16)) ? traceId.slice(16) : traceId;
}

function base64ToHex(text: string): string | undefined {
  if (!BASE64.test(text)) return undefined;
  const standard = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  const binary = atob(standard);
  return Array.from(binary, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}
