import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JAEGER_INSTANCE } from '../../../src/controller/api/jaeger-instance.ts';
import type { KubeObject } from '../../../src/controller/kube-object.ts';
import { testbedUnavailable } from '../../testbed/testbed-unavailable.ts';
import {
  DEPLOYMENT,
  REPLICA_SET,
  anInstance,
  eventsOf,
  newNamespace,
  operatorBed,
  removeNamespace,
  startOperator,
  until,
} from './operator-bed.ts';
import type { OperatorBed, TestOperator } from './operator-bed.ts';

const REPAIRED = 'sidecar.jaegertracing.io/repaired';

function aDeployment(namespace: string): KubeObject {
  const { apiVersion, kind } = DEPLOYMENT;
  const labels = { app: 'shop' };
  const containers = [{ name: 'app', image: 'localhost/none:1' }];
  const spec = {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
  };
  const annotations = { 'sidecar.jaegertracing.io/inject': 'true' };
  return { apiVersion, kind, metadata: { namespace, name: 'shop', annotations }, spec };
}

/** The operator runs, but no webhook configuration leads to it: no admission is ever answered. */
describe.skipIf(testbedUnavailable() !== undefined)('pods whose admission nobody answered', () => {
  let bed: OperatorBed;
  let operator: TestOperator;
  let namespace: string;

  beforeAll(async () => {
    bed = await operatorBed();
    namespace = await newNamespace(bed);
    operator = await startOperator({
      kubeconfig: bed.cluster.kubeconfig,
      namespace,
      'webhook.enabled': 'true',
      'webhook.host-port': '127.0.0.1:0',
      'sidecar-check-interval': '1s',
    });
  });

  afterAll(async () => {
    await operator.stop();
    await removeNamespace(bed, namespace);
    await bed.close();
  });

  it('are rolled once more, and no more than once', async () => {
    await bed.api.create(JAEGER_INSTANCE, anInstance(namespace, 'demo'), bed.signal);
    await bed.api.create(DEPLOYMENT, aDeployment(namespace), bed.signal);
    const shop = { namespace, name: 'shop' };
    await until(
      'the repair',
      async () => {
        const workload = await bed.api.get(DEPLOYMENT, shop, bed.signal);
        return workload?.metadata.annotations?.[REPAIRED] === `${namespace}/demo;copied`;
      },
      40_000,
    );
    await until('the event', async () => {
      const events = await eventsOf(bed, namespace, 'shop');
      return events.some((event) => /^Repaired: \d pods started without their agent/.test(event));
    });
    const templates = async (): Promise<readonly string[]> => {
      const { items } = await bed.api.list(REPLICA_SET, { namespace }, bed.signal);
      return items.map((set) => JSON.stringify(set['spec']));
    };
    await until('pods of the repaired template', async () =>
      (await templates()).some((template) => template.includes(REPAIRED)),
    );
    // The new pods are missed too, but known: whatever keeps agents from them, rolling does not help.
    const before = await templates();
    const { all } = await operator.requests();
    await until('several checks more', async () => (await operator.requests()).all > all + 5);
    expect(await templates()).toHaveLength(before.length);
  });
});
