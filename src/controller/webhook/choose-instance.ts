import type { ObjectKey } from '../kube-object.ts';

export const INJECT_ANNOTATION = 'sidecar.jaegertracing.io/inject';

type Annotations = Readonly<Record<string, string>> | undefined;

/**
 * What is asked for: the value of the pod, or else of its namespace. undefined when nothing is, or
 * when the one that counts says "false".
 */
export function injectionAsked(pod: Annotations, namespace: Annotations): string | undefined {
  const value = (pod?.[INJECT_ANNOTATION] ?? namespace?.[INJECT_ANNOTATION] ?? '').trim();
  return value === '' || value.toLowerCase() === 'false' ? undefined : value;
}

export type InstanceChoice =
  | { readonly instance: ObjectKey; readonly none?: undefined }
  /** A sentence for people: why none, and which there are. */
  | { readonly instance?: undefined; readonly none: string };

/**
 * The instance whose agent a pod gets. `true` means the one it has had so far, the only one there
 * is, or the only one of the pod's namespace; a name means that one, of the pod's namespace first;
 * `namespace/name` is exact.
 * @param held `namespace/name` of the instance that the workload's pods have agents of: another
 *   instance made since takes none away
 */
export function chooseInstance(
  asked: string,
  podNamespace: string,
  instances: readonly ObjectKey[],
  held?: string,
): InstanceChoice {
  const own = instances.filter(({ namespace }) => namespace === podNamespace);
  if (asked.toLowerCase() === 'true') {
    const kept = instances.filter(({ namespace, name }) => held === `${namespace}/${name}`);
    return only(kept) ?? only(instances) ?? only(own) ?? { none: noneFor('"true"', instances) };
  }
  const named = instances.filter(
    ({ namespace, name }) => asked === name || asked === `${namespace}/${name}`,
  );
  const near = named.filter(({ namespace }) => namespace === podNamespace);
  return only(near) ?? only(named) ?? { none: noneFor(JSON.stringify(asked), instances) };
}

function only(instances: readonly ObjectKey[]): InstanceChoice | undefined {
  const [first, ...others] = instances;
  return first === undefined || others.length > 0 ? undefined : { instance: first };
}

function noneFor(asked: string, instances: readonly ObjectKey[]): string {
  const names = instances.map(({ namespace, name }) => `${namespace}/${name}`).toSorted();
  const there = names.length === 0 ? 'there is no JaegerInstance' : `there are ${names.join(', ')}`;
  return `${INJECT_ANNOTATION}=${asked} names no single JaegerInstance; ${there}`;
}
