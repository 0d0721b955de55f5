import { jsonFields, jsonText } from '../../runtime/json-object.ts';
import type { KubeObject } from '../kube-object.ts';
import { INJECTED_LABEL } from './inject-sidecar.ts';
import { REVISION_ANNOTATION, templateRevision } from './plan-rollout.ts';

/** On a workload: the revision for which its pods were already rolled once more. */
export const REPAIRED_ANNOTATION = 'sidecar.jaegertracing.io/repaired';

/** A pod this young may still be on its way through admission and the watch. */
const SETTLED_MS = 10_000;

/**
 * Label selector of a workload's pods that have no agent; undefined when its own selector says more
 * than labels do.
 */
export function podsWithoutAgent(workload: KubeObject): string | undefined {
  const selector = jsonFields(jsonFields(workload['spec'])['selector']);
  if ('matchExpressions' in selector) return undefined;
  const labels = Object.entries(jsonFields(selector['matchLabels'])).flatMap(([key, value]) => {
    const text = jsonText(value);
    return text === undefined ? [] : [`${key}=${text}`];
  });
  return labels.length === 0 ? undefined : [...labels, `!${INJECTED_LABEL}`].join(',');
}

/** Pods that stay: not on their way out, and past admission and the watch. */
export function settledPods(pods: readonly KubeObject[], nowMs: number): readonly KubeObject[] {
  return pods.filter(
    ({ metadata }) =>
      metadata.deletionTimestamp === undefined &&
      nowMs - Date.parse(metadata.creationTimestamp ?? '') > SETTLED_MS,
  );
}

/**
 * The pods that should have an agent and have none: made of the template as it is now, while nobody
 * answered their admission.
 */
export function missedPods(
  workload: KubeObject,
  pods: readonly KubeObject[],
  nowMs: number,
): readonly KubeObject[] {
  const revision = templateRevision(workload);
  if (revision === undefined) return [];
  return settledPods(pods, nowMs).filter(
    ({ metadata }) => metadata.annotations?.[REVISION_ANNOTATION] === revision,
  );
}

/**
 * Rolls the pods once more. Once for each revision: a pod that still has no agent then has a reason
 * that rolling does not change.
 */
export function repairPatch(workload: KubeObject): unknown {
  const revision = templateRevision(workload);
  const annotations = { [REPAIRED_ANNOTATION]: revision };
  return { metadata: { annotations }, spec: { template: { metadata: { annotations } } } };
}

export function isRepaired(workload: KubeObject): boolean {
  return workload.metadata.annotations?.[REPAIRED_ANNOTATION] === templateRevision(workload);
}
