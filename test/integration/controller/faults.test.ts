import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKubeClient } from '../../../src/controller/kube/create-kube-api.ts';
import type {
  KubeClient,
  KubeClientOptions,
} from '../../../src/controller/kube/create-kube-api.ts';
import { loadKubeConfig } from '../../../src/controller/kube/load-kube-config.ts';
import type { KubeObject } from '../../../src/controller/kube-object.ts';
import { startFaultyTcpProxy } from '../../harness/faulty-tcp-proxy.ts';
import type { FaultyTcpProxy } from '../../harness/faulty-tcp-proxy.ts';
import { startCluster } from '../../testbed/cluster.ts';
import type { Cluster } from '../../testbed/cluster.ts';
import { testbedUnavailable } from '../../testbed/testbed-unavailable.ts';
import { followKind } from './followed-kind.ts';
import type { FollowedKind } from './followed-kind.ts';
import { until } from './until.ts';
import {
  CONFIG_MAP,
  NAMESPACE,
  OWNED,
  WIDGET,
  aWidget,
  makeWidgetCrd,
  startWidgetOperator,
} from './widget-operator.ts';

const IDLE_MS = 2000;
/** What the operator allows itself unless told otherwise. */
const RATE_LIMIT = { qps: 300, burst: 600 };

// On a cluster of its own: its API server is killed and its history thrown away.
describe.skipIf(testbedUnavailable() !== undefined)('the engine when the API server fails', () => {
  const signal = AbortSignal.timeout(600_000);
  let cluster: Cluster;
  let proxy: FaultyTcpProxy;
  /** Not through the proxy: the rest of the world. */
  let outside: KubeClient;
  let ns = '';
  let serial = 0;
  const ends: (() => Promise<void>)[] = [];

  /** A client behind the proxy. */
  const operatorClient = (options: Partial<KubeClientOptions> = {}): KubeClient => {
    const config = configThrough(proxy.port, cluster.kubeconfig);
    const client = createKubeClient({ config, metrics: new Registry(), ...options });
    ends.unshift(() => client.close());
    return client;
  };
  const follow = async (options: Partial<KubeClientOptions> = {}): Promise<FollowedKind> => {
    const client = operatorClient({ rateLimit: { qps: 0, burst: 0 }, ...options });
    const followed = await followKind(client.api, CONFIG_MAP, ns);
    ends.unshift(() => followed.stop());
    // One event proves that the watch is open.
    await make('first');
    await until('an event', () => followed.changes.includes('added first'));
    followed.changes.length = 0;
    return followed;
  };
  const make = async (name: string): Promise<void> => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: ns, name } };
    await outside.api.create(CONFIG_MAP, object, signal);
  };
  const remove = (name: string): Promise<void> =>
    outside.api.delete(CONFIG_MAP, { namespace: ns, name }, { signal });
  const onServer = async (): Promise<readonly string[]> =>
    versions((await outside.api.list(CONFIG_MAP, { namespace: ns }, signal)).items);
  const isEqual = async (followed: FollowedKind): Promise<boolean> =>
    String(versions(followed.cache.list())) === String(await onServer());
  const restart = async (flags: readonly string[]): Promise<void> => {
    await cluster.faults.killApiServer();
    await cluster.faults.startApiServer(flags);
  };

  beforeAll(async () => {
    cluster = await startCluster({ nodes: 0 });
    const { hostname: host, port } = new URL(cluster.apiServer);
    proxy = await startFaultyTcpProxy({ host, port: Number(port) });
    outside = createKubeClient({
      config: loadKubeConfig({ path: cluster.kubeconfig }),
      metrics: new Registry(),
      rateLimit: { qps: 0, burst: 0 },
    });
    await makeWidgetCrd(outside.api, signal);
  });
  beforeEach(async () => {
    ns = `faults-${++serial}`;
    const { apiVersion, kind } = NAMESPACE;
    await outside.api.create(NAMESPACE, { apiVersion, kind, metadata: { name: ns } }, signal);
  });
  afterEach(async () => {
    proxy.heal();
    for (const end of ends.splice(0)) await end();
  });
  afterAll(async () => {
    await outside.close();
    await proxy.close();
    await cluster.stop();
  });

  it('misses nothing and lists nothing again when its watch is cut', async () => {
    const followed = await follow();
    const names = Array.from({ length: 30 }, (_, at) => `o${at}`);
    proxy.reset();
    for (const name of names.slice(0, 10)) await make(name);
    proxy.cut();
    for (const name of names.slice(10)) await make(name);
    for (const name of names.slice(0, 5)) await remove(name);
    proxy.heal();
    const ms = await until('all is seen', () => isEqual(followed));
    expect(followed.changes).toEqual([
      ...names.map((name) => `added ${name}`),
      ...names.slice(0, 5).map((name) => `deleted ${name}`),
    ]);
    expect(await followed.lists()).toBe(1);
    expect(ms).toBeLessThan(5000);
  });

  it('notices within the idle limit that nothing comes any more, and heals in 5 s', async () => {
    const followed = await follow({ watchIdleMs: IDLE_MS });
    proxy.stall();
    const before = await followed.watchEnds();
    await make('unseen');
    await remove('first');
    const noticedMs = await until('an end', async () => (await followed.watchEnds()) > before);
    expect(noticedMs).toBeLessThan(IDLE_MS + 1000);
    await sleep(500);
    expect(followed.changes).toEqual([]);
    proxy.heal();
    const healedMs = await until('all is seen', () => isEqual(followed));
    process.stderr.write(`stall noticed after ${noticedMs} ms, healed in ${healedMs} ms\n`);
    expect(followed.changes).toEqual(['added unseen', 'deleted first']);
    expect(healedMs).toBeLessThan(5000);
    expect(await followed.lists()).toBe(1);
  });

  it('works again soon after the API server was away for 20 s, without a rush of requests', async () => {
    const metrics = new Registry();
    const requests = async (): Promise<number> => sumOf(metrics, 'rest_client_requests_total');
    const { api } = operatorClient({ metrics, rateLimit: RATE_LIMIT });
    const operator = startWidgetOperator({ api, namespaces: [ns], reflectorTiming: {} });
    ends.unshift(() => operator.stop());
    for (const name of ['a', 'b', 'c']) {
      await outside.api.create(WIDGET, aWidget(ns, name), signal);
    }
    await until('owned objects', async () => (await owned(outside, ns)) === 15);
    await cluster.faults.killApiServer();
    const atStop = await requests();
    await sleep(20_000);
    const whileAway = (await requests()) - atStop;
    await cluster.faults.startApiServer();
    const atStart = await requests();
    const startedAt = performance.now();
    await outside.api.delete(CONFIG_MAP, { namespace: ns, name: 'a-x' }, { signal });
    const ms = await until(
      'the deleted object is back',
      async () => (await owned(outside, ns)) === 15,
      30_000,
    );
    await sleep(Math.max(0, 10_000 - (performance.now() - startedAt)));
    const afterwards = (await requests()) - atStart;
    process.stderr.write(
      `API server away 20 s: ${whileAway} requests meanwhile, repair ${ms} ms after it came back, ` +
        `${afterwards} requests in the first 10 s\n`,
    );
    expect(whileAway).toBeLessThan(400);
    expect(afterwards).toBeLessThan(200);
  });

  it('lists again in pages when the history is gone, and tells what it did not see deleted', async () => {
    // The API server's own memory of the last minutes would answer in etcd's place.
    await restart(['--watch-cache=false']);
    const names = Array.from({ length: 1203 }, (_, at) => `o${at}`);
    await inParallel(names, make);
    const followed = await follow();
    expect(followed.cache.size).toBe(1204);
    proxy.cut();
    const gone = names.slice(0, 100);
    await inParallel(gone, remove);
    await make('new');
    const { resourceVersion } = await outside.api.list(NAMESPACE, {}, signal);
    const compacted = await fetch(`${cluster.faults.etcd}/v3/kv/compaction`, {
      method: 'POST',
      body: JSON.stringify({ revision: resourceVersion, physical: true }),
    });
    expect(compacted.status).toBe(200);
    proxy.heal();
    const ms = await until('all is seen', () => isEqual(followed));
    process.stderr.write(`1,105 objects listed again after compaction in ${ms} ms\n`);
    expect(followed.changes.toSorted()).toEqual(
      [...gone.map((name) => `deleted ${name}`), 'added new'].toSorted(),
    );
    expect(await followed.lists()).toBe(2);
    await make('later');
    await until('the new watch works', () => followed.changes.includes('added later'));
  });

  it('makes everything in the end on a server that answers 429 to all but one write', async () => {
    await restart(['--enable-priority-and-fairness=false', '--max-mutating-requests-inflight=1']);
    // Administrators are never turned away.
    await cluster.kubectl([
      'create',
      'clusterrolebinding',
      'crowd',
      '--clusterrole=cluster-admin',
      '--user=crowd',
    ]);
    const config = configThrough(proxy.port, cluster.kubeconfig);
    config.users = config.users.map((user) => ({ ...user, impersonateUser: 'crowd' }));
    const metrics = new Registry();
    const { api } = operatorClient({ config, metrics, rateLimit: RATE_LIMIT });
    const names = Array.from({ length: 20 }, (_, at) => `w${at}`);
    await inParallel(names, (name) => outside.api.create(WIDGET, aWidget(ns, name), signal));
    const operator = startWidgetOperator({ api, namespaces: [ns], limits: { workers: 20 } });
    ends.unshift(() => operator.stop());
    const ms = await until('owned objects', async () => (await owned(outside, ns)) === 100, 40_000);
    const refused = await sumOf(metrics, 'rest_client_requests_total', '429');
    process.stderr.write(`100 objects in ${ms} ms with ${refused} times 429\n`);
    expect(refused).toBeGreaterThan(0);
  });
});

function configThrough(port: number, kubeconfig: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const server = `https://127.0.0.1:${port}`;
  config.clusters = config.clusters.map((cluster) => ({ ...cluster, server }));
  return config;
}

function versions(objects: readonly KubeObject[]): readonly string[] {
  return objects
    .map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion ?? ''}`)
    .toSorted();
}

async function owned(client: KubeClient, namespace: string): Promise<number> {
  const signal = AbortSignal.timeout(10_000);
  const lists = OWNED.map(({ kind }) => client.api.list(kind, { namespace }, signal));
  return (await Promise.all(lists))
    .flatMap(({ items }) => items)
    .filter(({ metadata }) => metadata.ownerReferences?.[0]?.kind === 'Widget').length;
}

async function sumOf(registry: Registry, name: string, code?: string): Promise<number> {
  const metric = await registry.getSingleMetric(name)?.get();
  return (metric?.values ?? [])
    .filter(({ labels }) => code === undefined || labels['code'] === code)
    .reduce((sum, { value }) => sum + value, 0);
}

/** Twenty at a time. */
async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: 20 }, worker));
}
