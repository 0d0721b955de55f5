import type { NormalInstance } from '../api/defaults.ts';
import type { ObjectMeta } from '../kube-object.ts';
import { labelsOf } from './labels.ts';
import type { Component, Labels } from './labels.ts';

export interface ObjectMetaInput {
  readonly name: string;
  readonly component: Component;
  /** The user's; the operator's own win, because it finds its objects by them. */
  readonly labels?: Labels | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** Metadata of an object of the instance, in the instance's namespace. */
export function objectMeta(instance: NormalInstance, input: ObjectMetaInput): ObjectMeta {
  const { name, component, labels, annotations = {} } = input;
  return {
    name,
    namespace: instance.namespace,
    labels: { ...labels, ...labelsOf(instance, component, name) },
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}
