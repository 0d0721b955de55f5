import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { createLedger } from '../../src/pipeline/account.ts';
import { aBatch, aResource, aSpan } from '../harness/a-span.ts';
import { ledgerOf } from '../harness/ledger.ts';

it('counts as err no more spans of a service than were lost', async () => {
  const metrics = new Registry();
  const ledger = createLedger({ metrics, serviceNamesMax: 10, isEarly: false });
  const sink = ledger.accounting('http', () =>
    Promise.resolve({
      accepted: 2,
      refused: [{ reason: 'invalid_trace_id', count: 1, message: 'no' }],
      dropped: [],
    }),
  );
  await sink(aBatch([aSpan(), aSpan(), aSpan()]), new AbortController().signal);
  const lines = await metrics.getSingleMetricAsString('jaeger_collector_spans_saved_by_svc_total');
  expect(lines).toContain('{svc="frontend",result="ok"} 2');
  expect(lines).toContain('{svc="frontend",result="err"} 1');
});

it('counts spans that a rule filters neither as ok nor as err', async () => {
  const metrics = new Registry();
  const ledger = createLedger({ metrics, serviceNamesMax: 10, isEarly: false });
  const sink = ledger.accounting('http', () =>
    Promise.resolve({
      accepted: 2,
      refused: [],
      dropped: [
        { reason: 'filtered', count: 3, message: 'a rule' },
        { reason: 'storage_error', count: 1, message: 'no room' },
      ],
    }),
  );
  const resources = [aResource('shop'), aResource('shop'), aResource('bank')];
  const spans = [...resources, ...resources].map((resource) => aSpan({ resource }));
  await sink(aBatch(spans), new AbortController().signal);
  const saved = await metrics.getSingleMetric('jaeger_collector_spans_saved_by_svc_total')?.get();
  expect(saved?.values.map(({ labels, value }) => ({ ...labels, value }))).toEqual([
    { svc: 'shop', result: 'err', value: 1 },
    { svc: 'shop', result: 'ok', value: 1 },
    { svc: 'bank', result: 'ok', value: 1 },
  ]);
  const { received, stored, refused, dropped } = ledgerOf(await metrics.metrics());
  expect({ received, stored, refused, dropped }).toEqual({
    received: 6,
    stored: 2,
    refused: 0,
    dropped: 4,
  });
});

it('keeps its memory when a million services have one span each', async () => {
  const metrics = new Registry();
  const ledger = createLedger({ metrics, serviceNamesMax: 4000, isEarly: false });
  const sink = ledger.accounting('http', ({ scan }) =>
    Promise.resolve({ accepted: scan.count, refused: [], dropped: [] }),
  );
  const perBatch = 10_000;
  const send = async (batch: number): Promise<void> => {
    const first = aBatch(
      Array.from({ length: perBatch }, (_, i) =>
        aSpan({ resource: aResource(`service-${String(batch * perBatch + i).padStart(9, '0')}`) }),
      ),
    );
    await sink(first, new AbortController().signal);
  };
  await send(0);
  const before = process.memoryUsage().rss;
  for (let batch = 1; batch < 100; batch += 1) await send(batch);
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20);
  const received = await metrics.getSingleMetric('jaeger_collector_spans_received_total')?.get();
  expect(received?.values.length).toBe(4001);
  const other = received?.values.find(({ labels }) => labels['svc'] === 'other-services');
  expect(other?.value).toBe(1_000_000 - 4000);
  expect(ledgerOf(await metrics.metrics())).toMatchObject({ received: 1e6, stored: 1e6 });
}, 60_000);

it('gives no series to a name that is longer than any service has', async () => {
  const metrics = new Registry();
  const ledger = createLedger({ metrics, serviceNamesMax: 10, isEarly: false });
  const sink = ledger.accounting('http', ({ scan }) =>
    Promise.resolve({ accepted: scan.count, refused: [], dropped: [] }),
  );
  const batch = aBatch([aSpan({ resource: aResource('x'.repeat(513)) })]);
  await sink(batch, new AbortController().signal);
  const received = await metrics.getSingleMetric('jaeger_collector_spans_received_total')?.get();
  expect(received?.values.map(({ labels }) => labels['svc'])).toEqual(['other-services']);
});
