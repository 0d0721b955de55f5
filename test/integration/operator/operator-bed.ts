import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { JAEGER_INSTANCE } from '../../../src/controller/api/jaeger-instance.ts';
import { OWNED_KINDS } from '../../../src/controller/desired/desired-objects.ts';
import { createKubeClient } from '../../../src/controller/kube/create-kube-api.ts';
import type { KubeApi } from '../../../src/controller/kube/kube-api.ts';
import { loadKubeConfig } from '../../../src/controller/kube/load-kube-config.ts';
import type { KubeObject, ResourceKind } from '../../../src/controller/kube-object.ts';
import { controllerRole } from '../../../src/controller/role.ts';
import { startRole } from '../../../src/runtime/run-role.ts';
import type { RoleProcess } from '../../../src/runtime/run-role.ts';
import type { ClusterClient } from '../../testbed/cluster-client.ts';
import { sharedCluster } from '../../testbed/shared-cluster.ts';

function namespaced(apiVersion: string, kind: string, plural: string): ResourceKind {
  return { apiVersion, kind, plural, namespaced: true };
}
export const NAMESPACE = { ...namespaced('v1', 'Namespace', 'namespaces'), namespaced: false };
export const CONFIG_MAP = namespaced('v1', 'ConfigMap', 'configmaps');
export const POD = namespaced('v1', 'Pod', 'pods');
export const EVENT = namespaced('events.k8s.io/v1', 'Event', 'events');
export const DEPLOYMENT = namespaced('apps/v1', 'Deployment', 'deployments');
export const REPLICA_SET = namespaced('apps/v1', 'ReplicaSet', 'replicasets');

/** A cluster that knows JaegerInstances, and one's own way to look into it. */
export interface OperatorBed {
  readonly cluster: ClusterClient;
  readonly api: KubeApi;
  readonly signal: AbortSignal;
  close(): Promise<void>;
}

export async function operatorBed(timeoutMs = 300_000): Promise<OperatorBed> {
  const cluster = await sharedCluster();
  const crd = 'crds/jaegertracing.io_jaegerinstances.yaml';
  await cluster.kubectl(['apply', '--server-side', '--force-conflicts', '-f', crd]);
  const established = ['--for=condition=Established', '--timeout=30s'];
  await cluster.kubectl(['wait', ...established, 'crd/jaegerinstances.jaegertracing.io']);
  const client = createKubeClient({
    config: loadKubeConfig({ path: cluster.kubeconfig }),
    metrics: new Registry(),
    rateLimit: { qps: 0, burst: 0 },
  });
  const signal = AbortSignal.timeout(timeoutMs);
  return { cluster, api: client.api, signal, close: () => client.close() };
}

let serial = 0;

/** A new namespace, with its default service account so that pods can be made in it. */
export async function newNamespace(
  { api, signal }: OperatorBed,
  annotations: Readonly<Record<string, string>> = {},
): Promise<string> {
  const name = `operator-${process.pid}-${(serial += 1)}`;
  const { apiVersion, kind } = NAMESPACE;
  await api.create(NAMESPACE, { apiVersion, kind, metadata: { name, annotations } }, signal);
  const accounts = namespaced('v1', 'ServiceAccount', 'serviceaccounts');
  await until('the default service account', async () => {
    const key = { namespace: name, name: 'default' };
    return (await api.get(accounts, key, signal)) !== undefined;
  });
  return name;
}

/** Takes a namespace away; its instances first, so that no later operator meets them in it. */
export async function removeNamespace(
  { cluster: { kubectl } }: OperatorBed,
  namespace: string,
): Promise<void> {
  await kubectl(['delete', 'jaegerinstances', '--all', '-n', namespace]);
  await kubectl(['delete', 'namespace', namespace, '--wait=false']);
}

export interface TestOperator {
  readonly process: RoleProcess;
  /** Requests to the API server that were answered, and those of them that write. */
  requests(): Promise<{ readonly all: number; readonly writes: number; readonly refused: number }>;
  stop(): Promise<void>;
}

const FLAGS: Readonly<Record<string, string>> = {
  'log-level': process.env['TEST_LOG'] ?? 'silent',
  'log-format': 'json',
  'health.http.host-port': '127.0.0.1:0',
};

