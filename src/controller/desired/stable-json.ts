import { isJsonObject } from '../../runtime/json-object.ts';

/**
 * JSON for people, with the fields of every object sorted: the API server gives an object's fields
 * in an order of its own, and the same content must give the same text.
 */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isJsonObject(part) ? sorted(part) : part), 2);
}

function sorted(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
