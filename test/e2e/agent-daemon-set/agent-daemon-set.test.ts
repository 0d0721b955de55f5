import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterClient } from '../../testbed/cluster-client.ts';
import { sharedCluster } from '../../testbed/shared-cluster.ts';
import { testbedUnavailable } from '../../testbed/testbed-unavailable.ts';
import { emitBatchPacket, shopDeployment } from '../application.ts';
import { eventually } from '../eventually.ts';
import { installOperator, loadImage } from '../install-operator.ts';

const OPERATOR = { namespace: 'observability', release: 'jaeger' };
const NS = 'nodes';

describe.skipIf(testbedUnavailable({ nodes: true }) !== undefined)('an agent on every node', () => {
  let cluster: ClusterClient;

  const kubectl = (args: readonly string[], stdin?: object): Promise<string> =>
    cluster.kubectl(
      ['-n', NS, ...args],
      stdin === undefined ? {} : { stdin: JSON.stringify(stdin) },
    );
  const apply = (object: object): Promise<string> => kubectl(['apply', '-f', '-'], object);
  const instance = (spec: object): object => ({
    apiVersion: 'jaegertracing.io/v1',
    kind: 'JaegerInstance',
    metadata: { name: 'simplest', namespace: NS },
    spec,
  });
  const plan = (spec: object): { readonly code: number | null; readonly out: string } => {
    const args = ['src/main.ts', 'plan', '-f', '-', '--kubeconfig', cluster.kubeconfig];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      input: JSON.stringify(instance(spec)),
      encoding: 'utf8',
      timeout: 30_000,
    });
    return { code: status, out: `${stdout}${stderr}` };
  };
  const daemonSet = { agent: { strategy: 'DaemonSet' } };

  beforeAll(async () => {
    cluster = await sharedCluster();
    await loadImage(cluster);
    await cluster.kubectl(['create', 'namespace', NS]);
    await installOperator(cluster, OPERATOR);
  });

  afterAll(async () => {
    await cluster.kubectl(['delete', 'namespace', NS, '--wait=true']);
    await cluster.helm(['uninstall', OPERATOR.release, '-n', OPERATOR.namespace, '--wait']);
    await cluster.kubectl(['delete', 'crd', 'jaegerinstances.jaegertracing.io', '--wait=true']);
  });

  it('runs when the instance asks for it', async () => {
    await eventually(() => apply(instance(daemonSet)));
    await kubectl(['wait', '--for=condition=Ready', 'jaegerinstance/simplest', '--timeout=60s']);
    const path = 'jsonpath={.status.numberReady}';
    expect(await kubectl(['get', 'ds', 'simplest-agent-daemonset', '-o', path])).toBe('1');
  });

  it('forwards what pods of its node send to its host port', async () => {
    await apply(shopDeployment(emitBatchPacket('node-shop', 'place order'), 'node'));
    const ip = await kubectl(['get', 'service/simplest-query', '-o', 'jsonpath={.spec.clusterIP}']);
    await eventually(async () => {
      const url = `http://${ip}:16686/api/services`;
      const response = await fetch(url, { signal: AbortSignal.timeout(3000) });
      expect(await response.json()).toHaveProperty('data', expect.arrayContaining(['node-shop']));
    });
  });

  it('is planned away before it goes', () => {
    expect(plan(daemonSet)).toEqual({
      code: 0,
      out: expect.stringContaining('nothing to change') as string,
    });
    const { code, out } = plan({});
    expect(code).toBe(0);
    expect(out).toContain('1 to remove');
    expect(out).toMatch(/- DaemonSet +simplest-agent-daemonset/);
  });

  it('goes when the instance no longer asks for it', async () => {
    await apply(instance({ agent: { strategy: 'Sidecar' } }));
    await eventually(async () => {
      expect(await kubectl(['get', 'ds', '-o', 'name'])).toBe('');
    });
    await kubectl(['wait', '--for=condition=Ready', 'jaegerinstance/simplest', '--timeout=60s']);
  });
});
