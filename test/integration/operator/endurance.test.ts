import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JAEGER_INSTANCE } from '../../../src/controller/api/jaeger-instance.ts';
import { testbedUnavailable } from '../../testbed/testbed-unavailable.ts';
import { OBJECTS_OF_DEMO, createUntilReady, ownedBecome } from './life-of-instance.ts';
import {
  CONFIG_MAP,
  anInstance,
  newNamespace,
  operatorBed,
  removeNamespace,
  startOperator,
  until,
} from './operator-bed.ts';
import type { OperatorBed, TestOperator } from './operator-bed.ts';
import { spawnOperator } from './operator-process.ts';
import { startTcpProxy } from './tcp-proxy.ts';

interface Kubeconfig {
  readonly clusters: readonly { readonly name: string; readonly cluster: { server: string } }[];
}

const MINUTE_MS = 60_000;

// Most of their time is waiting: they wait together.
describe.skipIf(testbedUnavailable() !== undefined).concurrent('the operator over time', () => {
  let bed: OperatorBed;
  let folder = '';

  beforeAll(async () => {
    bed = await operatorBed();
    folder = await mkdtemp(join(tmpdir(), 'endurance-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await bed.close();
  });

  const reconciles = async ({ process: { deps } }: TestOperator): Promise<number> => {
    const metric = await deps.metrics.getSingleMetric('controller_runtime_reconcile_total')?.get();
    return (metric?.values ?? []).reduce((sum, { value }) => sum + value, 0);
  };

  it('writes nothing at rest, nor after a restart', { timeout: 120_000 }, async () => {
    const namespace = await newNamespace(bed);
    const flags = {
      kubeconfig: bed.cluster.kubeconfig,
      'watch-namespaces': namespace,
      'resync-interval': '500ms',
    };
    const first = await startOperator(flags);
    await createUntilReady(bed, namespace);
    const before = await first.requests();
    await sleep(MINUTE_MS / 2);
    const after = await first.requests();
    const passes = await reconciles(first);
    await first.stop();
    const second = await startOperator(flags);
    await sleep(MINUTE_MS / 2);
    const restarted = await second.requests();
    const laterPasses = await reconciles(second);
    await second.stop();
    expect(after.writes - before.writes).toBe(0);
    expect(restarted.writes).toBe(0);
    expect(Math.min(passes, laterPasses)).toBeGreaterThan(50);
    await removeNamespace(bed, namespace);
  });

  it(
    'is replaced when it is killed, and when it is stopped writes nothing afterwards',
    {
      timeout: 150_000,
    },
    async () => {
      const namespace = await newNamespace(bed);
      const replica = (name: string): ReturnType<typeof spawnOperator> =>
        spawnOperator({
          kubeconfig: bed.cluster.kubeconfig,
          'watch-namespaces': namespace,
          namespace,
          'leader-elect': 'true',
          identity: name,
        });
      const killed = replica('a');
      await killed.logged('leading');
      const second = replica('b');
      await second.logged('caches filled');
      await bed.api.create(JAEGER_INSTANCE, anInstance(namespace, 'demo'), bed.signal);
      await ownedBecome(bed, namespace, OBJECTS_OF_DEMO);
      const killedAt = performance.now();
      killed.child.kill('SIGKILL');
      await second.logged('leading');
      const takeoverMs = performance.now() - killedAt;
      const third = replica('c');
      await third.logged('caches filled');
      second.child.kill('SIGSTOP');
      const key = { namespace, name: 'demo-sampling-configuration' };
      // The stopped leader finds this when it comes to; it must leave the repair to the other one.
      await bed.api.delete(CONFIG_MAP, key, { signal: bed.signal });
      const stoppedAt = performance.now();
      await third.logged('leading');
      const replacedMs = performance.now() - stoppedAt;
      await until('the new leader repairs', async () => {
        return (await bed.api.get(CONFIG_MAP, key, bed.signal)) !== undefined;
      });
      const repaired = await bed.api.get(CONFIG_MAP, key, bed.signal);
      second.child.kill('SIGCONT');
      await second.logged('no longer leading');
      await sleep(3000);
      const later = await bed.api.get(CONFIG_MAP, key, bed.signal);
      expect(later?.metadata.resourceVersion).toBe(repaired?.metadata.resourceVersion);
      process.stderr.write(
        `killed ${Math.round(takeoverMs)} ms, stopped ${Math.round(replacedMs)} ms\n`,
      );
      expect(takeoverMs).toBeLessThan(20_000);
      expect(replacedMs).toBeLessThan(20_000);
      second.child.kill('SIGTERM');
      third.child.kill('SIGTERM');
      expect(await Promise.all([second.ended, third.ended])).toEqual([0, 0]);
      await removeNamespace(bed, namespace);
    },
  );

  it('outlives the API server and goes on when it is back', { timeout: 120_000 }, async () => {
    const namespace = await newNamespace(bed);
    const { hostname: host, port } = new URL(bed.cluster.apiServer);
    const proxy = await startTcpProxy({ host, port: Number(port) });
    const config = load(await bed.cluster.kubectl(['config', 'view', '--raw'])) as Kubeconfig;
    const server = `https://127.0.0.1:${proxy.port}`;
    const clusters = config.clusters.map(({ name, cluster }) => ({
      name,
      cluster: { ...cluster, server },
    }));
    const path = join(folder, 'proxied.kubeconfig');
    await writeFile(path, JSON.stringify({ ...config, clusters }));
    const operator = spawnOperator({
      kubeconfig: path,
      'watch-namespaces': namespace,
      namespace,
      'leader-elect': 'true',
    });
    await operator.logged('leading');
    await bed.api.create(JAEGER_INSTANCE, anInstance(namespace, 'demo'), bed.signal);
    await ownedBecome(bed, namespace, OBJECTS_OF_DEMO);
    proxy.cut();
    await sleep(10_000);
    const triedIn10s = proxy.refused;
    await operator.logged('no longer leading');
    const key = { namespace, name: 'demo-sampling-configuration' };
    await bed.api.delete(CONFIG_MAP, key, { signal: bed.signal });
    await sleep(5000);
    expect(operator.child.exitCode).toBeNull();
    proxy.heal();
    const backMs = await until(
      'back at work',
      async () => (await bed.api.get(CONFIG_MAP, key, bed.signal)) !== undefined,
      40_000,
    );
    process.stderr.write(`${triedIn10s} tries in 10 s; back after ${backMs} ms\n`);
    expect(backMs).toBeLessThan(30_000);
    expect(triedIn10s).toBeLessThanOrEqual(200);
    operator.child.kill('SIGTERM');
    expect(await operator.ended).toBe(0);
    await proxy.close();
    await removeNamespace(bed, namespace);
  });
});
