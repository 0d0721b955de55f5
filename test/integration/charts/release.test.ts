import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKubeClient } from '../../../src/controller/kube/create-kube-api.ts';
import { loadKubeConfig } from '../../../src/controller/kube/load-kube-config.ts';
import { trustCaBundle } from '../../../src/controller/webhook/webhook-configurations.ts';
import { CHART } from '../../charts/render-chart.ts';
import type { Manifest, Webhook } from '../../charts/render-chart.ts';
import type { ClusterClient } from '../../testbed/cluster-client.ts';
import { sharedCluster } from '../../testbed/shared-cluster.ts';
import { testbedUnavailable } from '../../testbed/testbed-unavailable.ts';

const RELEASE = 'chart-test';
const NAME = `${RELEASE}-jaeger-instance-operator`;
const NAMESPACE = `chart-${process.pid}`;
const CONFIGURATIONS = [`${NAME}-pod`, `${NAME}-jaegerinstance`];
const CRD = 'jaegerinstances.jaegertracing.io';
const BUNDLE = '-----BEGIN CERTIFICATE-----\nof the operator\n-----END CERTIFICATE-----\n';

/** A release of a chart without nodes: no pod of it runs, the test does the operator's part. */
describe.skipIf(testbedUnavailable() !== undefined)('a release of the chart', () => {
  let cluster: ClusterClient;
  let folder: string;

  beforeAll(async () => {
    cluster = await sharedCluster();
    folder = await mkdtemp(join(tmpdir(), 'chart-'));
    // A CRD that other tests applied belongs to no release, and its fields to their field manager.
    await cluster.kubectl(['delete', 'crd', CRD, '--ignore-not-found', '--wait=true']);
    await cluster.helm(['install', RELEASE, CHART, '-n', NAMESPACE, '--create-namespace']);
  });

  // Webhooks that nobody answers would refuse the instances of other tests.
  afterAll(async () => {
    await cluster.helm(['uninstall', RELEASE, '-n', NAMESPACE, '--ignore-not-found']);
    await cluster.kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']);
    await rm(folder, { recursive: true, force: true });
  });

  async function webhooks(): Promise<readonly Webhook[]> {
    const kinds = 'mutatingwebhookconfigurations,validatingwebhookconfigurations';
    const selector = `app.kubernetes.io/instance=${RELEASE}`;
    const text = await cluster.kubectl(['get', kinds, '-l', selector, '-o', 'json']);
    const { items } = JSON.parse(text) as { items: readonly Manifest[] };
    return items.flatMap((item) => item.webhooks ?? []);
  }

  /** What the cluster says to the operator's own ServiceAccount. */
  async function operatorKubeconfig(): Promise<string> {
    const token = await cluster.kubectl(['-n', NAMESPACE, 'create', 'token', NAME]);
    const raw = await cluster.kubectl(['config', 'view', '--raw', '--flatten', '-o', 'json']);
    const config = JSON.parse(raw) as { users: readonly { readonly name: string }[] };
    const users = config.users.map(({ name }) => ({ name, user: { token: token.trim() } }));
    const path = join(folder, 'operator.json');
    await writeFile(path, JSON.stringify({ ...config, users }));
    return path;
  }

  it('refuses instances until its operator is there, and says so', async () => {
    const metadata = { name: 'early', namespace: NAMESPACE };
    const instance = { apiVersion: 'jaegertracing.io/v1', kind: 'JaegerInstance', metadata };
    const applied = cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(instance) });
    await expect(applied).rejects.toThrow(
      /failed calling webhook "default\.jaegertracing\.io".*no endpoints available for service/,
    );
  });

  it('gives the operator the right to set its CA, and keeps that through upgrades', async () => {
    const config = loadKubeConfig({ path: await operatorKubeconfig() });
    const client = createKubeClient({ config, metrics: new Registry() });
    const signal = AbortSignal.timeout(30_000);
    const changed = await trustCaBundle(client.api, CONFIGURATIONS, BUNDLE, signal);
    await client.close();
    expect(changed).toHaveLength(3);
    const upgrade = ['upgrade', RELEASE, CHART, '-n', NAMESPACE];
    await cluster.helm([...upgrade, '--set', 'webhook.timeoutSeconds=7']);
    const after = await webhooks();
    const encoded = Buffer.from(BUNDLE).toString('base64');
    const bundles = after.map(({ clientConfig }) => clientConfig.caBundle);
    expect(bundles).toEqual([encoded, encoded, encoded]);
    expect(after.map(({ timeoutSeconds }) => timeoutSeconds).toSorted()).toEqual([2, 7, 7]);
  });

  it('brings a new CRD with an upgrade, and leaves it behind with the instances', async () => {
    const next = join(folder, 'next');
    await cp(CHART, next, { recursive: true });
    const file = join(next, 'files', 'jaegertracing.io_jaegerinstances.yaml');
    const crd = await readFile(file, 'utf8');
    await writeFile(file, crd.replace('shortNames:', 'shortNames:\n      - jins'));
    await cluster.helm(['upgrade', RELEASE, next, '-n', NAMESPACE]);
    const names = ['get', 'crd', CRD, '-o', 'jsonpath={.spec.names.shortNames}'];
    expect(JSON.parse(await cluster.kubectl(names))).toEqual(['jins', 'ji']);
    await cluster.helm(['upgrade', RELEASE, CHART, '-n', NAMESPACE]);
    expect(JSON.parse(await cluster.kubectl(names))).toEqual(['ji']);
    const said = await cluster.helm(['uninstall', RELEASE, '-n', NAMESPACE]);
    expect(said).toContain(`[CustomResourceDefinition] ${CRD}`);
    expect(await cluster.kubectl(['get', 'crd', CRD, '-o', 'name'])).toContain(CRD);
    expect(await webhooks()).toEqual([]);
  });
});
