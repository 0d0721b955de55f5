import type { NormalInstance } from '../api/defaults.ts';
import type { PodBlock } from '../api/pod-schema.ts';
import type { KubeObject } from '../kube-object.ts';
import { instanceRoles } from './instance-roles.ts';
import { namesOf } from './names.ts';
import { objectMeta } from './object-meta.ts';

/** None is made when every component names one of the user's. */
export function instanceServiceAccount(instance: NormalInstance): readonly KubeObject[] {
  const { agent } = instance.spec;
  const blocks: readonly PodBlock[] = [
    ...instanceRoles(instance).map(({ block }) => block),
    ...(agent.strategy === 'DaemonSet' ? [agent] : []),
  ];
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
