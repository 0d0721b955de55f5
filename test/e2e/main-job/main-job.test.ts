import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterClient } from '../../testbed/cluster-client.ts';
import { sharedCluster } from '../../testbed/shared-cluster.ts';
import { testbedUnavailable } from '../../testbed/testbed-unavailable.ts';
import { screenshot, startBrowser } from '../browser.ts';
import { installOperator, loadImage } from '../install-operator.ts';
import { emitBatchPacket, otlpPod, shopDeployment } from '../application.ts';
import { eventually } from '../eventually.ts';

const OPERATOR = { namespace: 'observability', release: 'jaeger' };
const NS = 'shop';

interface JaegerTrace {
  readonly traceID: string;
  readonly processes: Readonly<
    Record<string, { readonly tags: readonly { readonly key: string; readonly value: unknown }[] }>
  >;
}

/**
 * The main job, in the order a user does it, each step on what the one before left. Nothing is
 * simulated: the image is the one users get, in containers of a real kubelet.
 */
describe.skipIf(testbedUnavailable({ nodes: true }) !== undefined)('the main job', () => {
  let cluster: ClusterClient;
  let browser: Browser;

  const inShop = (args: readonly string[], stdin?: object): Promise<string> =>
    cluster.kubectl(
      ['-n', NS, ...args],
      stdin === undefined ? {} : { stdin: JSON.stringify(stdin) },
    );
  const apply = (object: object): Promise<string> => inShop(['apply', '-f', '-'], object);
  const jsonPath = (what: string, path: string): Promise<string> =>
    inShop(['get', ...what.split(' '), '-o', `jsonpath=${path}`]);
  const queryUrl = async (): Promise<string> =>
    `http://${await jsonPath('service/simplest-query', '{.spec.clusterIP}')}:16686`;
  const tracesOf = async (service: string): Promise<readonly JaegerTrace[]> => {
    const url = `${await queryUrl()}/api/traces?service=${service}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(3000) });
    const { data } = (await response.json()) as { data: readonly JaegerTrace[] | null };
    if (data === null || data.length === 0) throw new Error(`no trace of ${service} yet`);
    return data;
  };
  const instance = (spec: object): object => ({
    apiVersion: 'jaegertracing.io/v1',
    kind: 'JaegerInstance',
    metadata: { name: 'simplest', namespace: NS },
    spec,
  });
  const ready = (): Promise<string> =>
    inShop(['wait', '--for=condition=Ready', 'jaegerinstance/simplest', '--timeout=60s']);

  beforeAll(async () => {
    cluster = await sharedCluster();
    await loadImage(cluster);
    browser = await startBrowser();
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NS, labels } };
    await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(object) });
  });

  afterAll(async () => {
    await browser.close();
  });

  it('installs with Helm, under the restricted pod security standard', async () => {
    await installOperator(cluster, OPERATOR);
    const args = ['-n', OPERATOR.namespace, 'get', 'deployments', '-o'];
    const counts = await cluster.kubectl([...args, 'jsonpath={.items[*].status.readyReplicas}']);
    expect(counts).toBe('1');
  });

  it('refuses an instance that is not valid, in one line that names the field', async () => {
    await expect(eventually(() => refused(apply(instance({ strategy: 'huge' }))))).resolves.toMatch(
      /spec\.strategy/,
    );
  });

  it('brings an instance up until kubectl wait says Ready', async () => {
    await apply(instance({}));
    await ready();
    const columns = (await inShop(['get', 'ji', 'simplest', '--no-headers'])).trim().split(/\s+/);
    expect(columns.slice(0, 4)).toEqual(['simplest', 'True', 'allInOne', 'memory']);
  });

  it('rolls an annotated Deployment once, and its pod has the agent', async () => {
    await apply(shopDeployment(emitBatchPacket('shop', 'place order'), 'pod'));
    await inShop(['rollout', 'status', 'deploy/shop', '--timeout=60s']);
    await inShop(['annotate', 'deploy/shop', 'sidecar.jaegertracing.io/inject=true']);
    await eventually(async () => {
      const path = '{.items[*].spec.initContainers[*].name}';
      expect(await jsonPath('pods -l app=shop', path)).toBe('jaeger-agent');
    });
    await inShop(['rollout', 'status', 'deploy/shop', '--timeout=60s']);
    const replicaSets = await inShop(['get', 'rs', '-l', 'app=shop', '-o', 'name']);
    expect(replicaSets.trim().split('\n')).toHaveLength(2);
  });

  it('finds what the pod sends by UDP to localhost, with the tags of its pod', async () => {
    const [trace] = await eventually(() => tracesOf('shop'));
    const tags = new Map(trace?.processes['p1']?.tags.map(({ key, value }) => [key, value]));
    expect(tags.get('pod.namespace')).toBe(NS);
    expect(tags.get('deployment.name')).toBe('shop');
    expect(tags.get('container.name')).toBe('shop');
    expect(tags.get('pod.name')).toMatch(/^shop-/);
  });

  it('finds what another pod sends over OTLP to the Service', async () => {
    await apply(otlpPod(`http://simplest-collector.${NS}.svc:4318`));
    const [trace] = await eventually(() => tracesOf('otlp-client'));
    expect(trace?.traceID).toMatch(/^[0-9a-f]{16,32}$/);
  });

  it('shows the trace in the web UI', async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(`${await queryUrl()}/search?service=shop&lookback=1h&limit=20`);
    await page.getByText('place order').first().click();
    await page.waitForURL(/\/trace\//);
    await page.getByText('place order').first().waitFor();
    await screenshot(page, 'e2e-trace');
    await page.close();
  });

  it('applies an edit of the instance by rolling its pod', async () => {
    await apply(
      instance({ storage: { type: 'memory', options: { memory: { 'max-traces': 123 } } } }),
    );
    await eventually(async () => {
      const path = '{.spec.template.spec.containers[0].args}';
      expect(await jsonPath('deploy/simplest', path)).toContain('--memory.max-traces=123');
    });
    await inShop(['rollout', 'status', 'deploy/simplest', '--timeout=60s']);
    await ready();
  });

  it('makes an owned object anew that somebody deleted', async () => {
    const before = await jsonPath('service/simplest-collector', '{.metadata.uid}');
    await inShop(['delete', 'service/simplest-collector']);
    await eventually(async () => {
      expect(await jsonPath('service/simplest-collector', '{.metadata.uid}')).not.toBe(before);
    }, 5000);
  });

  it('goes on after the operator was killed', async () => {
    const pods = [
      '-n',
      OPERATOR.namespace,
      'delete',
      'pods',
      '--all',
      '--grace-period=0',
      '--force',
    ];
    await cluster.kubectl(pods);
    await inShop(['delete', 'configmap/simplest-sampling-configuration']);
    await eventually(async () => {
      await inShop(['get', 'configmap/simplest-sampling-configuration']);
    }, 60_000);
    await ready();
  });

  it('leaves nothing when the instance is deleted, and takes the agents away', async () => {
    await inShop(['delete', 'jaegerinstance/simplest', '--wait=true']);
    const selector = 'app.kubernetes.io/managed-by=jaeger-instance-operator';
    const kinds = 'deploy,ds,svc,cm,sa,ingress,pods';
    await eventually(async () => {
      expect(await inShop(['get', kinds, '-l', selector, '-o', 'name'])).toBe('');
    }, 60_000);
    await eventually(async () => {
      const path = '{.items[*].spec.initContainers[*].name}';
      expect(await jsonPath('pods -l app=shop', path)).toBe('');
    }, 60_000);
  });

  it('leaves nothing of itself when it is uninstalled, but the CRD that it was told to keep', async () => {
    await cluster.helm(['uninstall', OPERATOR.release, '-n', OPERATOR.namespace, '--wait']);
    const kinds =
      'mutatingwebhookconfigurations,validatingwebhookconfigurations,clusterroles,clusterrolebindings';
    const left = await cluster.kubectl(['get', kinds, '-o', 'name']);
    expect(left.split('\n').filter((name) => name.includes('jaeger-instance-operator'))).toEqual(
      [],
    );
    await cluster.kubectl(['delete', 'crd', 'jaegerinstances.jaegertracing.io', '--wait=true']);
  });
});

/** What kubectl says when a command is refused. @throws Error when it is not */
async function refused(command: Promise<string>): Promise<string> {
  let answer: string;
  try {
    answer = await command;
  } catch (error) {
    return String(error);
  }
  throw new Error(`not refused: ${answer}`);
}