/** The operator, in this process, exactly as its command line starts it. */
export async function startOperator(
  flags: Readonly<Record<string, string>>,
): Promise<TestOperator> {
  const running = await startRole(controllerRole, {
    flags: new Map(Object.entries({ ...FLAGS, ...flags })),
    env: {},
    file: null,
    fileName: '',
  });
  return {
    process: running,
    requests: () => requestsOf(running.deps.metrics),
    stop: () => running.stop(),
  };
}

async function requestsOf(
  metrics: Registry,
): Promise<{ all: number; writes: number; refused: number }> {
  const metric = await metrics.getSingleMetric('rest_client_requests_total')?.get();
  const values = metric?.values ?? [];
  const sum = (counts: (labels: Partial<Record<string, string | number>>) => boolean): number =>
    values.filter(({ labels }) => counts(labels)).reduce((total, { value }) => total + value, 0);
  return {
    all: sum(() => true),
    writes: sum(({ method }) => method !== 'GET'),
    refused: sum(({ code }) => code === '403'),
  };
}

export function anInstance(namespace: string, name: string, spec: object = {}): KubeObject {
  const { apiVersion, kind } = JAEGER_INSTANCE;
  return { apiVersion, kind, metadata: { namespace, name }, spec };
}

/** Everything in the namespace that belongs to a JaegerInstance, as `Kind name`, sorted. */
export async function ownedNames(bed: OperatorBed, namespace: string): Promise<readonly string[]> {
  const objects = await ownedObjects(bed, namespace);
  return objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).toSorted();
}

export async function ownedObjects(
  { api, signal }: OperatorBed,
  namespace: string,
): Promise<readonly KubeObject[]> {
  const lists = await Promise.all(OWNED_KINDS.map((kind) => api.list(kind, { namespace }, signal)));
  return lists
    .flatMap(({ items }) => items)
    .filter(({ metadata }) => metadata.ownerReferences?.[0]?.kind === JAEGER_INSTANCE.kind);
}

/** What a kubelet would report: every pod of these runs and is ready. */
export async function makePodsReady(
  { api, signal }: OperatorBed,
  namespace: string,
  labelSelector: string,
): Promise<number> {
  const { items } = await api.list(POD, { namespace, labelSelector }, signal);
  for (const { metadata } of items) {
    const condition = { type: 'Ready', status: 'True' };
    const status = { phase: 'Running', conditions: [condition] };
    const body = {
      apiVersion: POD.apiVersion,
      kind: POD.kind,
      metadata: { namespace, name: metadata.name },
      status,
    };
    await api.apply(POD, body, { subresource: 'status', signal });
  }
  return items.length;
}

export interface ConditionView {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export async function instanceStatus(
  { api, signal }: OperatorBed,
  namespace: string,
  name: string,
): Promise<Readonly<Record<string, unknown>>> {
  const instance = await api.get(JAEGER_INSTANCE, { namespace, name }, signal);
  return (instance?.['status'] ?? {}) as Record<string, unknown>;
}

export async function conditionOf(
  bed: OperatorBed,
  { namespace, name, type }: { namespace: string; name: string; type: string },
): Promise<ConditionView | undefined> {
  const { conditions = [] } = await instanceStatus(bed, namespace, name);
  return (conditions as readonly ConditionView[]).find((condition) => condition.type === type);
}

/** Events about an object, as `reason: note`. */
export async function eventsOf(
  { api, signal }: OperatorBed,
  namespace: string,
  name: string,
): Promise<readonly string[]> {
  const { items } = await api.list(EVENT, { namespace }, signal);
  return items
    .filter((event) => (event['regarding'] as { name?: string } | undefined)?.name === name)
    .map((event) => `${String(event['reason'])}: ${String(event['note'])}`);
}

/** Asks until it holds; gives the milliseconds that took. */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
  ms = 15_000,
): Promise<number> {
  const started = performance.now();
  while (!(await holds())) {
    if (performance.now() - started > ms) throw new Error(`not in ${ms} ms: ${what}`);
    await sleep(25);
  }
  return Math.round(performance.now() - started);
}
