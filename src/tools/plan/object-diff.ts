import { isJsonObject } from '../../runtime/json-object.ts';

/** One field that differs; undefined on a side means that it is not there. */
export interface FieldChange {
  /** `spec.template.spec.containers[name=jaeger].image` */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The leaves in which two JSON values differ, in the order of their paths in `after`. */
export function diffFields(before: unknown, after: unknown, path = ''): readonly FieldChange[] {
  if (Array.isArray(before) && Array.isArray(after)) return diffLists(before, after, path);
  if (isJsonObject(before) && isJsonObject(after)) {
    const names = new Set([...Object.keys(after), ...Object.keys(before)]);
    return [...names].flatMap((name) =>
      diffFields(before[name], after[name], path === '' ? name : `${path}.${name}`),
    );
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

/** Items are told apart by name where every item has one, else by their place. */
function diffLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
): readonly FieldChange[] {
  const named = [...before, ...after].every((item) => nameOf(item) !== undefined);
  const keyed = (items: readonly unknown[]): ReadonlyMap<string, unknown> =>
    new Map(items.map((item, at) => [named ? `name=${nameOf(item) ?? ''}` : String(at), item]));
  const old = keyed(before);
  const wanted = keyed(after);
  return [...new Set([...wanted.keys(), ...old.keys()])].flatMap((key) =>
    diffFields(old.get(key), wanted.get(key), `${path}[${key}]`),
  );
}

function nameOf(item: unknown): string | undefined {
  const name = isJsonObject(item) ? item['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}
