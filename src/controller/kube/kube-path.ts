import type { ResourceKind } from '../kube-object.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The path of a group version: `/api/v1`, `/apis/apps/v1`. */
export function groupVersionPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** The path of a kind's collection; every namespace's when `namespace` is not given. */
export function collectionPath(kind: ResourceKind, namespace: string | undefined): string {
  const scope =
    kind.namespaced && namespace !== undefined && namespace !== ''
      ? `/namespaces/${encodeURIComponent(namespace)}`
      : '';
  return `${groupVersionPath(kind.apiVersion)}${scope}/${kind.plural}`;
}

/** The path of one object or of a part of it (`status`). */
export function objectPath(
  kind: ResourceKind,
  key: { readonly namespace?: string | undefined; readonly name: string },
  subresource?: string,
): string {
  const object = `${collectionPath(kind, key.namespace)}/${encodeURIComponent(key.name)}`;
  return subresource === undefined ? object : `${object}/${subresource}`;
}

/** `?a=b&c=d` of what is given, or nothing. */
export function queryText(query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
