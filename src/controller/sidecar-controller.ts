import { JAEGER_INSTANCE } from './api/jaeger-instance.ts';
import { createController } from './engine/controller.ts';
import type { Controller, ReconcileResult } from './engine/controller.ts';
import type { ControllerDeps } from './instance-controller.ts';
import type { KubeObject, ObjectKey, ResourceKind } from './kube-object.ts';
import { INJECT_ANNOTATION } from './webhook/choose-instance.ts';
import {
  REPAIRED_ANNOTATION,
  isRepaired,
  missedPods,
  podsWithoutAgent,
  repairPatch,
  settledPods,
} from './webhook/missed-pods.ts';
import { REVISION_ANNOTATION, planRollout, templateRevision } from './webhook/plan-rollout.ts';
import type { RolloutPlan } from './webhook/plan-rollout.ts';

/** Kinds whose pods can be given an agent after the fact, by rolling them. */
export const WORKLOAD_KINDS: readonly ResourceKind[] = [
  { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', plural: 'statefulsets', namespaced: true },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', plural: 'daemonsets', namespaced: true },
];

export const NAMESPACE: ResourceKind = {
  apiVersion: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
};

const POD: ResourceKind = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

const PODS_MAX = 100;

export interface SidecarControllerOptions extends ControllerDeps {
  readonly kind: ResourceKind;
  /** How often workloads with agents are looked at for pods that have none. */
  readonly checkMs: number;
  readonly resyncMs: number;
}

/**
 * Rolls the pods of workloads of one kind when they should get, change or lose their agent. Only
 * metadata is watched; a workload is read whole when its annotations, or those of its namespace,
 * say that it may matter.
 */
export function createSidecarController(options: SidecarControllerOptions): Controller {
  const { api, kind, clock, logger, metrics, namespaces } = options;
  const tell = createTeller(options.events);
  const workloads = (): readonly KubeObject[] => controller.cache(kind).list();
  // A namespace is not of any namespace: an operator of single ones may not watch them.
  const watchNamespaces = namespaces.length === 0;
  const annotationsOf = (namespace: string): Readonly<Record<string, string>> | undefined =>
    watchNamespaces
      ? controller.cache(NAMESPACE).get({ namespace: '', name: namespace })?.metadata.annotations
      : undefined;
  const mayMatter = ({ metadata }: KubeObject): boolean =>
    metadata.annotations?.[INJECT_ANNOTATION] !== undefined ||
    metadata.annotations?.[REVISION_ANNOTATION] !== undefined ||
    annotationsOf(metadata.namespace ?? '')?.[INJECT_ANNOTATION] !== undefined;

  const controller = createController({
    name: `sidecar-${kind.kind.toLowerCase()}`,
    api,
    primary: { kind, metadataOnly: true },
    watched: [
      { kind: JAEGER_INSTANCE, mapTo: () => workloads().filter(mayMatter).map(keyOf) },
      ...(watchNamespaces
        ? [
            {
              kind: NAMESPACE,
              metadataOnly: true,
              mapTo: ({ metadata }: KubeObject) =>
                controller.cache(kind).list(metadata.name).map(keyOf),
            },
          ]
        : []),
    ],
    namespaces,
    clock,
    logger,
    metrics,
    limits: { workers: 2, resyncMs: options.resyncMs },
    reconcile: async (key, signal): Promise<ReconcileResult> => {
      const seen = controller.cache(kind).get(key);
      if (seen === undefined || !mayMatter(seen)) return {};
      const workload = await api.get(kind, key, signal);
      if (workload === undefined || isGoing(workload) || isOurs(workload)) return {};
      const instances = controller
        .cache(JAEGER_INSTANCE)
        .list()
        .filter((instance) => !isGoing(instance))
        .map(keyOf);
      const plan = planRollout(workload, annotationsOf(key.namespace), instances);
      const again = await follow(plan, workload, { ...options, tell, signal });
      return again ? { requeueAfterMs: options.checkMs } : {};
    },
  });

  return controller;
}

