import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JAEGER_INSTANCE } from '../../../src/controller/api/jaeger-instance.ts';
import type { KubeObject, ResourceKind } from '../../../src/controller/kube-object.ts';
import { testbedUnavailable } from '../../testbed/testbed-unavailable.ts';
import { OBJECTS_OF_DEMO, ownedBecome } from './life-of-instance.ts';
import {
  anInstance,
  conditionOf,
  instanceStatus,
  makePodsReady,
  newNamespace,
  operatorBed,
  removeNamespace,
  startOperator,
  until,
} from './operator-bed.ts';
import type { OperatorBed, TestOperator } from './operator-bed.ts';
import { bindVolume, claimOf, newStorageClass, removeVolume, requestedSize } from './volume-bed.ts';

const STATEFUL_SET: ResourceKind = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  namespaced: true,
};
const CLAIM = 'data-demo-0';
const OF_DEMO = 'app.kubernetes.io/instance=demo';

/** With a volume instead of memory. */
const OBJECTS_ON_VOLUME = [
  ...OBJECTS_OF_DEMO.filter((name) => !name.startsWith('Deployment')),
  'StatefulSet demo',
  'PodDisruptionBudget demo',
];

describe.skipIf(testbedUnavailable() !== undefined)('an instance with a volume', () => {
  let bed: OperatorBed;
  let operator: TestOperator;
  let namespace = '';
  let storageClassName = '';

  beforeAll(async () => {
    bed = await operatorBed();
  });
  beforeEach(async () => {
    namespace = await newNamespace(bed);
    storageClassName = namespace;
    operator = await startOperator({
      kubeconfig: bed.cluster.kubeconfig,
      'watch-namespaces': namespace,
    });
  });
  afterEach(async () => {
    await operator.stop();
    await removeNamespace(bed, namespace);
    await removeVolume(bed, namespace, storageClassName);
  });
  afterAll(() => bed.close());

  const onVolume = (size: string, more: object = {}): object => ({
    storage: { type: 'embedded', embedded: { size, storageClassName, ...more } },
  });
  const create = (spec: object): Promise<KubeObject> =>
    bed.api.create(JAEGER_INSTANCE, anInstance(namespace, 'demo', spec), bed.signal);
  const change = (spec: object): Promise<KubeObject> =>
    bed.api.patch(JAEGER_INSTANCE, { namespace, name: 'demo' }, { spec }, bed.signal);
  /** Resolves when StorageReady says so, as `Reason: message`. */
  const storageBecomes = async (said: string | RegExp, ms = 30_000): Promise<void> => {
    await expect
      .poll(
        async () => {
          const at = { namespace, name: 'demo', type: 'StorageReady' };
          const { reason = '', message = '' } = (await conditionOf(bed, at)) ?? {};
          return `${reason}: ${message}`;
        },
        { timeout: ms, interval: 50 },
      )
      .toMatch(said);
  };
  const podReady = async (): Promise<void> => {
    await until('a pod', async () => (await makePodsReady(bed, namespace, OF_DEMO)) === 1);
  };

  it('waits for its volume and says why, is ready with it, and leaves it behind', async () => {
    await create(onVolume('1Gi'));
    await ownedBecome(bed, namespace, OBJECTS_ON_VOLUME);
    await storageBecomes(
      `VolumePending: volume data-demo-0 is Pending: ProvisioningFailed, ` +
        `storageclass.storage.k8s.io "${storageClassName}" not found`,
    );
    await newStorageClass(bed, storageClassName, true);
    await bindVolume(bed, { storageClassName, size: '1Gi', namespace, claim: CLAIM });
    await podReady();
    await storageBecomes('OnVolume: traces are on volume data-demo-0 (1Gi)');
    expect(await instanceStatus(bed, namespace, 'demo')).toMatchObject({
      storage: 'embedded',
      collector: '1/1',
      components: [{ name: 'demo', kind: 'StatefulSet', component: 'all-in-one', ready: 1 }],
    });
    await bed.api.delete(JAEGER_INSTANCE, { namespace, name: 'demo' }, { signal: bed.signal });
    await ownedBecome(bed, namespace, [], 50_000);
    expect((await claimOf(bed, namespace, CLAIM))?.metadata.deletionTimestamp).toBeUndefined();
  });

  it('has its volume grown with its spec, and keeps its pod', async () => {
    await newStorageClass(bed, storageClassName, true);
    await create(onVolume('1Gi'));
    await until('a claim', async () => (await claimOf(bed, namespace, CLAIM)) !== undefined);
    await bindVolume(bed, { storageClassName, size: '1Gi', namespace, claim: CLAIM });
    await podReady();
    await storageBecomes('OnVolume: ');
    const uid = ['get', 'pod/demo-0', '-n', namespace, '-o', 'jsonpath={.metadata.uid}'];
    const pod = await bed.cluster.kubectl(uid);
    await change(onVolume('2Gi'));
    await until('the claim asks for more', async () => {
      return (await requestedSize(bed, namespace, CLAIM)) === '2Gi';
    });
    await storageBecomes('OnVolume: traces are on volume data-demo-0 (1Gi, growing to 2Gi)');
    const key = { namespace, name: 'demo' };
    await until('the template of claims is the new one', async () => {
      const set = await bed.api.get(STATEFUL_SET, key, bed.signal);
      return JSON.stringify(set?.['spec']).includes('"storage":"2Gi"');
    });
    expect(await bed.cluster.kubectl(uid)).toBe(pod);
    const { writes } = await operator.requests();
    await change({ paused: false });
    await until('a pass', async () => {
      const status = await instanceStatus(bed, namespace, 'demo');
      return status['observedGeneration'] === 3;
    });
    // Of the status alone.
    expect((await operator.requests()).writes - writes).toBe(1);
  });

  it('says that a class cannot expand, once', async () => {
    await newStorageClass(bed, storageClassName, false);
    await create(onVolume('1Gi'));
    await until('a claim', async () => (await claimOf(bed, namespace, CLAIM)) !== undefined);
    await bindVolume(bed, { storageClassName, size: '1Gi', namespace, claim: CLAIM });
    await podReady();
    await change(onVolume('2Gi'));
    await storageBecomes(
      /^VolumeNotGrown: traces are on volume data-demo-0, which stays 1Gi: .*must support resize.*\(spec\.storage\.embedded\.size: 2Gi\)$/,
    );
    const { refused } = await operator.requests();
    await change({ labels: { team: 'a' } });
    await until('a pass', async () => {
      const status = await instanceStatus(bed, namespace, 'demo');
      return status['observedGeneration'] === 3;
    });
    expect((await operator.requests()).refused).toBe(refused);
  });

  it('has its Deployment replaced when it gets a volume, and back; the volume goes when told to', async () => {
    await newStorageClass(bed, storageClassName, true);
    await create({});
    await ownedBecome(bed, namespace, OBJECTS_OF_DEMO);
    await change(onVolume('1Gi', { whenDeleted: 'Delete' }));
    await ownedBecome(bed, namespace, OBJECTS_ON_VOLUME);
    await until('a claim', async () => (await claimOf(bed, namespace, CLAIM)) !== undefined);
    await change({ storage: { type: 'memory', embedded: null } });
    await ownedBecome(bed, namespace, OBJECTS_OF_DEMO);
    await until(
      'no claim',
      async () => {
        const claim = await claimOf(bed, namespace, CLAIM);
        return claim === undefined || claim.metadata.deletionTimestamp !== undefined;
      },
      50_000,
    );
  });

  it('has a storage server, collectors and a query apart with strategy production', async () => {
    await create({ strategy: 'production', ...onVolume('1Gi'), collector: { replicas: 2 } });
    await ownedBecome(bed, namespace, [
      'ConfigMap demo-sampling-configuration',
      'Deployment demo-collector',
      'Deployment demo-query',
      'Ingress demo-query',
      'PodDisruptionBudget demo-collector',
      'PodDisruptionBudget demo-query',
      'PodDisruptionBudget demo-storage',
      'Service demo-collector',
      'Service demo-collector-headless',
      'Service demo-query',
      'Service demo-storage',
      'Service demo-storage-headless',
      'ServiceAccount demo',
      'StatefulSet demo-storage',
    ]);
    await until('four pods', async () => (await makePodsReady(bed, namespace, OF_DEMO)) === 4);
    await until('counted', async () => {
      const { collector, query } = await instanceStatus(bed, namespace, 'demo');
      return collector === '2/2' && query === '1/1';
    });
  });

  it.each([
    [{ size: '10GB' }, 'spec.storage.embedded.size'],
    [{ size: '1Gi' }, 'a volume cannot shrink'],
    [{ size: null }, undefined],
    [{ storageClassName: 'other' }, 'a volume stays in the class it was made in'],
    [{ accessModes: ['ReadWriteOncePod'] }, 'a volume keeps the access modes it was made with'],
  ])('has a change to %j judged by the API server', async (embedded, said) => {
    await create(onVolume('2Gi'));
    const changed = change({ storage: { embedded } });
    if (said === undefined) await expect(changed).resolves.toBeDefined();
    else await expect(changed).rejects.toThrow(said);
  });

  it('is refused by the API server with strategy production and memory', async () => {
    await expect(create({ strategy: 'production' })).rejects.toThrow(
      'strategy production needs embedded',
    );
  });
});
