import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Running } from '../../../src/runtime/running.ts';
import { startHotrod } from '../../../src/tools/hotrod/start-hotrod.ts';
import { startCollectingServer } from '../../harness/otlp-collecting-server.ts';
import type { CollectingServer } from '../../harness/otlp-collecting-server.ts';

describe('hotrod', () => {
  let collector: CollectingServer;
  let hotrod: Running;
  let base: string;

  beforeAll(async () => {
    collector = await startCollectingServer();
    hotrod = await startHotrod({
      hostPort: { host: '127.0.0.1', port: 0 },
      basePath: '/rides',
      jaegerUi: 'http://ui',
      exporter: 'otlp',
      otlpEndpoint: collector.url,
      dbQueryDelayMs: 5,
      dbSingleConnection: true,
      routeWorkers: 3,
      ownRequestsPerSecond: 0,
    });
    base = `http://127.0.0.1:${hotrod.addresses[0]?.port ?? 0}/rides`;
  });

  afterAll(async () => {
    await hotrod.stop();
    await collector.stop();
  });

  it('shows a button for each of the four customers', async () => {
    const page = await (await fetch(`${base}/`)).text();
    expect(page.match(/data-customer="(\d+)"/g)).toEqual(
      ['123', '392', '567', '731'].map((id) => `data-customer="${id}"`),
    );
    expect(await (await fetch(`${base}/config`)).json()).toEqual({ jaeger: 'http://ui' });
  });

  it('makes one trace of six services for a ride', async () => {
    const response = await fetch(`${base}/dispatch?customer=123`);
    expect(await response.json()).toEqual({
      Driver: expect.stringMatching(/^T7\d{5}C$/) as string,
      ETA: expect.any(Number) as number,
    });
    const traceId = response.headers.get('traceresponse')?.split('-')[1];
    const services = new Set<string>();
    await collector.until((spans) => {
      for (const span of spans) {
        if (span.traceId === traceId) services.add(span.resource.serviceName);
      }
      return services.size === 6;
    });
    expect([...services].toSorted()).toEqual([
      'customer',
      'driver',
      'frontend',
      'mysql',
      'redis-manual',
      'route',
    ]);
    const mine = collector.spans.filter((span) => span.traceId === traceId);
    const select = mine.find(({ name }) => name === 'SQL SELECT');
    expect(select?.events.map(({ name }) => name)).toEqual([
      'Acquired lock with 0 transactions waiting behind',
    ]);
    const timeouts = mine.filter(
      ({ name, status }) => name === 'GetDriver' && status.code === 'error',
    );
    expect(timeouts.length).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ['', 400],
    ['x', 400],
    ['1', 404],
  ])('answers customer=%j with %d', async (customer, status) => {
    expect((await fetch(`${base}/dispatch?customer=${customer}`)).status).toBe(status);
  });
});
