import type { Attribute, Span } from './span.ts';

const IP_KEYS: ReadonlySet<string> = new Set(['ip', 'peer.ipv4']);

/** Old clients send IPv4 addresses as numbers: shows them as a dotted quad. */
export function adjustIpAttributes(span: Span): Span {
  if (!span.attributes.some(isIpNumber)) return span;
  return { ...span, attributes: span.attributes.map(toDottedQuad) };
}

function isIpNumber({ key, value }: Attribute): boolean {
  return IP_KEYS.has(key) && (value.type === 'int' || value.type === 'double');
}

function toDottedQuad(attribute: Attribute): Attribute {
  const { key, value } = attribute;
  if (!IP_KEYS.has(key)) return attribute;
  if (value.type === 'int') return { key, value: { type: 'string', value: quad(value.value) } };
  if (value.type !== 'double' || !Number.isFinite(value.value)) return attribute;
  return { key, value: { type: 'string', value: quad(BigInt(Math.trunc(value.value))) } };
}

function quad(address: bigint): string {
  const bits = BigInt.asUintN(32, address);
  return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join('.');
}
