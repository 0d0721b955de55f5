import { expect } from 'vitest';
import { JAEGER_INSTANCE } from '../../../src/controller/api/jaeger-instance.ts';
import { OWNED_KINDS } from '../../../src/controller/desired/desired-objects.ts';
import type { KubeObject, ResourceKind } from '../../../src/controller/kube-object.ts';
import {
  anInstance,
  conditionOf,
  eventsOf,
  instanceStatus,
  makePodsReady,
  ownedNames,
  ownedObjects,
  until,
} from './operator-bed.ts';
import type { OperatorBed } from './operator-bed.ts';

/** What the operator makes of an instance that says nothing. */
export const OBJECTS_OF_DEMO: readonly string[] = [
  'ConfigMap demo-sampling-configuration',
  'Deployment demo',
  'Ingress demo-query',
  'Service demo-agent',
  'Service demo-collector',
  'Service demo-collector-headless',
  'Service demo-query',
  'ServiceAccount demo',
];

export async function ownedBecome(
  bed: OperatorBed,
  namespace: string,
  names: readonly string[],
  ms?: number,
): Promise<number> {
  const wanted = names.toSorted();
  let found: readonly string[] = [];
  const same = async (): Promise<boolean> => {
    found = await ownedNames(bed, namespace);
    return JSON.stringify(found) === JSON.stringify(wanted);
  };
  return until('the owned objects', same, ms).catch((error: unknown) => {
    expect(found).toEqual(wanted);
    throw error;
  });
}

/** From nothing to ready: objects, owners, status and event. */
export async function createUntilReady(bed: OperatorBed, namespace: string): Promise<void> {
  const { api, signal } = bed;
  const made = await api.create(JAEGER_INSTANCE, anInstance(namespace, 'demo'), signal);
  await ownedBecome(bed, namespace, OBJECTS_OF_DEMO);
  for (const { metadata } of await ownedObjects(bed, namespace)) {
    expect(metadata.ownerReferences).toEqual([
      {
        apiVersion: 'jaegertracing.io/v1',
        kind: 'JaegerInstance',
        name: 'demo',
        uid: made.metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
  }
  const at = { namespace, name: 'demo', type: 'Ready' };
  // A control plane without nodes: the scheduler says so of every pod.
  await until('not ready without a node', async () => {
    const ready = await conditionOf(bed, at);
    return ready?.reason === 'PodsFailing' && ready.message.includes('Unschedulable');
  });
  const ofDemo = 'app.kubernetes.io/instance=demo';
  await until('a pod', async () => (await makePodsReady(bed, namespace, ofDemo)) === 1);
  await until('ready', async () => (await conditionOf(bed, at))?.status === 'True');
  const ready = await conditionOf(bed, at);
  expect(ready).toMatchObject({ reason: 'AllComponentsReady', message: 'demo 1/1 ready' });
  const host = `demo-collector.${namespace}.svc`;
  expect(await instanceStatus(bed, namespace, 'demo')).toMatchObject({
    observedGeneration: 1,
    strategy: 'allInOne',
    storage: 'memory',
    collector: '1/1',
    query: '1/1',
    components: [{ name: 'demo', kind: 'Deployment', desired: 1, ready: 1, updated: 1 }],
    endpoints: {
      query: `http://demo-query.${namespace}.svc:16686/`,
      otlpGrpc: `${host}:4317`,
      otlpHttp: `http://${host}:4318`,
      jaegerGrpc: `${host}:14250`,
      jaegerThriftHttp: `http://${host}:14268/api/traces`,
      zipkin: `http://${host}:9411/api/v2/spans`,
      agentUdp: `demo-agent.${namespace}.svc:6831`,
    },
  });
  await until('the event', async () => {
    const events = await eventsOf(bed, namespace, 'demo');
    return events.includes('AllComponentsReady: demo 1/1 ready');
  });
}

/** Deletes and edits every owned object of `demo`; gives how long each repair took. */
export async function breakEverything(
  bed: OperatorBed,
  namespace: string,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (const object of await ownedObjects(bed, namespace)) {
    const { api, signal } = bed;
    const kind = kindOf(object);
    const key = { namespace, name: object.metadata.name };
    const what = `${object.kind} ${key.name}`;
    const label = 'app.kubernetes.io/component';
    await api.patch(kind, key, { metadata: { labels: { [label]: 'edited' } } }, signal);
    times.push(
      await until(`${what} is repaired`, async () => {
        const now = await api.get(kind, key, signal);
        return now?.metadata.labels?.[label] === object.metadata.labels?.[label];
      }),
    );
    await api.delete(kind, key, { signal });
    times.push(
      await until(`${what} is back`, async () => {
        const now = await api.get(kind, key, signal);
        return now !== undefined && now.metadata.uid !== object.metadata.uid;
      }),
    );
  }
  return times;
}

/** An agent on every node, without Ingress, and back: what is no longer wanted goes. */
export async function changeAndPrune(bed: OperatorBed, namespace: string): Promise<void> {
  const { api, signal } = bed;
  const key = { namespace, name: 'demo' };
  const setSpec = (spec: object): Promise<KubeObject> =>
    api.patch(JAEGER_INSTANCE, key, { spec }, signal);
  await setSpec({ agent: { strategy: 'DaemonSet' }, ingress: { enabled: false } });
  const without = OBJECTS_OF_DEMO.filter((name) => !name.startsWith('Ingress'));
  await ownedBecome(bed, namespace, [...without, 'DaemonSet demo-agent-daemonset']);
  await setSpec({ agent: { strategy: 'Sidecar' }, ingress: null });
  await ownedBecome(bed, namespace, OBJECTS_OF_DEMO);
}

/** How long the garbage collector may take to hear of a kind that is new in the cluster. */
const COLLECTED_MS = 50_000;

/** Deletes the instance; resolves when nothing of it is left. */
export async function deleteEverything(bed: OperatorBed, namespace: string): Promise<void> {
  const { api, signal } = bed;
  await api.delete(JAEGER_INSTANCE, { namespace, name: 'demo' }, { signal });
  await ownedBecome(bed, namespace, [], COLLECTED_MS);
}

export function kindOf({ apiVersion, kind }: KubeObject): ResourceKind {
  const found = OWNED_KINDS.find((owned) => owned.apiVersion === apiVersion && owned.kind === kind);
  if (found === undefined) throw new Error(`${apiVersion} ${kind} is not owned`);
  return found;
}
