// @vitest-environment node
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aSpan, spanId } from '../../harness/a-span.ts';
import { JAEGER_ADDRESSES, TRACE_A, TRACE_B, TRACE_SHORT } from '../jaeger-addresses.ts';
import { runnable } from './open-chromium.ts';
import { openQuery } from './open-query.ts';

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
  let query: Awaited<ReturnType<typeof openQuery>>;

  beforeAll(async () => {
    query = await openQuery({
      spans: [TRACE_A, TRACE_B, TRACE_SHORT.padStart(32, '0')].flatMap(aStoredTrace),
      metrics: [[{ name: 'GET /', requestsPerSecond: 1, errorShare: 0.1, medianMs: 9 }]],
      flags: { 'query.base-path': BASE },
    });
  }, 60_000);
  afterAll(() => query[Symbol.asyncDispose]());

  it.each(JAEGER_ADDRESSES)(
    '$says: /$address',
    async ({ address, ready, fields = {}, words = [], absent = [], endsAt }) => {
      const page = await query.browser.newPage({
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
