import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JAEGER_INSTANCE } from '../../../src/controller/api/jaeger-instance.ts';
import { testbedUnavailable } from '../../testbed/testbed-unavailable.ts';
import {
  OBJECTS_OF_DEMO,
  breakEverything,
  changeAndPrune,
  createUntilReady,
  deleteEverything,
  kindOf,
  ownedBecome,
} from './life-of-instance.ts';
import {
  CONFIG_MAP,
  POD,
  anInstance,
  conditionOf,
  eventsOf,
  newNamespace,
  operatorBed,
  ownedNames,
  ownedObjects,
  removeNamespace,
  startOperator,
  until,
} from './operator-bed.ts';
import type { OperatorBed, TestOperator } from './operator-bed.ts';

describe.skipIf(testbedUnavailable() !== undefined)('an instance under the operator', () => {
  let bed: OperatorBed;
  let operator: TestOperator;
  let namespace = '';

  beforeAll(async () => {
    bed = await operatorBed();
  });
  beforeEach(async () => {
    namespace = await newNamespace(bed);
    operator = await startOperator({
      kubeconfig: bed.cluster.kubeconfig,
      'watch-namespaces': namespace,
    });
  });
  afterEach(async () => {
    await operator.stop();
    await removeNamespace(bed, namespace);
  });
  afterAll(() => bed.close());

  it('gets its objects and, when its pods run, is ready; deleted, it leaves nothing', async () => {
    await createUntilReady(bed, namespace);
    await deleteEverything(bed, namespace);
  });

  it('has every deleted or edited object repaired within 5 s, and loses what it no longer asks for', async () => {
    await bed.api.create(JAEGER_INSTANCE, anInstance(namespace, 'demo'), bed.signal);
    await ownedBecome(bed, namespace, OBJECTS_OF_DEMO);
    const times = await breakEverything(bed, namespace);
    expect(times).toHaveLength(2 * OBJECTS_OF_DEMO.length);
    expect(Math.max(...times)).toBeLessThan(5000);
    await changeAndPrune(bed, namespace);
  });

  it('has a DaemonSet repaired too', async () => {
    const spec = { agent: { strategy: 'DaemonSet' } };
    await bed.api.create(JAEGER_INSTANCE, anInstance(namespace, 'demo', spec), bed.signal);
    await ownedBecome(bed, namespace, [...OBJECTS_OF_DEMO, 'DaemonSet demo-agent-daemonset']);
    const times = await breakEverything(bed, namespace);
    expect(Math.max(...times)).toBeLessThan(5000);
  });

  it('is refused by the API server where a rule of the CRD is broken', async () => {
    const spec = { agent: { hostNetwork: true } };
    const made = bed.api.create(JAEGER_INSTANCE, anInstance(namespace, 'demo', spec), bed.signal);
    await expect(made).rejects.toThrow('needs spec.agent.strategy: DaemonSet');
    const unknown = anInstance(namespace, 'demo', { strategy: 'streaming' });
    await expect(bed.api.create(JAEGER_INSTANCE, unknown, bed.signal)).rejects.toThrow(
      'Unsupported value: "streaming"',
    );
  });

  it('keeps its objects while its spec is wrong, says which field, and recovers', async () => {
    const key = { namespace, name: 'demo' };
    const at = { ...key, type: 'Ready' };
    await bed.api.create(JAEGER_INSTANCE, anInstance(namespace, 'demo'), bed.signal);
    await ownedBecome(bed, namespace, OBJECTS_OF_DEMO);
    const wrong = { spec: { storage: { options: { memory: { 'max-tarces': 5 } } } } };
    await bed.api.patch(JAEGER_INSTANCE, key, wrong, bed.signal);
    const toldMs = await until('InvalidSpec', async () => {
      return (await conditionOf(bed, at))?.reason === 'InvalidSpec';
    });
    expect(toldMs).toBeLessThan(5000);
    expect((await conditionOf(bed, at))?.message).toBe(
      'spec.storage.options.memory.max-tarces: is not a setting',
    );
    expect(await ownedNames(bed, namespace)).toEqual(OBJECTS_OF_DEMO);
    await bed.api.patch(JAEGER_INSTANCE, key, { spec: { storage: null } }, bed.signal);
    const fixedMs = await until('valid again', async () => {
      return (await conditionOf(bed, at))?.reason === 'PodsFailing';
    });
    expect(fixedMs).toBeLessThan(5000);
  });

  it('says which container fails, why, and the field to change; once, however often it fails', async () => {
    const { api, signal } = bed;
    const image = 'localhost/none:1';
    const spec = { allInOne: { image } };
    await api.create(JAEGER_INSTANCE, anInstance(namespace, 'demo', spec), signal);
    const labelSelector = 'app.kubernetes.io/instance=demo';
    let name = '';
    await until('a pod', async () => {
      const { items } = await api.list(POD, { namespace, labelSelector }, signal);
      name = items[0]?.metadata.name ?? '';
      return name !== '';
    });
    const waitWith = (
      reason: string,
      restartCount: number,
      phase = 'Pending',
    ): Promise<unknown> => {
      const state = { waiting: { reason, message: `try ${restartCount}` } };
      const container = { name: 'jaeger', image, imageID: '', ready: false, restartCount, state };
      const { apiVersion, kind } = POD;
      const status = { phase, containerStatuses: [container] };
      const body = { apiVersion, kind, metadata: { namespace, name }, status };
      return api.apply(POD, body, { subresource: 'status', signal });
    };
    await waitWith('ErrImagePull', 0);
    const message =
      'demo: container jaeger: ErrImagePull, localhost/none:1 cannot be pulled; ' +
      'change spec.allInOne.image or spec.allInOne.imagePullSecrets';
    const conditionBecomes = (type: string, wanted: object): Promise<number> =>
      until(JSON.stringify(wanted), async () => {
        const condition = await conditionOf(bed, { namespace, name: 'demo', type });
        return isDeepStrictEqual({ ...condition, ...wanted }, condition);
      });
    await conditionBecomes('Degraded', { status: 'True', reason: 'PodsFailing', message });
    await conditionBecomes('Ready', { status: 'False', reason: 'PodsFailing', message });
    await until('an event', async () => {
      const events = await eventsOf(bed, namespace, 'demo');
      return events.some((event) => event.startsWith('PodsFailing: demo: '));
    });
    // An event is seen before the operator has its answer.
    let writes = Number.NaN;
    await until('nothing is under way', async () => {
      const before = writes;
      ({ writes } = await operator.requests());
      return writes === before;
    });
    for (const count of [1, 2, 3]) await waitWith('ImagePullBackOff', count);
    await waitWith('ContainerCreating', 3, 'Running');
    await conditionBecomes('Degraded', { status: 'False', reason: 'AsDesired' });
    // Of the recovery; none of the tries before it.
    expect((await operator.requests()).writes - writes).toBe(1);
    const told = (await eventsOf(bed, namespace, 'demo')).filter((event) =>
      event.startsWith('PodsFailing: '),
    );
    expect(told).toHaveLength(1);
  });

  it('is not delayed by one that cannot be applied', async () => {
    const mine = { ...CONFIG_MAP, metadata: { namespace, name: 'broken-sampling-configuration' } };
    const { apiVersion, kind, metadata } = mine;
    await bed.api.create(CONFIG_MAP, { apiVersion, kind, metadata, data: {} }, bed.signal);
    await bed.api.create(JAEGER_INSTANCE, anInstance(namespace, 'broken'), bed.signal);
    await until('the broken one says so', async () => {
      const ready = await conditionOf(bed, { namespace, name: 'broken', type: 'Degraded' });
      return (
        ready?.reason === 'ApplyFailed' && ready.message.includes('broken-sampling-configuration')
      );
    });
    const started = performance.now();
    await bed.api.create(JAEGER_INSTANCE, anInstance(namespace, 'demo'), bed.signal);
    await until('the good one’s objects', async () => {
      const names = await ownedNames(bed, namespace);
      return OBJECTS_OF_DEMO.every((name) => names.includes(name));
    });
    expect(performance.now() - started).toBeLessThan(2000);
    const kept = await bed.api.get(CONFIG_MAP, metadata, bed.signal);
    expect(kept?.metadata.ownerReferences).toBeUndefined();
  });

  it('is left alone while paused, and looked after again when it is not', async () => {
    const key = { namespace, name: 'demo' };
    await bed.api.create(JAEGER_INSTANCE, anInstance(namespace, 'demo'), bed.signal);
    await ownedBecome(bed, namespace, OBJECTS_OF_DEMO);
    await bed.api.patch(JAEGER_INSTANCE, key, { spec: { paused: true } }, bed.signal);
    const at = { ...key, type: 'Progressing' };
    await until('paused', async () => (await conditionOf(bed, at))?.reason === 'Paused');
    const objects = await ownedObjects(bed, namespace);
    for (const object of objects) {
      const target = { namespace, name: object.metadata.name };
      await bed.api.delete(kindOf(object), target, { signal: bed.signal });
    }
    // The Deployment was seen to go: the operator has looked at all of it and has made nothing.
    await until('components gone', async () => {
      const ready = await conditionOf(bed, { ...key, type: 'Ready' });
      return ready?.message === 'no component exists yet';
    });
    expect(await ownedNames(bed, namespace)).toEqual([]);
    await bed.api.patch(JAEGER_INSTANCE, key, { spec: { paused: false } }, bed.signal);
    await ownedBecome(bed, namespace, OBJECTS_OF_DEMO);
  });
});
