// @vitest-environment node
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { type FixtureSpan, jaegerTrace } from '../fixture-trace.ts';
import { findFaults, LOOKS, runnable, useChromium } from './open-chromium.ts';

const ID = '0af7651916cd43dd8448eb211c80319c';
const HOSTILE_ID = 'bad7651916cd43dd8448eb211c80319c';
const LARGE_ID = 'b197651916cd43dd8448eb211c80319c';
const PAYLOAD = '"><img src=x onerror="globalThis.canary=1"><script>globalThis.canary=1</script>';
const STATEMENT = `SELECT id, customer_id, sku, quantity FROM cart_items WHERE cart_id IN (${'?, '.repeat(20)}?)`;

const SPANS: readonly FixtureSpan[] = [
  { id: '01', service: 'web', operation: 'GET /checkout', at: 0, duration: 100_000 },
  ...Array.from({ length: 12 }, (_, index): readonly FixtureSpan[] => [
    {
      id: `a${index}`,
      parent: '01',
      service: 'cart-service-of-the-north',
      operation: 'POST /v2/carts/{cart}/items:recalculate',
      at: index * 8_000,
      duration: 7_500,
      events: [
        {
          at: index * 8_000 + 10,
          fields: { event: 'received', 'message.id': `${index}`, level: 'info' },
        },
      ],
    },
    {
      id: `b${index}`,
      parent: `a${index}`,
      service: 'mysql',
      operation: 'SELECT',
      at: index * 8_000 + 500,
      duration: 5_000 + index,
      tags: { 'db.statement': STATEMENT, error: index === 3 },
    },
  ]).flat(),
  { id: 'cc', parent: '01', service: 'mail', operation: 'Send', at: 90_000, duration: 90_000 },
];
const HOSTILE: FixtureSpan = {
  id: '01',
  service: PAYLOAD,
  operation: PAYLOAD,
  at: 0,
  duration: 10,
  tags: { [PAYLOAD]: PAYLOAD + PAYLOAD },
  process: { [PAYLOAD]: PAYLOAD },
  events: [{ at: 1, fields: { event: PAYLOAD, [PAYLOAD]: PAYLOAD.repeat(9) } }],
};
/** A busy machine takes its time to open large traces, and many pages. */
const PATIENCE_MS = 120_000;

/** Every span a path of its own, twelve levels deep. */
const LARGE = Array.from({ length: 20_000 }, (_, i): FixtureSpan => ({
  id: String(i + 1),
  ...(i > 0 && { parent: String(Math.ceil(i / 3)) }),
  service: `service-${i % 12}`,
  operation: `op ${i}`,
  at: i,
  duration: 40_000 - i,
  events: [{ at: i + 1, fields: { event: 'step', number: String(i) } }],
}));

const ANSWERS = {
  'api/v3/services': { services: ['web'] },
  [`api/traces/${ID}`]: jaegerTrace(ID, SPANS),
  [`api/traces/${HOSTILE_ID}`]: jaegerTrace(HOSTILE_ID, [HOSTILE]),
  [`api/traces/${LARGE_ID}`]: jaegerTrace(LARGE_ID, LARGE),
};

const VIEWS = [
  {
    name: 'statistics',
    query: 'view=statistics&subGroupBy=operation&colorBy=total',
    ready: 'tbody tr',
  },
  {
    name: 'statistics by statement',
    query: 'view=statistics&groupBy=tag:db.statement',
    ready: '.value-cell',
  },
  { name: 'spans table', query: 'view=spans&uiFind=mysql', ready: 'tr[data-mark="found"]' },
  { name: 'flame graph', query: 'view=flamegraph&flameNode=1', ready: '.flame-scroll canvas' },
  { name: 'logs', query: 'view=logs', ready: '.log-event' },
  {
    name: 'graph',
    query: 'view=graph&graphColor=self&uiFind=Send',
    ready: '.graph-node[data-emphasized="true"]',
  },
];

