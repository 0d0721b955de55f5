import { jsonFields, jsonObjects, jsonText } from '../../runtime/json-object.ts';
import type { JsonObject } from '../../runtime/json-object.ts';
import type { KubeObject } from '../kube-object.ts';

/** The block of the spec that the pods of each component are made from. */
export const SPEC_BLOCKS = {
  'all-in-one': 'spec.allInOne',
  collector: 'spec.collector',
  query: 'spec.query',
  storage: 'spec.storage.embedded',
  agent: 'spec.agent',
} as const;

export type SpecBlock = (typeof SPEC_BLOCKS)[keyof typeof SPEC_BLOCKS];

/** undefined of what is no component of an instance. */
export function specBlockOf(component: string): SpecBlock | undefined {
  return Object.entries(SPEC_BLOCKS).find(([name]) => name === component)?.[1];
}

/**
 * Why pods of one workload do not run, of the first that has a reason to tell. The text stays the
 * same while a pod goes round in one failure: counters, waits, ids and the words that alternate
 * (ErrImagePull, ImagePullBackOff) are left out, so that a steady failure is written once.
 * @returns undefined when no pod says anything
 */
export function podsProblem(pods: readonly KubeObject[], block: SpecBlock): string | undefined {
  const standing = pods
    .filter((pod) => pod.metadata.deletionTimestamp === undefined && !isOver(pod))
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  for (const pod of standing) {
    const problem = containersProblem(pod, block) ?? unschedulable(pod, block);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Such a pod (an evicted one, say) has been replaced and only waits to be collected. */
function isOver(pod: KubeObject): boolean {
  const { phase } = jsonFields(pod['status']);
  return phase === 'Failed' || phase === 'Succeeded';
}

function containersProblem(pod: KubeObject, block: SpecBlock): string | undefined {
  const { initContainerStatuses, containerStatuses } = jsonFields(pod['status']);
  for (const status of [...jsonObjects(initContainerStatuses), ...jsonObjects(containerStatuses)]) {
    const problem = containerProblem(status, block);
    if (problem !== undefined) return `container ${textOf(status['name'])}: ${problem}`;
  }
  return undefined;
}

function containerProblem(status: JsonObject, block: SpecBlock): string | undefined {
  const state = jsonFields(status['state']);
  const waiting = jsonFields(state['waiting']);
  const reason = textOf(waiting['reason']);
  const message = textOf(waiting['message']);
  switch (reason) {
    case 'ErrImagePull':
    case 'ImagePullBackOff':
      return `ErrImagePull, ${textOf(status['image'])} cannot be pulled; change ${block}.image or ${block}.imagePullSecrets`;
    case 'InvalidImageName':
      return `InvalidImageName, ${textOf(status['image'])} is no image; change ${block}.image`;
    case 'CreateContainerConfigError':
      return `${reason}, ${steady(message)}; change ${block}.env, ${block}.envFrom or ${block}.securityContext`;
    case 'CreateContainerError':
    case 'RunContainerError':
      return cannotStart(reason, message, block);
    default:
      return status['ready'] === true ? undefined : endedProblem(status, block);
  }
}

function cannotStart(reason: string, message: string, block: SpecBlock): string {
  return `${reason}, ${steady(message)}; change ${block}.image, ${block}.volumeMounts or ${block}.containerSecurityContext`;
}

/** Of a container that has ended: now, or before the start that has not made it ready yet. */
function endedProblem(status: JsonObject, block: SpecBlock): string | undefined {
  const now = jsonFields(jsonFields(status['state'])['terminated']);
  const before = jsonFields(jsonFields(status['lastState'])['terminated']);
  const end = Object.keys(now).length > 0 ? now : before;
  const { exitCode } = end;
  const reason = textOf(end['reason']);
  if (reason === 'OOMKilled') {
    return `OOMKilled, it used more memory than it may; change ${block}.resources.limits.memory`;
  }
  // 0 is how an init container succeeds.
  if (typeof exitCode !== 'number' || exitCode === 0) return undefined;
  const message = steady(textOf(end['message']));
  if (reason === 'StartError') return cannotStart('RunContainerError', message, block);
  const cause = message === '' ? '' : `: ${message}`;
  return `CrashLoopBackOff, ended with ${reason || 'Error'}, exit code ${exitCode}${cause}; its log says why; change ${block}.options or ${block}.image`;
}

function unschedulable(pod: KubeObject, block: SpecBlock): string | undefined {
  const { phase, conditions } = jsonFields(pod['status']);
  if (phase !== undefined && phase !== 'Pending') return undefined;
  const found = jsonObjects(conditions).find(
    ({ type, status, reason }) =>
      type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
  );
  if (found === undefined) return undefined;
  const why = schedulerReasons(textOf(found['message']));
  return `no node takes the pod: Unschedulable, ${why}; change ${block}.resources.requests, ${block}.nodeSelector, ${block}.affinity or ${block}.tolerations`;
}

/**
 * `0/3 nodes are available: 2 Insufficient cpu, 1 node(s) had … preemption: …` without the counts,
 * which change with every node that comes or goes.
 */
function schedulerReasons(message: string): string {
  const reasons = message
    .replace(/^\d+\/\d+ nodes are available:?\s*/, '')
    .replace(/\s*preemption:.*$/s, '')
    .replace(/\.\s*$/, '')
    .split(', ')
    .map((reason) => reason.replace(/^\d+ /, ''));
  return steady([...new Set(reasons)].toSorted().join(', '));
}

const MESSAGE_MAX = 300;

/** One line, of bounded length, without the ids and times that differ from try to try. */
export function steady(message: string): string {
  const line = message
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z?/g, '…')
    .replace(/\b(?=[0-9a-f-]*\d)[0-9a-f-]{12,}\b/g, '…')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length <= MESSAGE_MAX ? line : `${line.slice(0, MESSAGE_MAX)}…`;
}

function textOf(value: unknown): string {
  return jsonText(value) ?? '';
}
