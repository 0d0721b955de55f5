import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createObjectCache } from '../../../src/controller/engine/object-cache.ts';
import { createStatusWriter } from '../../../src/controller/engine/status.ts';
import { createKubeClient } from '../../../src/controller/kube/create-kube-api.ts';
import type { KubeClient } from '../../../src/controller/kube/create-kube-api.ts';
import { startFakeKubeServer } from '../../harness/fake-kube-server.ts';
import type { FakeKubeServer } from '../../harness/fake-kube-server.ts';

const WIDGET = { apiVersion: 'tests/v1', kind: 'Widget', plural: 'widgets', namespaced: true };
const KEY = { namespace: 'ns', name: 'a' };
const STATUS = { ready: true, conditions: [{ type: 'Ready', status: 'True' }] };
const aWidget = (status: object): { apiVersion: string; kind: string; metadata: typeof KEY } => ({
  apiVersion: 'tests/v1',
  kind: 'Widget',
  metadata: KEY,
  ...status,
});

describe('the status writer', () => {
  const signal = AbortSignal.timeout(10_000);
  let server: FakeKubeServer;
  let client: KubeClient;
  beforeEach(async () => {
    server = await startFakeKubeServer('widgets');
    client = createKubeClient({ config: server.config, metrics: new Registry() });
  });
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  it('sends nothing when the status is as wanted, undefined fields and order aside', async () => {
    const cache = createObjectCache();
    const write = createStatusWriter({ api: client.api, kind: WIDGET, cache });
    const { conditions, ready } = STATUS;
    const there = aWidget({ status: { conditions, ready } });
    expect(await write(there, { ...STATUS, message: undefined }, signal)).toBe(false);
    expect(await write(aWidget({}), {}, signal)).toBe(false);
    expect(server.requests).toEqual([]);
  });

  it('sends another status as a whole, and the cache has it before the watch', async () => {
    const cache = createObjectCache();
    cache.replace('', [], '1');
    const write = createStatusWriter({ api: client.api, kind: WIDGET, cache });
    const there = aWidget({ status: { ready: true, old: 1 }, spec: { mine: 'no' } });
    expect(await write(there, STATUS, signal)).toBe(true);
    expect(server.requests.map(({ what }) => what)).toEqual(['PATCH']);
    expect(cache.get(KEY)).toMatchObject({ status: STATUS });
    expect(cache.get(KEY)?.['spec']).toBeUndefined();
  });

  it('rejects when the server does, and the cache stays as it was', async () => {
    const cache = createObjectCache();
    const write = createStatusWriter({ api: client.api, kind: WIDGET, cache });
    server.failNext('PATCH', { status: 422, reason: 'Invalid' });
    await expect(write(aWidget({}), STATUS, signal)).rejects.toMatchObject({ status: 422 });
    expect(cache.size).toBe(0);
  });
});
