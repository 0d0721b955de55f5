// @vitest-environment node
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStorage } from '../../../src/storage/memory/memory-storage.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { aBatch, aSpan, spanId } from '../../harness/a-span.ts';
import { startFakePrometheus } from '../../harness/fake-prometheus.ts';
import { startTestQuery, type TestQuery } from '../../query/start-test-query.ts';
import { BUILT_UI } from '../fixture-server.ts';
import { JAEGER_ADDRESSES, TRACE_A, TRACE_B, TRACE_SHORT } from '../jaeger-addresses.ts';
import { launchChromium, runnable } from './open-chromium.ts';

const BASE = '/jaeger';

function aStoredTrace(traceId: string) {
  const startTimeUnixNano = BigInt(Date.now() - 60_000) * 1_000_000n;
  const shared = { traceId, startTimeUnixNano };
  return [
    aSpan({ ...shared, attributes: { 'http.method': 'GET' } }),
    aSpan({
      ...shared,
      spanId: spanId(2),
      parentSpanId: spanId(1),
      name: 'SELECT',
      kind: 'client',
      serviceName: 'mysql',
      attributes: { 'db.system': 'mysql' },
    }),
  ];
}

describe.runIf(runnable)('an address of Jaeger UI opens here', () => {
  let storage: Storage;
  let query: TestQuery;
  let prometheus: Awaited<ReturnType<typeof startFakePrometheus>>;
  let browser: Awaited<ReturnType<typeof launchChromium>>;

  beforeAll(async () => {
    storage = createMemoryStorage({ maxTraces: 9, maxBytes: 64_000_000, metrics: new Registry() });
    const spans = [TRACE_A, TRACE_B, TRACE_SHORT.padStart(32, '0')].flatMap(aStoredTrace);
    await storage.writer.write(aBatch(spans), new AbortController().signal);
    prometheus = await startFakePrometheus([
      { name: 'GET /', requestsPerSecond: 1, errorShare: 0.1, medianMs: 9 },
    ]);
    query = await startTestQuery(storage, {
      'query.base-path': BASE,
      'query.static-files': BUILT_UI,
      'metrics-storage.type': 'prometheus',
      'prometheus.server-url': prometheus.url,
    });
    browser = await launchChromium();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await query.stop();
    prometheus.server.close();
    await storage.close();
  });

  it.each(JAEGER_ADDRESSES)(
    '$says: /$address',
    async ({ address, ready, fields = {}, words = [], absent = [], endsAt }) => {
      const page = await browser.newPage({
        viewport: { width: 1440, height: 900 },
        timezoneId: 'UTC',
      });
      const failures: string[] = [];
      page.on('pageerror', ({ message }) => failures.push(message));
      await page.goto(`${query.url}${BASE}/${address}`);
      await page.waitForSelector(ready, { timeout: 10_000 });
      for (const [label, value] of Object.entries(fields)) {
        const field = page
          .locator('input, select')
          .and(page.getByLabel(label, { exact: true }))
          .first();
        expect([label, await field.inputValue()]).toEqual([label, value]);
      }
      for (const word of words) {
        const seen = page.locator('#content').getByText(word).filter({ visible: true });
        await seen.first().waitFor({ timeout: 5_000 });
      }
      for (const selector of absent) expect(await page.locator(selector).count()).toBe(0);
      const path = new URL(page.url()).pathname.slice(BASE.length + 1);
      if (endsAt !== undefined) expect(path).toBe(endsAt);
      expect(await page.getByText('There is no such page').count()).toBe(0);
      expect(failures).toEqual([]);
      await page.close();
    },
    25_000,
  );
});
