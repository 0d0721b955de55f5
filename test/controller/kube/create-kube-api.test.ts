import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WATCH_IDLE_MS, createKubeClient } from '../../../src/controller/kube/create-kube-api.ts';
import type { KubeClient } from '../../../src/controller/kube/create-kube-api.ts';
import { KubeTransportError, WriteRefusedError } from '../../../src/controller/kube/kube-api.ts';
import { startFakeKubeServer } from '../../harness/fake-kube-server.ts';
import type { FakeKubeServer } from '../../harness/fake-kube-server.ts';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const A = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'ns', name: 'a' } };

describe('the API client', () => {
  let server: FakeKubeServer;
  let client: KubeClient;
  const registry = new Registry();
  const signal = AbortSignal.timeout(20_000);
  beforeEach(async () => {
    server = await startFakeKubeServer('configmaps');
    registry.clear();
    client = createKubeClient({ config: server.config, metrics: registry });
  });
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  it('waits as long as a 429 says, and lets nothing else out meanwhile', async () => {
    server.put('a');
    server.failNext('GET get', { status: 429, retryAfterSeconds: 1 });
    const first = client.api.get(CONFIG_MAP, { namespace: 'ns', name: 'a' }, signal);
    const object = await first;
    expect(object?.metadata.name).toBe('a');
    const [refused, again] = server.requests;
    expect((again?.atMs ?? 0) - (refused?.atMs ?? 0)).toBeGreaterThanOrEqual(995);
    expect(server.requests).toHaveLength(2);
    expect(await registry.getSingleMetricAsString('rest_client_requests_total')).toContain(
      'rest_client_requests_total{code="429",method="GET"} 1',
    );
  });

  it('rejects with the status, the reason and the wait of a Status', async () => {
    server.put('a');
    const stale = { ...A, metadata: { ...A.metadata, resourceVersion: '1' } };
    await expect(client.api.update(CONFIG_MAP, stale, signal)).rejects.toMatchObject({
      name: 'KubeApiError',
      status: 409,
      reason: 'Conflict',
    });
    server.failNext('GET get', { status: 503, retryAfterSeconds: 7 });
    const unavailable = client.api.get(CONFIG_MAP, { namespace: 'ns', name: 'a' }, signal);
    await expect(unavailable).rejects.toMatchObject({ status: 503, retryAfterMs: 7000 });
  });

  it('takes a watch for dead when a bookmark is overdue, which comes once a minute', () => {
    expect(WATCH_IDLE_MS).toBeGreaterThan(60_000);
    expect(WATCH_IDLE_MS).toBeLessThanOrEqual(75_000);
  });

  it('sends nothing when the guard refuses', async () => {
    const guarded = client.guarded(() => {
      throw new WriteRefusedError('not the leader');
    });
    await expect(guarded.apply(CONFIG_MAP, A, { signal })).rejects.toThrow(WriteRefusedError);
    expect(await client.api.get(CONFIG_MAP, A.metadata, signal)).toBeUndefined();
  });

  it('rejects with a transport error when nobody answers', async () => {
    await server.close();
    const lost = client.api.get(CONFIG_MAP, A.metadata, signal);
    await expect(lost).rejects.toThrow(KubeTransportError);
    server = await startFakeKubeServer('configmaps');
  });
});
