/**
 * The object without fields that are undefined, empty lists or empty maps: what is not wanted is not
 * applied, so that server-side apply leaves it to others.
 */
export function withoutEmpty<T extends object>(object: T): Partial<T> {
  const kept: Partial<T> = { ...object };
  for (const key in kept) if (isEmpty(kept[key])) Reflect.deleteProperty(kept, key);
  return kept;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}
