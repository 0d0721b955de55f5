import { connect } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { JAEGER_INSTANCE } from '../../../src/controller/api/jaeger-instance.ts';
import type { KubeObject } from '../../../src/controller/kube-object.ts';
import { testbedUnavailable } from '../../testbed/testbed-unavailable.ts';
import {
  DEPLOYMENT,
  POD,
  REPLICA_SET,
  anInstance,
  eventsOf,
  newNamespace,
  operatorBed,
  removeNamespace,
  until,
} from './operator-bed.ts';
import type { OperatorBed } from './operator-bed.ts';
import { startWebhookBed } from './webhook-bed.ts';
import type { WebhookBed } from './webhook-bed.ts';

const INJECT = 'sidecar.jaegertracing.io/inject';
const REVISION = 'sidecar.jaegertracing.io/revision';

interface PodSpec {
  readonly initContainers?: readonly { readonly name: string }[];
  readonly containers: readonly { readonly name: string }[];
}

function aPod(namespace: string, name: string, annotations: Record<string, string>): KubeObject {
  const { apiVersion, kind } = POD;
  const spec = { containers: [{ name: 'app', image: 'localhost/none:1' }] };
  return { apiVersion, kind, metadata: { namespace, name, annotations }, spec };
}

function aDeployment(namespace: string, template: Record<string, string> = {}): KubeObject {
  const { apiVersion, kind } = DEPLOYMENT;
  const labels = { app: 'shop' };
  const spec = {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels, annotations: template },
      spec: { containers: [{ name: 'app', image: 'localhost/none:1' }] },
    },
  };
  return { apiVersion, kind, metadata: { namespace, name: 'shop' }, spec };
}

function hasAgent(pod: KubeObject): boolean {
  const { containers, initContainers = [] } = pod['spec'] as PodSpec;
  return [...containers, ...initContainers].some(({ name }) => name === 'jaeger-agent');
}

function templateOf(workload: KubeObject | undefined): Record<string, string> {
  const spec = workload?.['spec'] as
    { template: { metadata: { annotations?: Record<string, string> } } } | undefined;
  return spec?.template.metadata.annotations ?? {};
}

const available = testbedUnavailable() === undefined;

describe.skipIf(!available)('admission by the operator', () => {
  let bed: OperatorBed;
  let webhooks: WebhookBed;
  const made: string[] = [];

  beforeAll(async () => {
    bed = await operatorBed();
    webhooks = await startWebhookBed(bed);
  });
  afterEach(async () => {
    for (const namespace of made.splice(0)) {
      await removeNamespace(bed, namespace);
    }
  });
  afterAll(async () => {
    await webhooks.stop();
    await bed.close();
  });

  const namespaceWith = async (annotations: Record<string, string> = {}): Promise<string> => {
    const namespace = await newNamespace(bed, annotations);
    made.push(namespace);
    return namespace;
  };
  const makeInstance = async (namespace: string): Promise<void> => {
    await bed.api.create(JAEGER_INSTANCE, anInstance(namespace, 'demo'), bed.signal);
    // The operator knows it once it has said something about it.
    await until('seen', async () => {
      const key = { namespace, name: 'demo' };
      return (await bed.api.get(JAEGER_INSTANCE, key, bed.signal))?.['status'] !== undefined;
    });
  };
  const makePod = (
    namespace: string,
    name: string,
    annotations: Record<string, string> = {},
  ): Promise<KubeObject> => bed.api.create(POD, aPod(namespace, name, annotations), bed.signal);
  const shop = (namespace: string): Promise<KubeObject | undefined> =>
    bed.api.get(DEPLOYMENT, { namespace, name: 'shop' }, bed.signal);
  const annotateShop = async (namespace: string, value: string | null): Promise<void> => {
    const patch = { metadata: { annotations: { [INJECT]: value } } };
    await bed.api.patch(DEPLOYMENT, { namespace, name: 'shop' }, patch, bed.signal);
  };
  const setsOfShop = (namespace: string): ReturnType<typeof bed.api.list> =>
    bed.api.list(REPLICA_SET, { namespace, labelSelector: 'app=shop' }, bed.signal);
  /** Whether the pods of the newest template have an agent; undefined before there are any. */
  const newestHasAgent = async (namespace: string): Promise<boolean | undefined> => {
    const { items } = await bed.api.list(POD, { namespace, labelSelector: 'app=shop' }, bed.signal);
    const sets = await setsOfShop(namespace);
    const revisionOf = ({ metadata }: KubeObject): number =>
      Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
    const newest = sets.items.toSorted((a, b) => revisionOf(b) - revisionOf(a))[0];
    const pod = items.find(
      ({ metadata }) => metadata.ownerReferences?.[0]?.uid === newest?.metadata.uid,
    );
    return pod === undefined ? undefined : hasAgent(pod);
  };

  it('gives an agent to the pod that asks, or whose namespace does, unless the pod says no', async () => {
    const plain = await namespaceWith();
    await makeInstance(plain);
    const asking = await makePod(plain, 'asking', { [INJECT]: 'true' });
    expect(asking.metadata.labels).toMatchObject({ 'sidecar.jaegertracing.io/injected': 'demo' });
    expect(hasAgent(asking)).toBe(true);
    expect(hasAgent(await makePod(plain, 'silent'))).toBe(false);
    const all = await namespaceWith({ [INJECT]: 'demo' });
    await makeInstance(all);
    expect(hasAgent(await makePod(all, 'silent'))).toBe(true);
    expect(hasAgent(await makePod(all, 'refusing', { [INJECT]: 'false' }))).toBe(false);
  });

  it('lets a pod start without agent when no instance fits, and says so on what made it', async () => {
    const namespace = await namespaceWith();
    await bed.api.create(DEPLOYMENT, aDeployment(namespace, { [INJECT]: 'absent' }), bed.signal);
    await until('the pod', async () => (await newestHasAgent(namespace)) === false);
    const said = async (name: string): Promise<boolean> => {
      const events = await eventsOf(bed, namespace, name);
      return events.some((event) => event.startsWith(`NoInstance: ${INJECT}="absent" names no`));
    };
    const sets = await setsOfShop(namespace);
    await until('the event of the ReplicaSet', () => said(sets.items[0]?.metadata.name ?? ''));
    await annotateShop(namespace, 'absent');
    await until('the event of the Deployment', () => said('shop'));
  });

  it('refuses a wrong JaegerInstance with the field, and warns of one without effect', async () => {
    const namespace = await namespaceWith();
    const spec = { allInOne: { options: { 'query.base-pth': '/a' } } };
    await expect(
      bed.api.create(JAEGER_INSTANCE, anInstance(namespace, 'demo', spec), bed.signal),
    ).rejects.toThrow(
      'admission webhook "validate.jaegertracing.io" denied the request: ' +
        'spec.allInOne.options.query.base-pth: is not a setting',
    );
    const idle = anInstance(namespace, 'demo', { agent: { priorityClassName: 'high' } });
    const strict = ['apply', '--warnings-as-errors', '-f', '-'];
    await expect(bed.cluster.kubectl(strict, { stdin: JSON.stringify(idle) })).rejects.toThrow(
      'spec.agent.priorityClassName: has no effect with spec.agent.strategy: Sidecar',
    );
    const stored = await bed.api.get(JAEGER_INSTANCE, idle.metadata as never, bed.signal);
    expect(stored?.['spec']).toEqual({
      strategy: 'allInOne',
      storage: { type: 'memory' },
      agent: { priorityClassName: 'high' },
    });
  });

  it('rolls a workload once when it is annotated, and back when it or the instance no longer says so', async () => {
    const namespace = await namespaceWith();
    await makeInstance(namespace);
    const stdin = JSON.stringify(aDeployment(namespace));
    await bed.cluster.kubectl(['apply', '-f', '-'], { stdin });
    await annotateShop(namespace, 'true');
    await until('agents', async () => (await newestHasAgent(namespace)) === true);
    await until('the event', async () => {
      const events = await eventsOf(bed, namespace, 'shop');
      return events.includes(`Injected: agent of ${namespace}/demo`);
    });
    expect(templateOf(await shop(namespace))[REVISION]).toBe(`${namespace}/demo;copied`);
    // Applied again by its author, who knows nothing of what the operator wrote.
    await bed.cluster.kubectl(['apply', '-f', '-'], { stdin });
    await sleep(1500);
    const sets = await setsOfShop(namespace);
    expect(sets.items).toHaveLength(2);
    await annotateShop(namespace, null);
    await until('no agents', async () => (await newestHasAgent(namespace)) === false);
    expect(templateOf(await shop(namespace))).toEqual({});
    await annotateShop(namespace, 'demo');
    await until('agents again', async () => (await newestHasAgent(namespace)) === true);
    await bed.api.delete(JAEGER_INSTANCE, { namespace, name: 'demo' }, { signal: bed.signal });
    await until('gone with the instance', async () => (await newestHasAgent(namespace)) === false);
    expect(templateOf(await shop(namespace))).toEqual({});
  });
});

