// @vitest-environment node
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFaults, LOOKS, runnable, useChromium } from './open-chromium.ts';
import { openQuery } from './open-query.ts';

const PAYLOAD = '"><img src=x onerror="globalThis.canary=1"><script>globalThis.canary=1</script>';
const PATH = 'monitor?service=frontend&spanKind=server&timeframe=3600000';

/** The page as it is served, in front of a query service that asks a store of metrics. */
describe.runIf(runnable)('the monitor in Chromium', () => {
  let query: Awaited<ReturnType<typeof openQuery>>;
  beforeAll(async () => {
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const operations = [
      { name: 'GET /dispatch', requestsPerSecond: 4, errorShare: 0.02, medianMs: 600 },
      { name: 'GET /config', requestsPerSecond: 10, errorShare: 0, medianMs: 2 },
      { name: PAYLOAD, requestsPerSecond: 0.1, errorShare: 0.5, medianMs: 30 },
    ];
    const quiet = { from: nowSeconds - 1_500, to: nowSeconds - 900 };
    query = await openQuery({ metrics: [operations, quiet] });
  }, 60_000);
  afterAll(() => query[Symbol.asyncDispose]());

  it.each(LOOKS)(
    'shows real answers of the query service, accessible and without a complaint, $theme, $width px wide',
    async ({ theme, width }) => {
      const page = await query.browser.newPage({
        colorScheme: theme,
        viewport: { width, height: 900 },
      });
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.goto(`${query.url}/${PATH}`);
      await page.locator('.operation-trend').first().waitFor();
      expect(await page.locator('.time-chart canvas').count()).toBe(3);
      const names = await page.locator('.operation-table td:first-child').allTextContents();
      expect(names).toEqual(['GET /dispatch', 'GET /config', PAYLOAD]);
      await page.getByText('as a table').click();
      await page.locator('.metrics-table tbody tr').first().waitFor();
      expect(await findFaults(page)).toEqual({ violations: [], overflow: 0 });
      expect(await page.evaluate('globalThis.canary')).toBe(undefined);
      expect(complaints).toEqual([]);
      await page.close();
    },
    60_000,
  );

  it('shows the values under the pointer in all charts, and the traces of a stretch', async () => {
    const page = await query.browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`${query.url}/${PATH}`);
    const plot = page.locator('.time-chart .u-over').first();
    await plot.waitFor();
    const box = await plot.boundingBox();
    if (box === null) throw new Error('the plot is not in sight');
    await page.mouse.move(box.x + box.width * 0.2, box.y + 40);
    await page.locator('.time-chart-time').nth(2).waitFor();
    expect(new Set(await page.locator('.time-chart-time').allTextContents()).size).toBe(1);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.45, box.y + 40, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL((url) => url.pathname === '/search');
    const url = new URL(page.url());
    const minutes =
      (Number(url.searchParams.get('end')) - Number(url.searchParams.get('start'))) / 6e7;
    expect(minutes).toBeGreaterThan(14);
    expect(minutes).toBeLessThan(16);
    expect(url.searchParams.get('service')).toBe('frontend');
    await page.close();
  }, 60_000);

  it('opens the traces of a minute by keyboard, from the table behind the charts', async () => {
    const page = await query.browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`${query.url}/${PATH}`);
    await page.locator('.metrics-table summary').focus();
    await page.keyboard.press('Enter');
    const row = page.locator('.metrics-table tbody tr').first();
    await row.waitFor();
    await row.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname === '/search');
    const url = new URL(page.url());
    const spanUs = Number(url.searchParams.get('end')) - Number(url.searchParams.get('start'));
    expect(spanUs).toBe(60_000_000);
    await page.close();
  }, 60_000);
});

describe.runIf(runnable)('the monitor without metrics in Chromium', () => {
  const { open } = useChromium({ 'api/v3/services': { services: ['web'] } });

  it.each(LOOKS)(
    'says how to get them, $theme, $width px wide',
    async (look) => {
      const { page, complaints } = await open('monitor', look);
      await page.getByRole('heading', { name: 'Get started with the monitor' }).waitFor();
      expect(await findFaults(page)).toEqual({ violations: [], overflow: 0 });
      expect(complaints).toEqual([]);
      await page.close();
    },
    60_000,
  );
});
