import { setImmediate } from 'node:timers/promises';
import type { KubeApi } from '../../../src/controller/kube/kube-api.ts';

export interface CountedApi {
  readonly api: KubeApi;
  /** Writes that were sent, as `apply ConfigMap a-x`. */
  readonly writes: string[];
}

/** Counts writes. After `dieAfter` of them nothing goes out any more, as when a process dies. */
export function countedApi(inner: KubeApi, dieAfter = Number.POSITIVE_INFINITY): CountedApi {
  const writes: string[] = [];
  const sent = async <T>(what: string, send: () => Promise<T>): Promise<T> => {
    if (writes.length >= dieAfter) return new Promise(() => undefined);
    writes.push(what);
    const answer = await send();
    await setImmediate();
    // The answer to the last write does not arrive either.
    return writes.length >= dieAfter ? new Promise(() => undefined) : answer;
  };
  return {
    writes,
    api: {
      ...inner,
      create: (kind, object, signal) =>
        sent(`create ${kind.kind} ${object.metadata.name}`, () =>
          inner.create(kind, object, signal),
        ),
      update: (kind, object, signal) =>
        sent(`update ${kind.kind} ${object.metadata.name}`, () =>
          inner.update(kind, object, signal),
        ),
      patch: (kind, key, patch, signal) =>
        sent(`patch ${kind.kind} ${key.name}`, () => inner.patch(kind, key, patch, signal)),
      apply: (kind, object, options) =>
        sent(`apply ${kind.kind} ${object.metadata.name}`, () =>
          inner.apply(kind, object, options),
        ),
      delete: (kind, key, options) =>
        sent(`delete ${kind.kind} ${key.name}`, () => inner.delete(kind, key, options)),
    },
  };
}