describe.skipIf(!available)('rotation of the webhook certificates', () => {
  it(
    'fails no admission and no handshake through three of them',
    { timeout: 180_000 },
    async () => {
      const bed = await operatorBed();
      const webhooks = await startWebhookBed(bed, {
        'webhook.ca-lifetime': '20s',
        'webhook.certificate-lifetime': '20s',
      });
      const namespace = await newNamespace(bed);
      try {
        await bed.api.create(JAEGER_INSTANCE, anInstance(namespace, 'demo'), bed.signal);
        const pod = aPod(namespace, 'asking', { [INJECT]: 'demo' });
        const admitted = async (): Promise<boolean> =>
          hasAgent(await bed.api.apply(POD, pod, { dryRun: true, signal: bed.signal }));
        await until('the first agent', admitted);
        const bundles = new Set<string>();
        const failures: string[] = [];
        const endAt = performance.now() + 42_000;
        let admissions = 0;
        while (performance.now() < endAt) {
          const bundle = await trustedBundle(bed, webhooks);
          bundles.add(bundle);
          const problem = await handshake(webhooks, bundle);
          if (problem !== undefined) failures.push(problem);
          if (!(await admitted())) failures.push(`admission ${admissions} had no effect`);
          admissions += 1;
          await sleep(100);
        }
        expect(failures).toEqual([]);
        expect(bundles.size).toBeGreaterThanOrEqual(3);
        expect(admissions).toBeGreaterThan(150);
      } finally {
        await webhooks.stop();
        await removeNamespace(bed, namespace);
        await bed.close();
      }
    },
  );
});

async function trustedBundle(bed: OperatorBed, { podConfiguration }: WebhookBed): Promise<string> {
  const kind = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    plural: 'mutatingwebhookconfigurations',
    namespaced: false,
  };
  const found = await bed.api.get(kind, { namespace: '', name: podConfiguration }, bed.signal);
  const [webhook] = found?.['webhooks'] as readonly { clientConfig: { caBundle: string } }[];
  return Buffer.from(webhook?.clientConfig.caBundle ?? '', 'base64').toString('utf8');
}

/** A connection of its own, as another API server would make it: undefined when it is trusted. */
function handshake(
  { host, port, serverName }: WebhookBed,
  ca: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, ca, servername: serverName }, () => {
      socket.end();
      resolve(undefined);
    });
    socket.on('error', (error) => {
      resolve(error.message);
    });
  });
}
