import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { createDelivery } from '../../src/agent-sidecar/delivery.ts';
import { createExportMetrics } from '../../src/agent-sidecar/export-metrics.ts';
import { ExportError } from '../../src/agent-sidecar/otlp-exporter.ts';
import { createFakeClock } from '../harness/fake-clock.ts';
import { metricValue } from '../receivers/jaeger-harness.ts';
import { WITHOUT_TLS } from './without-tls.ts';

const CONFIG = {
  hostPort: '127.0.0.1:1',
  peers: 1,
  retryMax: 0,
  retryMaxElapsedMs: 15_000,
  requestTimeoutMs: 5000,
  tenant: '',
  tenantHeader: 'x-tenant',
  concurrency: 1,
  queueBatches: 1,
  queueBytes: 1024,
  drainTimeoutMs: 1000,
  tls: WITHOUT_TLS,
};

it('tries a last time when the time for it is over, whatever the collector asks for', async () => {
  const clock = createFakeClock();
  const attempts: number[] = [];
  const metrics = new Registry();
  const deliver = createDelivery(
    CONFIG,
    {
      clock,
      logger: pino({ enabled: false }),
      metrics: createExportMetrics(metrics, () => ({ batches: 0, bytes: 0, spans: 0 })),
      onAttempt: () => undefined,
      exporter: {
        export: () => {
          attempts.push(clock.monotonic());
          const outcome = { retriable: true, retryAfterMs: 10_000 };
          return Promise.reject(new ExportError('come later', outcome, {}));
        },
        close: () => undefined,
      },
    },
    new AbortController().signal,
  );
  const over = deliver({ otlp: new Uint8Array(), batches: 1, spans: 3, since: 0 });
  await clock.advance(0);
  expect(clock.sleeping).toEqual([10_000]);
  await clock.advance(10_000);
  expect(clock.sleeping).toEqual([5000]);
  await clock.advance(5000);
  await over;
  expect(attempts).toEqual([0, 10_000, 15_000]);
  expect(await metricValue(metrics, 'jaeger_agent_reporter_spans_failures_total')).toBe(3);
});
