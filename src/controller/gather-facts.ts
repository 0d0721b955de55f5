import { defaultIngressClass } from './desired/cluster-facts.ts';
import type { ClusterFacts } from './desired/cluster-facts.ts';
import { KubeApiError } from './kube/kube-api.ts';
import type { KubeApi } from './kube/kube-api.ts';
import type { KubeObject, ResourceKind } from './kube-object.ts';

const INGRESS_CLASSES: ResourceKind = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  namespaced: false,
};

/** One page: a cluster has a handful of classes. */
const CLASSES_MAX = 100;

/**
 * Asks the cluster what desired objects depend on. An operator of single namespaces has no rights
 * beyond them: classes are not asked for, and the API server fills in its default one by itself.
 */
export async function gatherFacts(
  api: KubeApi,
  image: string,
  signal: AbortSignal,
  { namespaced = false }: { readonly namespaced?: boolean } = {},
): Promise<ClusterFacts> {
  const [serverVersion, classes] = await Promise.all([
    api.serverVersion(signal),
    namespaced ? [] : ingressClasses(api, signal),
  ]);
  return { serverVersion, image, defaultIngressClass: defaultIngressClass(classes) };
}

/** Without the right to see them, the API server's own default is good enough. */
async function ingressClasses(api: KubeApi, signal: AbortSignal): Promise<readonly KubeObject[]> {
  try {
    return (await api.list(INGRESS_CLASSES, { limit: CLASSES_MAX }, signal)).items;
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 403) return [];
    throw error;
  }
}