describe.runIf(runnable)('the views of a trace in Chromium', () => {
  const { open } = useChromium(ANSWERS);

  it.each(VIEWS.flatMap((view) => LOOKS.map((look) => ({ ...view, ...look }))))(
    '$name is accessible and complains about nothing, $theme, $width px wide',
    async ({ query, ready, theme, width }) => {
      const { page, complaints } = await open(`trace/${ID}?${query}`, { theme, width });
      await page.waitForSelector(ready);
      const faults = await findFaults(page);
      expect({ ...faults, complaints }).toEqual({ violations: [], complaints: [], overflow: 0 });
      await page.close();
    },
    PATIENCE_MS,
  );

  it(
    'reads Korean in every view',
    async () => {
      for (const { query, ready } of VIEWS) {
        const { page, complaints } = await open(`trace/${ID}`);
        await page.evaluate(() => {
          localStorage.setItem('jaeger-ui-language', 'ko');
        });
        await page.goto(`${page.url()}?${query}`);
        await page.waitForSelector(ready);
        const label = await page.locator('.view-frame').getAttribute('aria-label');
        expect(label).toMatch(/[가-힣]/);
        expect({ ...(await findFaults(page)), complaints }).toEqual({
          violations: [],
          complaints: [],
          overflow: 0,
        });
        await page.close();
      }
    },
    PATIENCE_MS,
  );

  it(
    'never run what spans say',
    async () => {
      const queries = [
        ...VIEWS.map(({ query }) => query),
        `view=statistics&groupBy=tag:${encodeURIComponent(PAYLOAD)}`,
        `view=logs&logFind=${encodeURIComponent(PAYLOAD)}`,
        `view=spans&spanServices=${encodeURIComponent(JSON.stringify([PAYLOAD]))}`,
      ];
      for (const query of queries) {
        const { page, complaints } = await open(`trace/${HOSTILE_ID}?${query}`);
        await page.waitForSelector('.view-frame');
        for (const button of await page.$$('.value-cell button')) {
          await button.click();
          await page.keyboard.press('Escape');
        }
        await page.waitForTimeout(100);
        expect(await page.evaluate('globalThis.canary')).toBeUndefined();
        expect(await page.locator('body img[onerror], body script').count()).toBe(0);
        expect(complaints).toEqual([]);
        await page.close();
      }
    },
    PATIENCE_MS,
  );

  it(
    'go through a flame graph by keyboard alone',
    async () => {
      const { page } = await open(`trace/${ID}?view=flamegraph`);
      const facts = page.locator('.path-facts-name');
      await page.focus('.flame-scroll');
      await expectText(facts, 'web GET /checkout');
      await page.keyboard.press('ArrowDown');
      await expectText(facts, 'cart-service-of-the-north POST /v2/carts/{cart}/items:recalculate');
      await page.keyboard.press('ArrowRight');
      await expectText(facts, 'mail Send');
      await page.keyboard.press('Enter');
      await page.waitForURL(/flameNode=\d+/);
      await page.keyboard.press('ArrowUp');
      await expectText(facts, 'web GET /checkout');
      await page.keyboard.press('Escape');
      await page.waitForURL((url) => !url.search.includes('flameNode'));
      await page.close();
    },
    PATIENCE_MS,
  );

  it(
    'zoom a flame graph to the box that is clicked, and say what is pointed at',
    async () => {
      const { page } = await open(`trace/${ID}?view=flamegraph&flameLayout=flamegraph`);
      const canvas = page.locator('.flame-scroll canvas');
      await canvas.hover({ position: { x: 20, y: 33 } });
      await expectText(
        page.locator('.path-facts-name'),
        'cart-service-of-the-north POST /v2/carts/{cart}/items:recalculate',
      );
      await canvas.click({ position: { x: 20, y: 33 } });
      await page.waitForURL(/flameNode=1/);
      await page.getByRole('button', { name: 'Collapse above' }).click();
      await page.waitForURL(/flameAbove=hidden/);
      await page.getByRole('button', { name: 'Reset' }).click();
      await page.waitForURL((url) => url.search === '?view=flamegraph&flameLayout=flamegraph');
      await page.close();
    },
    PATIENCE_MS,
  );

  it(
    'go from row to row of a table by keyboard, also beyond what is in sight',
    async () => {
      const { page } = await open(`trace/${LARGE_ID}?view=flamegraph&flameLayout=table`);
      await page.focus('tbody tr[data-index="0"]');
      for (let i = 0; i < 5; i++) await page.keyboard.press('PageDown');
      await page.waitForFunction(() => document.activeElement?.matches('tr[data-index="50"]'));
      await page.keyboard.press('End');
      await page.waitForFunction(() => document.activeElement?.matches('tr[data-index="19999"]'));
      await page.keyboard.press('Enter');
      await page.waitForSelector('tr[data-index="19999"][data-mark="selected"]');
      await page.close();
    },
    PATIENCE_MS,
  );

  it(
    'keep what a large trace has in sight only, and say what is left out',
    async () => {
      const { page, complaints } = await open(`trace/${LARGE_ID}?view=graph`);
      await page.waitForSelector('.graph-node');
      expect(await page.locator('.path-box').count()).toBeLessThanOrEqual(300);
      await expectText(page.locator('.view-bar-note'), 'The 300 of 20,000 paths that took longest');
      for (const view of ['spans', 'logs']) {
        await page.goto(page.url().replace(/view=\w+/, `view=${view}`));
        await page.waitForSelector('tbody tr[data-index="0"]');
        await page.locator('.data-table').evaluate((table) => {
          table.scrollTop = table.scrollHeight;
        });
        await page.waitForSelector('tbody tr[data-index="19999"]');
        expect(await page.locator('tbody tr[data-index]').count()).toBeLessThan(80);
      }
      expect(complaints).toEqual([]);
      await page.close();
    },
    PATIENCE_MS,
  );
});

async function expectText(place: ReturnType<Page['locator']>, text: string): Promise<void> {
  await expect.poll(() => place.textContent()).toBe(text);
}
