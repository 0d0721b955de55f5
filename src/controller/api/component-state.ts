import { jsonFields, jsonObjects, jsonText } from '../../runtime/json-object.ts';
import type { JsonObject } from '../../runtime/json-object.ts';
import type { KubeObject } from '../kube-object.ts';

/** One workload of an instance as it runs; what `status.components` lists. */
export interface ComponentState {
  /** Name of the workload object. */
  readonly name: string;
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  /** What it is for: `all-in-one`, `collector`, `query`, `storage`, `agent`. */
  readonly component: string;
  readonly desired: number;
  readonly ready: number;
  /** Pods of the newest template. */
  readonly updated: number;
  readonly image: string;
  /** What the workload itself says is wrong. */
  readonly problem?: string;
}

/**
 * Reads a workload as the API server returned it. Counts of an older generation say
 * nothing about the newest template: `updated` is 0 then.
 * @returns undefined for another kind
 */
export function componentState(object: KubeObject): ComponentState | undefined {
  const { kind } = object;
  if (kind !== 'Deployment' && kind !== 'StatefulSet' && kind !== 'DaemonSet') return undefined;
  const spec = jsonFields(object['spec']);
  const status = jsonFields(object['status']);
  const current = count(status['observedGeneration']) >= (object.metadata.generation ?? 0);
  const daemonSet = kind === 'DaemonSet';
  const updated = daemonSet ? status['updatedNumberScheduled'] : status['updatedReplicas'];
  const problem = kind === 'Deployment' ? deploymentProblem(status) : undefined;
  return {
    name: object.metadata.name,
    kind,
    component: object.metadata.labels?.['app.kubernetes.io/component'] ?? '',
    desired: daemonSet ? count(status['desiredNumberScheduled']) : count(spec['replicas'] ?? 1),
    ready: count(daemonSet ? status['numberReady'] : status['readyReplicas']),
    updated: current ? count(updated) : 0,
    image: firstImage(spec),
    ...(problem === undefined ? {} : { problem }),
  };
}

function deploymentProblem(status: JsonObject): string | undefined {
  for (const condition of jsonObjects(status['conditions'])) {
    const { type, status: value, reason, message } = condition;
    const failed =
      (type === 'ReplicaFailure' && value === 'True') ||
      (type === 'Progressing' && value === 'False' && reason === 'ProgressDeadlineExceeded');
    if (failed) return `${String(reason)}: ${String(message)}`;
  }
  return undefined;
}

function firstImage(spec: JsonObject): string {
  const podSpec = jsonFields(jsonFields(spec['template'])['spec']);
  return jsonText(jsonObjects(podSpec['containers'])[0]?.['image']) ?? '';
}

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
