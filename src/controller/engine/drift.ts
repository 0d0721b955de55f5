import { isDeepStrictEqual } from 'node:util';
import { isJsonObject } from '../../runtime/json-object.ts';
import { parseQuantity } from '../quantity.ts';

/** A wanted field that an observed object does not have as wanted. */
export interface Drift {
  /** `spec.template.spec.containers[name=query].image`. */
  readonly path: string;
  /** What is there instead; undefined when nothing is. */
  readonly observed: unknown;
}

/**
 * The wanted fields that are not there with equal values. More than what is wanted is no drift: the
 * server fills in defaults, and other managers own fields of their own.
 */
export function findDrift(desired: unknown, observed: unknown, path = ''): readonly Drift[] {
  if (isEmpty(desired) && observed === undefined) return [];
  if (Array.isArray(desired)) return listDrift(desired, observed, path);
  if (isJsonObject(desired)) {
    if (!isJsonObject(observed)) return [{ path, observed }];
    return Object.entries(desired).flatMap(([name, value]) =>
      findDrift(value, observed[name], path === '' ? name : `${path}.${name}`),
    );
  }
  return isSameScalar(desired, observed, path) ? [] : [{ path, observed }];
}

/** What Go leaves out when it writes JSON. Zero and false are not here: pointers keep them. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}

/**
 * The fields that name an item of a list that server-side apply merges item by item; the first one
 * that all items have counts.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 */
const LIST_KEYS = ['name', 'mountPath', 'devicePath', 'containerPort', 'port', 'uid', 'ip', 'type'];

function listDrift(desired: readonly unknown[], observed: unknown, path: string): readonly Drift[] {
  if (!Array.isArray(observed)) return [{ path, observed }];
  const key = LIST_KEYS.find((name) => isKeyOf(name, desired) && isKeyOf(name, observed));
  if (key === undefined) {
    if (desired.length !== observed.length) return [{ path, observed }];
    return desired.flatMap((item, at) => findDrift(item, observed[at], `${path}[${at}]`));
  }
  const byKey = new Map(observed.map((item: unknown) => [keyOf(item, key), item]));
  return desired.flatMap((item) => {
    const id = keyOf(item, key);
    return findDrift(item, byKey.get(id), `${path}[${key}=${String(id)}]`);
  });
}

function isKeyOf(name: string, items: readonly unknown[]): boolean {
  const keys = items.map((item) => keyOf(item, name));
  return !keys.includes(undefined) && new Set(keys).size === keys.length;
}

function keyOf(item: unknown, name: string): unknown {
  return isJsonObject(item) ? item[name] : undefined;
}

function isSameScalar(desired: unknown, observed: unknown, path: string): boolean {
  if (isDeepStrictEqual(desired, observed)) return true;
  if (!QUANTITY_PATH.test(path)) return false;
  const wanted = parseQuantity(desired);
  return wanted !== undefined && wanted === parseQuantity(observed);
}

/** Where the server rewrites what it reads: `1000m` comes back as `1`. */
const QUANTITY_PATH = /(^|\.)(requests|limits|capacity|hard)\.[^.]+|(sizeLimit|divisor|storage)$/;
