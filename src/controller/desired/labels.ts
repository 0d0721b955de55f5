import type { NormalInstance } from '../api/defaults.ts';
import type { KubeObject } from '../kube-object.ts';
import { dnsLabel } from './names.ts';
import type { RoleName } from './role-ports.ts';

export type Labels = Readonly<Record<string, string>>;

/** What an object is for, in its `app.kubernetes.io/component` label. */
export type Component =
  | RoleName
  | 'agent'
  | 'configuration'
  | 'disruption-budget'
  | 'query-ingress'
  | 'sampling-configuration'
  | 'service-account'
  | 'service-agent'
  | 'service-collector'
  | 'service-query'
  | 'service-storage'
  | 'ui-configuration';

export const MANAGED_BY = 'jaeger-instance-operator';

/** On everything of an instance: its name, as far as a label can hold it (`dnsLabel`). */
export const INSTANCE_LABEL = 'app.kubernetes.io/instance';

/** Annotation with the hash of what was last applied; the engine's own note. */
export const HASH_ANNOTATION = 'jaegertracing.io/applied-hash';

/** The labels of one object. */
export function labelsOf(instance: NormalInstance, component: Component, name: string): Labels {
  return {
    app: 'jaeger',
    'app.kubernetes.io/name': name,
    ...selectorOf(instance, component),
    'app.kubernetes.io/part-of': 'jaeger',
    'app.kubernetes.io/managed-by': MANAGED_BY,
  };
}

/**
 * What finds the pods of a component. A workload's selector can never change, so this holds nothing
 * that a user or a newer operator might want otherwise.
 */
export function selectorOf(instance: NormalInstance, component: Component): Labels {
  return {
    [INSTANCE_LABEL]: dnsLabel(instance.name),
    'app.kubernetes.io/component': component,
  };
}

/** What an object is labelled to be for. */
export function componentOf({ metadata }: KubeObject): string | undefined {
  return metadata.labels?.['app.kubernetes.io/component'];
}

/** Label selector of everything the operator made for an instance. */
export function ownedSelector(instanceName: string): string {
  const name = dnsLabel(instanceName);
  return `app.kubernetes.io/managed-by=${MANAGED_BY},${INSTANCE_LABEL}=${name}`;
}
