import type { NormalInstance } from '../api/defaults.ts';
import type { KubeObject } from '../kube-object.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import type { DataVolume } from './data-volume.ts';
import { instanceRoles } from './instance-roles.ts';
import { namesOf } from './names.ts';
import { roleWorkload } from './role-pods.ts';
import type { RolePods } from './role-pods.ts';
import type { RoleName } from './role-ports.ts';

/**
 * A change that cannot start leaves the old pods running. With memory storage a new pod starts empty
 * and there is a moment in which both take spans; Recreate would lose the traces just the same.
 */
const DEFAULT_STRATEGY = {
  type: 'RollingUpdate',
  rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
};

/** Each role as a Deployment, or as a StatefulSet of one pod when it keeps traces on a volume. */
export function roleWorkloads(
  instance: NormalInstance,
  facts: ClusterFacts,
): readonly KubeObject[] {
  return instanceRoles(instance).map((pods) =>
    pods.volume === undefined
      ? deployment(instance, facts, pods)
      : statefulSet(instance, facts, { ...pods, volume: pods.volume }),
  );
}

function deployment(instance: NormalInstance, facts: ClusterFacts, pods: RolePods): KubeObject {
  const { metadata, selector, template } = roleWorkload(instance, facts, pods);
  const { replicas, strategy } = rollOf(instance, pods.role);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas, selector, strategy: strategy ?? DEFAULT_STRATEGY, template },
  };
}

function rollOf(
  { spec }: NormalInstance,
  role: RoleName,
): { readonly replicas: number; readonly strategy?: object | undefined } {
  if (role === 'collector' || role === 'query') return spec[role];
  return { replicas: 1, strategy: spec.allInOne.strategy };
}

function statefulSet(
  instance: NormalInstance,
  facts: ClusterFacts,
  pods: RolePods & { readonly volume: DataVolume },
): KubeObject {
  const { metadata, selector, template } = roleWorkload(instance, facts, pods);
  const { collectorHeadlessService, storageHeadlessService } = namesOf(instance.name);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: {
      // One process has the volume: more pods would each keep a part of the traces.
      replicas: 1,
      selector,
      serviceName: pods.role === 'storage' ? storageHeadlessService : collectorHeadlessService,
      // Otherwise a pod that never got ready is not replaced by one that would.
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'RollingUpdate' },
      persistentVolumeClaimRetentionPolicy: pods.volume.retentionPolicy,
      volumeClaimTemplates: [pods.volume.claimTemplate],
      template,
    },
  };
}
