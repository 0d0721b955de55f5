import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { JAEGER_INSTANCE } from './api/jaeger-instance.ts';
import { CLAIM, createClaims } from './claims.ts';
import type { ClusterFacts } from './desired/cluster-facts.ts';
import { OWNED_KINDS } from './desired/desired-objects.ts';
import { HASH_ANNOTATION, INSTANCE_LABEL, MANAGED_BY } from './desired/labels.ts';
import { dnsLabel } from './desired/names.ts';
import { createObjectApplier } from './engine/apply-objects.ts';
import type { OwnedKind } from './engine/apply-objects.ts';
import { createController } from './engine/controller.ts';
import type { Controller } from './engine/controller.ts';
import type { EngineMetrics } from './engine/engine-metrics.ts';
import type { EventRecorder } from './engine/events.ts';
import type { ObjectCache } from './engine/object-cache.ts';
import { createStatusWriter } from './engine/status.ts';
import type { KubeApi } from './kube/kube-api.ts';
import type { KubeObject, ObjectKey, ResourceKind } from './kube-object.ts';
import { reconcileInstance } from './reconcile-instance.ts';
import { createWarningEvents } from './warning-events.ts';

export interface ControllerDeps {
  /** For reading. */
  readonly api: KubeApi;
  /** For writing; refuses when this replica does not lead. */
  readonly writeApi: KubeApi;
  readonly events: EventRecorder;
  /** All when empty. */
  readonly namespaces: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: EngineMetrics;
}

export interface InstanceControllerOptions extends ControllerDeps {
  facts(): ClusterFacts;
  readonly workers: number;
  readonly resyncMs: number;
}

const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
const OURS = `${MANAGED_BY_LABEL}=${MANAGED_BY}`;

/** Read to say why an instance is not ready; made and deleted by others. */
export const POD: ResourceKind = {
  apiVersion: 'v1',
  kind: 'Pod',
  plural: 'pods',
  namespaced: true,
};

/**
 * Workloads can be made anew: they hold nothing. A StatefulSet's pod goes on meanwhile, as a change
 * of its claim template is none of the pod's. Of the others a change is never refused.
 */
const RECREATED: Readonly<Record<string, OwnedKind['recreate']>> = {
  Deployment: 'delete',
  DaemonSet: 'delete',
  StatefulSet: 'orphan',
};

/** Keeps every JaegerInstance and what it owns as wanted. */
export function createInstanceController(options: InstanceControllerOptions): Controller {
  const { api, writeApi, clock, logger, metrics } = options;
  const controller = createController({
    name: 'jaegerinstance',
    api,
    primary: { kind: JAEGER_INSTANCE },
    watched: [
      ...OWNED_KINDS.map((kind) => ({ kind, labelSelector: OURS })),
      {
        kind: POD,
        labelSelector: OURS,
        indexedLabels: [INSTANCE_LABEL],
        mapTo: (pod) => instancesOf(pod, controller.cache(JAEGER_INSTANCE)),
      },
      {
        kind: CLAIM,
        labelSelector: OURS,
        mapTo: (claim) => instancesOf(claim, controller.cache(JAEGER_INSTANCE)),
      },
    ],
    namespaces: options.namespaces,
    clock,
    logger,
    metrics,
    limits: { workers: options.workers, resyncMs: options.resyncMs },
    reconcile: async (key, signal) => {
      const instance = controller.cache(JAEGER_INSTANCE).get(key);
      return instance === undefined ? {} : reconcileInstance(instance, deps, signal);
    },
  });
  const deps = {
    writeStatus: createStatusWriter({
      api: writeApi,
      kind: JAEGER_INSTANCE,
      cache: controller.cache(JAEGER_INSTANCE),
    }),
    applier: createObjectApplier({
      api: writeApi,
      owned: OWNED_KINDS.map((kind) => ({ kind, recreate: recreateOf(kind), prune: true })),
      cache: (kind) => controller.cache(kind),
      managedBy: { label: MANAGED_BY_LABEL, value: MANAGED_BY },
      hashAnnotation: HASH_ANNOTATION,
      logger,
      metrics,
    }),
    facts: () => options.facts(),
    ownedObjects: (uid: string) =>
      OWNED_KINDS.flatMap((kind) => controller.cache(kind).ownedBy(uid)),
    podsOf: ({ namespace, name }: ObjectKey) =>
      controller
        .cache(POD)
        .labelled(INSTANCE_LABEL, dnsLabel(name))
        .filter(({ metadata }) => metadata.namespace === namespace),
    claims: createClaims({
      api: writeApi,
      cache: controller.cache(CLAIM),
      warnings: createWarningEvents(api, () => clock.now()),
      now: () => clock.now(),
      logger,
    }),
    now: () => clock.now(),
    announce: (object: Parameters<EventRecorder['record']>[0], event: InstanceNote) => {
      const { type, reason, message } = event;
      options.events.record(object, { type, reason, action: 'Reconcile', note: message });
    },
  };
  return controller;
}

/** A pod or a claim has another owner, or none: its label says which instance it belongs to. */
function instancesOf({ metadata }: KubeObject, instances: ObjectCache): readonly ObjectKey[] {
  const { namespace = '', labels = {} } = metadata;
  return instances
    .list(namespace)
    .filter((instance) => dnsLabel(instance.metadata.name) === labels[INSTANCE_LABEL])
    .map(({ metadata: { name } }) => ({ namespace, name }));
}

interface InstanceNote {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

function recreateOf({ kind }: ResourceKind): OwnedKind['recreate'] {
  return RECREATED[kind] ?? 'never';
}
