import { Registry, Counter } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAdminServer } from '../../src/runtime/admin-server.ts';
import { createHealth } from '../../src/runtime/health.ts';
import type { HealthRegistry } from '../../src/runtime/health.ts';
import type { Running } from '../../src/runtime/running.ts';

describe('admin server', () => {
  const startedAt = Date.parse('2026-01-02T03:04:05.000Z');
  let health: HealthRegistry;
  let running: Running;
  let base: string;

  beforeEach(async () => {
    health = createHealth(() => startedAt);
    const metrics = new Registry();
    new Counter({ name: 'jaeger_test_total', help: 'h', registers: [metrics] }).inc(3);
    const hostPort = { host: '127.0.0.1', port: 0 };
    running = await startAdminServer({ listenOn: [{ name: 'health', hostPort }], health, metrics });
    base = `http://127.0.0.1:${running.addresses[0]?.port ?? 0}`;
  });

  afterEach(() => running.stop());

  it('says on / what Jaeger v1 says while every component is ok', async () => {
    health.component('storage').ok();
    const response = await fetch(`${base}/`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'Server available',
      upSince: '2026-01-02T03:04:05.000Z',
    });
  });

  it('is not available while a component starts', async () => {
    health.component('storage');
    expect((await fetch(`${base}/`)).status).toBe(503);
    expect((await fetch(`${base}/status`)).status).toBe(503);
  });

  it('answers on /status why, 503 while it may pass and 500 when it will not', async () => {
    const storage = health.component('storage');
    storage.recoverable('no route to host');
    const response = await fetch(`${base}/status`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      start_time: '2026-01-02T03:04:05.000Z',
      healthy: false,
      status: 'StatusRecoverableError',
      components: {
        storage: {
          status: 'StatusRecoverableError',
          error: 'no route to host',
          since: '2026-01-02T03:04:05.000Z',
        },
      },
    });
    storage.permanent('schema is newer than this version');
    expect((await fetch(`${base}/status`)).status).toBe(500);
  });

  it('serves the metrics of the registry', async () => {
    const response = await fetch(`${base}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await response.text()).toContain('jaeger_test_total 3');
  });

  it('answers 404 for another path and 405 for another method', async () => {
    expect((await fetch(`${base}/debug`)).status).toBe(404);
    expect((await fetch(`${base}/status`, { method: 'POST' })).status).toBe(405);
  });

  it('names the address that is in use', async () => {
    const taken = { host: '127.0.0.1', port: running.addresses[0]?.port ?? 0 };
    await expect(
      startAdminServer({
        listenOn: [{ name: 'health', hostPort: taken }],
        health,
        metrics: new Registry(),
      }),
    ).rejects.toThrow(`health: 127.0.0.1:${taken.port} is in use`);
  });
});
