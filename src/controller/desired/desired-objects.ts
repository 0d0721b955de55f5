import { normalize } from '../api/defaults.ts';
import type { NormalInstance } from '../api/defaults.ts';
import type { JaegerInstance } from '../api/jaeger-instance.ts';
import type { KubeObject, ResourceKind } from '../kube-object.ts';
import { agentDaemonSet } from './agent-daemon-set.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import { disruptionBudgets } from './disruption-budgets.ts';
import { queryIngress } from './ingress.ts';
import { instanceConfigMaps } from './instance-roles.ts';
import { instanceServiceAccount } from './service-account.ts';
import { agentService, collectorServices, queryService, storageServices } from './services.ts';
import { roleWorkloads } from './workloads.ts';

/** Pure: the same instance and facts give the same objects. [] means: not wanted. */
export type DesiredObject = (
  instance: NormalInstance,
  facts: ClusterFacts,
) => readonly KubeObject[];

/** In the order in which they are applied: what pods need comes before them. */
const DESIRED_OBJECTS: readonly DesiredObject[] = [
  instanceServiceAccount,
  instanceConfigMaps,
  storageServices,
  collectorServices,
  queryService,
  agentService,
  disruptionBudgets,
  roleWorkloads,
  agentDaemonSet,
  queryIngress,
];

/** Everything a cluster should have for an instance. Owner references are the engine's to set. */
export function desiredObjects(
  instance: JaegerInstance,
  facts: ClusterFacts,
): readonly KubeObject[] {
  const normal = normalize(instance, facts.volumeSize);
  return DESIRED_OBJECTS.flatMap((desired) => desired(normal, facts));
}

/** Kinds that objects of an instance can have: what the operator watches, prunes and may write. */
export const OWNED_KINDS: readonly ResourceKind[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts', namespaced: true },
  { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true },
  { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true },
  { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', plural: 'statefulsets', namespaced: true },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', plural: 'daemonsets', namespaced: true },
  { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', plural: 'ingresses', namespaced: true },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    plural: 'poddisruptionbudgets',
    namespaced: true,
  },
];
