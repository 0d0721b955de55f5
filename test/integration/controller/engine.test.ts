import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKubeClient } from '../../../src/controller/kube/create-kube-api.ts';
import type { KubeClient } from '../../../src/controller/kube/create-kube-api.ts';
import { loadKubeConfig } from '../../../src/controller/kube/load-kube-config.ts';
import type { KubeObject } from '../../../src/controller/kube-object.ts';
import { countedApi } from './counted-api.ts';
import { testKubeconfig } from './test-kubeconfig.ts';
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
import type { WidgetOperator, WidgetOperatorOptions } from './widget-operator.ts';

const kubeconfig = await testKubeconfig();

describe.skipIf(kubeconfig === undefined)('the engine on a real API server', () => {
  const signal = AbortSignal.timeout(600_000);
  let client: KubeClient;
  let ns = '';
  let serial = 0;
  const running: WidgetOperator[] = [];
  const start = (options: Partial<WidgetOperatorOptions> = {}): WidgetOperator => {
    const operator = startWidgetOperator({ api: client.api, namespaces: [ns], ...options });
    running.push(operator);
    return operator;
  };
  const make = (object: KubeObject): Promise<KubeObject> =>
    client.api.create(WIDGET, object, signal);
  const owned = async (): Promise<readonly KubeObject[]> => {
    const lists = OWNED.map(({ kind }) => client.api.list(kind, { namespace: ns }, signal));
    return (await Promise.all(lists))
      .flatMap(({ items }) => items)
      .filter(({ metadata }) => metadata.ownerReferences?.[0]?.kind === 'Widget');
  };
  const converged = (objects: number, ms?: number): Promise<number> =>
    until(`${objects} owned objects`, async () => (await owned()).length === objects, ms);

  beforeAll(async () => {
    client = createKubeClient({
      config: loadKubeConfig({ path: kubeconfig ?? '' }),
      metrics: new Registry(),
      rateLimit: { qps: 0, burst: 0 },
    });
    await makeWidgetCrd(client.api, signal);
  });
  beforeEach(async () => {
    ns = `engine-${process.pid}-${++serial}`;
    const { apiVersion, kind } = NAMESPACE;
    await client.api.create(NAMESPACE, { apiVersion, kind, metadata: { name: ns } }, signal);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((operator) => operator.stop()));
  });
  afterAll(async () => {
    await client.close();
  });

  it('makes what is wanted, reports it in status, and then writes nothing at all', async () => {
    const { api, writes } = countedApi(client.api);
    const operator = start({ api, limits: { resyncMs: 200 } });
    await make(aWidget(ns, 'a'));
    await converged(5);
    await until('status', async () => {
      const widget = await client.api.get(WIDGET, { namespace: ns, name: 'a' }, signal);
      return JSON.stringify(widget?.['status']) === '{"objects":5,"observedGeneration":1}';
    });
    expect(writes).toHaveLength(6);
    const before = operator.reconciles.count;
    await until('twenty more passes', () =>
      Promise.resolve(operator.reconciles.count > before + 20),
    );
    expect(writes).toHaveLength(6);
    await operator.stop();
    const restarted = countedApi(client.api);
    const again = start({ api: restarted.api, limits: { resyncMs: 200 } });
    await until('passes after a restart', () => Promise.resolve(again.reconciles.count > 10));
    expect(restarted.writes).toEqual([]);
  });

  it('applies a change with one write per object, and deletes what is no longer wanted', async () => {
    const { api, writes } = countedApi(client.api);
    start({ api });
    const widget = await make(aWidget(ns, 'a'));
    await converged(5);
    await until('status written', () => Promise.resolve(writes.length === 6));
    const only = ['ConfigMap', 'Service'];
    const spec = { color: 'red', only };
    await client.api.patch(WIDGET, { namespace: ns, name: 'a' }, { spec }, signal);
    await converged(2);
    await until('status written', () => Promise.resolve(writes.length >= 12));
    expect(writes.slice(6).toSorted()).toEqual([
      'apply ConfigMap a-x',
      'apply Service a-x',
      'apply Widget a',
      'delete Deployment a-x',
      'delete Secret a-x',
      'delete ServiceAccount a-x',
    ]);
    const map = await client.api.get(CONFIG_MAP, { namespace: ns, name: 'a-x' }, signal);
    expect(map?.['data']).toEqual({ color: 'red' });
    expect(map?.metadata.ownerReferences?.[0]?.uid).toBe(widget.metadata.uid);
  });

  it('repairs a deleted and an edited object of every owned kind', async () => {
    start();
    await make(aWidget(ns, 'a'));
    await converged(5);
    const key = { namespace: ns, name: 'a-x' };
    const times: number[] = [];
    for (const { kind } of OWNED) {
      const before = await client.api.get(kind, key, signal);
      await client.api.delete(kind, key, { signal });
      times.push(
        await until(`${kind.kind} is back`, async () => {
          const now = await client.api.get(kind, key, signal);
          return now !== undefined && now.metadata.uid !== before?.metadata.uid;
        }),
      );
      const edits = { metadata: { labels: { color: 'pink' } } };
      await client.api.patch(kind, key, edits, signal);
      times.push(
        await until(`${kind.kind} is repaired`, async () => {
          const now = await client.api.get(kind, key, signal);
          return now?.metadata.labels?.['color'] === 'blue';
        }),
      );
    }
    expect(Math.max(...times)).toBeLessThan(5000);
  });

  it('makes a Deployment anew when its selector has to change', async () => {
    start();
    await make(aWidget(ns, 'a'));
    await converged(5);
    const deployments = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      plural: 'deployments',
      namespaced: true,
    };
    const key = { namespace: ns, name: 'a-x' };
    const before = await client.api.get(deployments, key, signal);
    await client.api.patch(
      WIDGET,
      { namespace: ns, name: 'a' },
      { spec: { app: 'other' } },
      signal,
    );
    await until('a new Deployment', async () => {
      const now = await client.api.get(deployments, key, signal);
      return now !== undefined && now.metadata.uid !== before?.metadata.uid;
    });
  });

  it('never takes over an object that belongs to nobody', async () => {
    const data = { mine: 'yes' };
    const metadata = { namespace: ns, name: 'a-x' };
    await client.api.create(
      CONFIG_MAP,
      { apiVersion: 'v1', kind: 'ConfigMap', metadata, data },
      signal,
    );
    const operator = start();
    await make(aWidget(ns, 'a'));
    await converged(4);
    await until('retries', () => Promise.resolve(operator.reconciles.count > 3));
    const map = await client.api.get(CONFIG_MAP, metadata, signal);
    expect(map?.['data']).toEqual(data);
    expect(map?.metadata.ownerReferences).toBeUndefined();
  });

  it('converges to the same objects after a crash between any two writes', async () => {
    for (let k = 1; k <= 6; k++) {
      await make(aWidget(ns, `w${k}`));
      const dying = countedApi(client.api, k);
      const first = start({ api: dying.api });
      await until(`write ${k}`, () => Promise.resolve(dying.writes.length === k));
      await first.stop();
      running.splice(running.indexOf(first), 1);
      const second = start();
      await converged(5 * k);
      await second.stop();
      running.splice(running.indexOf(second), 1);
    }
    const shapes = (await owned()).map((object) => withoutIdentity(object));
    for (const { kind } of OWNED) {
      const same = new Set(shapes.filter((shape) => shape.startsWith(`{"kind":"${kind.kind}"`)));
      expect(same.size, kind.kind).toBe(1);
    }
  });

  it('serves a good instance at once beside one that never returns', async () => {
    start({ limits: { workers: 2, reconcileTimeoutMs: 300 } });
    await make(aWidget(ns, 'broken', { broken: true }));
    await sleep(200);
    await make(aWidget(ns, 'good'));
    expect(await converged(5)).toBeLessThan(1000);
  });

  it('wins against five writers that edit its objects for 10 s, and then writes nothing', async () => {
    const { api, writes } = countedApi(client.api);
    start({ api, limits: { resyncMs: 300 } });
    for (const name of ['a', 'b', 'c']) await make(aWidget(ns, name));
    await converged(15);
    const end = performance.now() + 10_000;
    let edits = 0;
    const editor = async (color: string): Promise<void> => {
      for (let at = 0; performance.now() < end; at++) {
        const kind = OWNED[at % OWNED.length]?.kind ?? CONFIG_MAP;
        const key = { namespace: ns, name: `${'abc'.charAt(at % 3)}-x` };
        await client.api.patch(kind, key, { metadata: { labels: { color } } }, signal);
        edits++;
        await sleep(10);
      }
    };
    await Promise.all(['red', 'green', 'pink', 'gray', 'cyan'].map(editor));
    const ms = await until('all as wanted', async () =>
      (await owned()).every(({ metadata }) => metadata.labels?.['color'] === 'blue'),
    );
    const written = writes.length;
    await sleep(2000);
    process.stderr.write(`${edits} edits, ${written} writes, converged in ${ms} ms\n`);
    expect(ms).toBeLessThan(10_000);
    expect(edits).toBeGreaterThan(500);
    expect(written).toBeLessThanOrEqual(18 + 2 * edits);
    expect(writes).toHaveLength(written);
  });

  it('converges 100 instances', async () => {
    const { api, writes } = countedApi(client.api);
    const names = Array.from({ length: 100 }, (_, at) => `w${at}`);
    await Promise.all(names.map((name) => make(aWidget(ns, name))));
    start({ api });
    const ms = await converged(500, 50_000);
    await until('status', () => Promise.resolve(writes.length >= 600));
    process.stderr.write(`100 instances, ${writes.length} writes: ${ms} ms\n`);
    expect(writes).toHaveLength(600);
  });
});

function withoutIdentity(object: KubeObject): string {
  const { kind, metadata } = object;
  const { labels, annotations } = metadata;
  const widget = metadata.name.replace(/-x$/, '');
  const rest = { ...object, status: undefined };
  const text = JSON.stringify({
    kind,
    labels,
    keys: Object.keys(annotations ?? {}).filter((key) => !key.startsWith('deployment.')),
    rest: { ...rest, metadata: {} },
  });
  return text.replaceAll(`"${widget}"`, '"w"').replace(/"clusterIPs?":("[^"]*"|\[[^\]]*\])/g, '');
}
