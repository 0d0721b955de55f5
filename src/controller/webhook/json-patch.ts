/** An operation of RFC 6902, as far as admission answers need it. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** A JSON pointer (RFC 6901) of unescaped parts. */
export function jsonPointer(...parts: readonly (string | number)[]): string {
  return parts
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/**
 * Sets keys of a map that may be absent: one operation that makes the map, or one for each key.
 * @param at pointer of the map
 */
export function setKeys(
  existing: Readonly<Record<string, unknown>> | undefined,
  at: string,
  entries: Readonly<Record<string, unknown>>,
): readonly PatchOperation[] {
  if (existing === undefined) return [{ op: 'add', path: at, value: entries }];
  return Object.entries(entries).map(([key, value]) => ({
    op: Object.hasOwn(existing, key) ? 'replace' : 'add',
    path: at + jsonPointer(key),
    value,
  }));
}
