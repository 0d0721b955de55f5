import type { NormalInstance } from '../api/defaults.ts';
import type { KubeObject } from '../kube-object.ts';
import { instanceRoles } from './instance-roles.ts';
import { selectorOf } from './labels.ts';
import { objectMeta } from './object-meta.ts';

/**
 * A drain of nodes takes one pod of a role at a time, and is never blocked: a pod that keeps traces
 * finds them again on its volume. None for the all-in-one in memory, which has one pod and no more.
 */
export function disruptionBudgets(instance: NormalInstance): readonly KubeObject[] {
  return instanceRoles(instance)
    .filter(({ role, volume }) => role !== 'all-in-one' || volume !== undefined)
    .map(({ role, name }) => ({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: objectMeta(instance, { name, component: 'disruption-budget' }),
      spec: {
        maxUnavailable: 1,
        selector: { matchLabels: selectorOf(instance, role) },
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    }));
}
