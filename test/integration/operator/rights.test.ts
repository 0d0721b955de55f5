import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { JAEGER_INSTANCE } from '../../../src/controller/api/jaeger-instance.ts';
import { testbedUnavailable } from '../../testbed/testbed-unavailable.ts';
import {
  breakEverything,
  changeAndPrune,
  createUntilReady,
  deleteEverything,
} from './life-of-instance.ts';
import {
  anInstance,
  newNamespace,
  operatorBed,
  removeNamespace,
  startOperator,
  until,
} from './operator-bed.ts';
import type { OperatorBed, TestOperator } from './operator-bed.ts';
import { bindVolume, claimOf, newStorageClass, removeVolume, requestedSize } from './volume-bed.ts';

const CHART = 'charts/jaeger-instance-operator';
const RELEASE = 'rights';
const NAME = `${RELEASE}-jaeger-instance-operator`;
/** The Deployment owns what the operator writes for itself; no pod of it runs here. */
const RIGHTS = /^(Cluster)?Role(Binding)?$|^ServiceAccount$|^Deployment$/;

interface Manifest {
  readonly kind: string;
}
interface Kubeconfig {
  readonly clusters: readonly unknown[];
  readonly contexts: readonly { readonly context: object }[];
}

describe.skipIf(testbedUnavailable() !== undefined)('the operator with the chart’s rights', () => {
  let bed: OperatorBed;
  let folder = '';
  let operator: TestOperator | undefined;
  const installed: string[] = [];
  const made: string[] = [];

  beforeAll(async () => {
    bed = await operatorBed();
    folder = await mkdtemp(join(tmpdir(), 'rights-'));
  });
  afterEach(async () => {
    await operator?.stop();
    operator = undefined;
    for (const stdin of installed.splice(0)) {
      await bed.cluster.kubectl(['delete', '-f', '-', '--wait=false'], { stdin });
    }
    for (const namespace of made.splice(0)) await removeNamespace(bed, namespace);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await bed.close();
  });

  /** Gives the cluster the rights of this install, and a kubeconfig of who has them. */
  async function install(home: string, values: readonly string[]): Promise<string> {
    const { helm, kubectl } = bed.cluster;
    const sets = values.flatMap((value) => ['--set', value]);
    const manifests = loadAll(await helm(['template', RELEASE, CHART, '-n', home, ...sets]));
    const items = (manifests as (Manifest | null)[]).filter(
      (manifest) => manifest !== null && RIGHTS.test(manifest.kind),
    );
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await kubectl(['apply', '-f', '-'], { stdin });
    installed.push(stdin);
    const token = (await kubectl(['create', 'token', NAME, '-n', home])).trim();
    const admin = load(await kubectl(['config', 'view', '--raw'])) as Kubeconfig;
    const [context] = admin.contexts;
    const limited = {
      ...admin,
      kind: 'Config',
      contexts: [{ name: 'limited', context: { ...context?.context, user: 'limited' } }],
      'current-context': 'limited',
      users: [{ name: 'limited', user: { token } }],
    };
    const path = join(folder, `${home}.kubeconfig`);
    await writeFile(path, JSON.stringify(limited));
    return path;
  }

  async function wholeLife(namespace: string): Promise<void> {
    await createUntilReady(bed, namespace);
    const times = await breakEverything(bed, namespace);
    expect(Math.max(...times)).toBeLessThan(5000);
    await changeAndPrune(bed, namespace);
    await deleteEverything(bed, namespace);
    await growVolume(namespace);
  }

  /** What the operator does to an object that it does not own. */
  async function growVolume(namespace: string): Promise<void> {
    const storageClassName = namespace;
    const key = { namespace, name: 'kept' };
    const onVolume = (size: string): object => ({
      storage: { type: 'embedded', embedded: { size, storageClassName } },
    });
    const claim = 'data-kept-0';
    await newStorageClass(bed, storageClassName, true);
    try {
      const instance = anInstance(namespace, key.name, onVolume('1Gi'));
      await bed.api.create(JAEGER_INSTANCE, instance, bed.signal);
      await until('a claim', async () => (await claimOf(bed, namespace, claim)) !== undefined);
      await bindVolume(bed, { storageClassName, size: '1Gi', namespace, claim });
      await bed.api.patch(JAEGER_INSTANCE, key, { spec: onVolume('2Gi') }, bed.signal);
      await until('the claim asks for more', async () => {
        return (await requestedSize(bed, namespace, claim)) === '2Gi';
      });
    } finally {
      await removeVolume(bed, namespace, storageClassName);
    }
  }

  const flagsOf = (kubeconfig: string, home: string): Record<string, string> => ({
    kubeconfig,
    namespace: home,
    deployment: NAME,
    'leader-elect': 'true',
    'leader-election.lease-name': NAME,
  });

  it('needs nothing more in a cluster-wide install, webhooks and their certificates included', async () => {
    const home = await newNamespace(bed);
    const shop = await newNamespace(bed);
    made.push(home, shop);
    const path = await install(home, []);
    operator = await startOperator({
      ...flagsOf(path, home),
      'webhook.enabled': 'true',
      'webhook.host-port': '127.0.0.1:0',
      'webhook.secret': `${NAME}-webhook-certs`,
      'webhook.configurations': `${NAME}-pod,${NAME}-jaegerinstance`,
    });
    await wholeLife(shop);
    expect((await operator.requests()).refused).toBe(0);
    const owners = '{.metadata.ownerReferences[*].kind}/{.metadata.ownerReferences[*].name}';
    for (const own of [`lease/${NAME}`, `secret/${NAME}-webhook-certs`]) {
      const asked = ['get', own, '-n', home, '-o', `jsonpath=${owners}`];
      expect(await bed.cluster.kubectl(asked)).toBe(`Deployment/${NAME}`);
    }
  });

  it('needs no right outside the namespaces of a namespaced install', async () => {
    const home = await newNamespace(bed);
    const shop = await newNamespace(bed);
    made.push(home, shop);
    const path = await install(home, [`watchNamespaces={${shop}}`]);
    operator = await startOperator({ ...flagsOf(path, home), 'watch-namespaces': shop });
    await wholeLife(shop);
    expect((await operator.requests()).refused).toBe(0);
  });
});
