import { isDeepStrictEqual } from 'node:util';
import type { KubeApi } from '../kube/kube-api.ts';
import type { KubeObject, ResourceKind } from '../kube-object.ts';
import type { ObjectCache } from './object-cache.ts';

export interface StatusWriterOptions {
  readonly api: KubeApi;
  readonly kind: ResourceKind;
  readonly cache: ObjectCache;
}

/** Writes an object's status when it differs from what is there. Gives whether it wrote. */
export type StatusWriter = (
  object: KubeObject,
  status: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
) => Promise<boolean>;

export function createStatusWriter({ api, kind, cache }: StatusWriterOptions): StatusWriter {
  return async (object, status, signal) => {
    // As JSON carries it: a field that is undefined is a field that is not there.
    const wanted: unknown = JSON.parse(JSON.stringify(status));
    if (isDeepStrictEqual(object['status'] ?? {}, wanted)) return false;
    const { namespace, name } = object.metadata;
    const metadata = namespace === undefined ? { name } : { namespace, name };
    const body = { apiVersion: kind.apiVersion, kind: kind.kind, metadata, status: wanted };
    cache.observeWrite(await api.apply(kind, body, { subresource: 'status', signal }));
    return true;
  };
}