/** Does what a plan says; whether to look again although nothing changes. */
async function follow(
  plan: RolloutPlan,
  workload: KubeObject,
  deps: SidecarControllerOptions & {
    readonly tell: (workload: KubeObject, plan: RolloutPlan) => void;
    readonly signal: AbortSignal;
  },
): Promise<boolean> {
  const { api, writeApi, kind, clock, signal } = deps;
  if (plan.kind === 'nothing') {
    deps.tell(workload, plan);
    if (templateRevision(workload) === undefined) return false;
    await repair(workload, deps, signal);
    return true;
  }
  if (plan.kind === 'roll') {
    const missed = plan.onlyForMissed
      ? settledPods(await podsOf(workload, api, signal), clock.now())
      : undefined;
    if (missed?.length === 0) return true;
    await writeApi.patch(kind, keyOf(workload), rolloutPatch(plan), signal);
  }
  deps.tell(workload, plan);
  return false;
}

/** Pods that started while nobody answered their admission are made anew, with their agent. */
async function repair(
  workload: KubeObject,
  { api, writeApi, clock, events, kind }: SidecarControllerOptions,
  signal: AbortSignal,
): Promise<void> {
  if (isRepaired(workload)) return;
  const missed = missedPods(workload, await podsOf(workload, api, signal), clock.now());
  if (missed.length === 0) return;
  await writeApi.patch(kind, keyOf(workload), repairPatch(workload), signal);
  const note = `${missed.length} pods started without their agent; all are rolled once more`;
  events.record(workload, { type: 'Warning', reason: 'Repaired', action: 'Inject', note });
}

/** Its pods without an agent; a page of them is enough to know. */
async function podsOf(
  workload: KubeObject,
  api: ControllerDeps['api'],
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const labelSelector = podsWithoutAgent(workload);
  if (labelSelector === undefined) return [];
  const { namespace = '' } = workload.metadata;
  const selection = { namespace, labelSelector, metadataOnly: true, limit: PODS_MAX };
  return (await api.list(POD, selection, signal)).items;
}

/** Tells the users of a workload what a plan means for it. */
function createTeller(
  events: ControllerDeps['events'],
): (workload: KubeObject, plan: RolloutPlan) => void {
  /** By uid: what was last said of a workload that gets no agent. Said again only when it changes. */
  const saidNone = new Map<string, string>();
  return (workload, plan) => {
    const record = (type: 'Normal' | 'Warning', reason: string, note: string): void => {
      events.record(workload, { type, reason, action: 'Inject', note });
    };
    const { uid = '' } = workload.metadata;
    if (plan.kind === 'no-instance') {
      if (saidNone.get(uid) !== plan.message) record('Warning', 'NoInstance', plan.message);
      remember(saidNone, uid, plan.message);
      return;
    }
    saidNone.delete(uid);
    if (plan.kind !== 'roll') return;
    const { instance } = plan;
    if (instance === undefined) record('Normal', 'Removed', 'pods are rolled to run without agent');
    else record('Normal', 'Injected', `agent of ${instance.namespace}/${instance.name}`);
  };
}

/** Workloads remembered; one that was forgotten is told again. */
const SAID_MAX = 4096;

function remember(said: Map<string, string>, uid: string, message: string): void {
  said.delete(uid);
  said.set(uid, message);
  for (const oldest of said.keys()) {
    if (said.size <= SAID_MAX) return;
    said.delete(oldest);
  }
}

/** The template rolls the pods; the mark on the workload itself tells a later pass, or operator. */
function rolloutPatch({ annotations }: Extract<RolloutPlan, { kind: 'roll' }>): unknown {
  const revision = annotations[REVISION_ANNOTATION] ?? null;
  // A repair was for the revision before.
  const repaired = { [REPAIRED_ANNOTATION]: null };
  return {
    metadata: { annotations: { ...repaired, [REVISION_ANNOTATION]: revision } },
    spec: { template: { metadata: { annotations: { ...repaired, ...annotations } } } },
  };
}

/** A part of a tracing deployment is made by the instance controller. */
function isOurs({ metadata }: KubeObject): boolean {
  return metadata.ownerReferences?.some(({ kind }) => kind === JAEGER_INSTANCE.kind) === true;
}

function isGoing({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function keyOf({ metadata }: KubeObject): ObjectKey {
  return { namespace: metadata.namespace ?? '', name: metadata.name };
}
