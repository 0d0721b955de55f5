import type { Attribute, AttributeValue } from './span.ts';

const BYTES_A_CALL = 8192;

/**
 * The one text of a value: what searches compare. Numbers as JavaScript and JSON write them, bytes
 * in base64, arrays and maps as JSON with sorted keys.
 */
export function attributeText(value: AttributeValue): string {
  switch (value.type) {
    case 'empty':
      return '';
    case 'string':
      return value.value;
    case 'bool':
    case 'int':
      return String(value.value);
    case 'double':
      return doubleText(value.value);
    case 'bytes':
      return base64(value.value);
    case 'array':
    case 'map':
      return jsonText(value);
  }
}

function jsonText(value: AttributeValue): string {
  switch (value.type) {
    case 'empty':
      return 'null';
    case 'bool':
    case 'int':
      return String(value.value);
    case 'double':
      // JSON has no word for NaN and the infinities.
      return Number.isFinite(value.value)
        ? doubleText(value.value)
        : JSON.stringify(String(value.value));
    case 'string':
      return JSON.stringify(value.value);
    case 'bytes':
      return JSON.stringify(base64(value.value));
    case 'array':
      return `[${value.values.map(jsonText).join(',')}]`;
    case 'map':
      return mapText(value.entries);
  }
}

/** Of a key that comes twice the last one counts. */
function mapText(entries: readonly Attribute[]): string {
  const texts = new Map(entries.map(({ key, value }) => [key, jsonText(value)]));
  const sorted = [...texts].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
}

function doubleText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += BYTES_A_CALL) {
    binary += String.fromCharCode(...bytes.subarray(at, at + BYTES_A_CALL));
  }
  return btoa(binary);
}
