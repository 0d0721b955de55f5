import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEngineMetrics } from '../../../src/controller/engine/engine-metrics.ts';
import { createObjectCache } from '../../../src/controller/engine/object-cache.ts';
import { createReflector } from '../../../src/controller/engine/reflector.ts';
import { createKubeClient } from '../../../src/controller/kube/create-kube-api.ts';
import type { KubeClient } from '../../../src/controller/kube/create-kube-api.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { startFakeKubeServer } from '../../harness/fake-kube-server.ts';
import type { FakeKubeServer } from '../../harness/fake-kube-server.ts';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

describe('the reflector', () => {
  let server: FakeKubeServer;
  let client: KubeClient;
  let stop: () => Promise<void>;
  let changes: string[];
  const cache = createObjectCache();
  const names = (): string[] =>
    cache
      .list()
      .map(({ metadata }) => metadata.name)
      .toSorted();
  const lists = (): number => server.requests.filter(({ what }) => what === 'GET list').length;
  const watches = (): number => server.requests.filter(({ what }) => what === 'GET watch').length;

  const start = async (): Promise<void> => {
    changes = [];
    const abort = new AbortController();
    const reflector = createReflector({
      api: client.api,
      kind: CONFIG_MAP,
      cache,
      onChange: ({ type, object }) => changes.push(`${type} ${object.metadata.name}`),
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      metrics: createEngineMetrics(new Registry()),
      timing: { retryFirstMs: 10, retryMaxMs: 100 },
    });
    const running = reflector.run(abort.signal);
    stop = async () => {
      abort.abort();
      await running;
    };
    await reflector.synced;
  };
  beforeEach(async () => {
    server = await startFakeKubeServer('configmaps');
    cache.replace('', [], '');
    client = createKubeClient({
      config: server.config,
      metrics: new Registry(),
      watchIdleMs: 300,
      rateLimit: { qps: 0, burst: 0 },
    });
  });
  afterEach(async () => {
    await stop();
    await client.close();
    await server.close();
  });

  it('lists in pages of 500 and follows changes after that', async () => {
    for (let at = 0; at < 1203; at++) server.put(`o${at}`);
    await start();
    expect(cache.size).toBe(1203);
    expect(lists()).toBe(3);
    server.put('new');
    server.remove('o7');
    await vi.waitFor(() => {
      expect(changes.slice(1203)).toEqual(['added new', 'deleted o7']);
    });
  });

  it('goes on from where it was when the watch is cut, without a new list', async () => {
    server.put('a');
    await start();
    await vi.waitFor(() => {
      expect(watches()).toBe(1);
    });
    server.cutWatches();
    server.put('b');
    await vi.waitFor(() => {
      expect(names()).toEqual(['a', 'b']);
    });
    expect(lists()).toBe(1);
  });

  it('lists again after 410 and reports what was deleted while it could not see', async () => {
    server.put('a');
    server.put('b');
    await start();
    await vi.waitFor(() => {
      expect(watches()).toBe(1);
    });
    server.stallWatches();
    server.remove('a');
    server.put('c');
    server.compact();
    server.heal();
    server.expireWatches();
    await vi.waitFor(() => {
      expect(names()).toEqual(['b', 'c']);
    });
    expect(changes).toEqual(['added a', 'added b', 'added c', 'deleted a']);
    expect(lists()).toBe(2);
  });

  it('notices a watch that stays open and says nothing', async () => {
    server.put('a');
    server.stallWatches();
    await start();
    server.put('b');
    await vi.waitFor(() => {
      expect(watches()).toBe(1);
    });
    server.heal();
    await vi.waitFor(
      () => {
        expect(names()).toEqual(['a', 'b']);
      },
      { timeout: 3000 },
    );
    expect(lists()).toBe(1);
  });

  it('comes back from server errors, however many', async () => {
    const broken = { status: 500, reason: 'InternalError' };
    server.failNext('GET list', broken, broken, broken);
    server.failNext('GET watch', broken, broken, { status: 403, reason: 'Forbidden' });
    server.put('a');
    await start();
    server.put('b');
    await vi.waitFor(() => {
      expect(names()).toEqual(['a', 'b']);
    });
  });

  it('lists again when the server keeps refusing to go on from a version', async () => {
    const tooLarge = { status: 504, reason: 'Timeout' };
    server.failNext('GET watch', ...Array.from({ length: 5 }, () => tooLarge));
    server.put('a');
    await start();
    await vi.waitFor(() => {
      expect(lists()).toBe(2);
    });
    server.put('b');
    await vi.waitFor(() => {
      expect(names()).toEqual(['a', 'b']);
    });
  });

  it('counts a kind the server does not serve as one without objects', async () => {
    server.failNext('GET list', { status: 404, reason: 'NotFound' });
    await start();
    expect(names()).toEqual([]);
  });
});
