import type { NormalInstance } from '../api/defaults.ts';
import type { PodBlock } from '../api/pod-schema.ts';
import type { KubeObject } from '../kube-object.ts';
import { namesOf } from './names.ts';
import { objectMeta } from './object-meta.ts';

/** The ServiceAccount of a component's pods. */
export function serviceAccountName(instance: NormalInstance, block: PodBlock): string {
  return block.serviceAccount ?? namesOf(instance.name).serviceAccount;
}

/** None is made when every component names one of the user's. */
export function instanceServiceAccount(instance: NormalInstance): readonly KubeObject[] {
  const { allInOne, agent } = instance.spec;
  const blocks: readonly PodBlock[] =
    agent.strategy === 'DaemonSet' ? [allInOne, agent] : [allInOne];
  if (blocks.every((block) => block.serviceAccount !== undefined)) return [];
  const { serviceAccount: name } = namesOf(instance.name);
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: objectMeta(instance, { name, component: 'service-account' }),
      automountServiceAccountToken: false,
    },
  ];
}
