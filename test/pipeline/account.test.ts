import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { createLedger } from '../../src/pipeline/account.ts';
import { aBatch, aSpan } from '../harness/a-span.ts';

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
