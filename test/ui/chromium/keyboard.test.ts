// @vitest-environment node
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { jaegerTrace } from '../fixture-trace.ts';
import { findFaults, runnable, useChromium } from './open-chromium.ts';

const ID = '0af7651916cd43dd8448eb211c80319c';
const START_NANO = 1_795_251_600_000_000_000n;
const ANSWERS = {
  'api/v3/services': { services: ['web'] },
  'api/v3/operations': { operations: [] },
  'api/v3/trace-summaries': {
    summaries: [
      {
        traceId: ID,
        rootServiceName: 'web',
        rootOperationName: 'GET /',
        minStartTimeUnixNano: String(START_NANO),
        maxEndTimeUnixNano: String(START_NANO + 10_000_000n),
        spanCount: 2,
        services: [{ name: 'web', spanCount: 2 }],
      },
    ],
  },
  [`api/traces/${ID}`]: jaegerTrace(ID, [
    { id: '01', service: 'web', operation: 'GET /', at: 0, duration: 10_000 },
    { id: '02', parent: '01', service: 'web', operation: 'render', at: 10, duration: 10 },
  ]),
};
/** More would tire anybody. */
const STEPS_MAX = 60;

/** Goes on with Tab until a place that fits has the focus; each on the way shows that it has it. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let step = 0; step < STEPS_MAX; step++) {
    await page.keyboard.press('Tab');
    const { fits, ring } = await page.evaluate((wanted) => {
      const focused = document.activeElement ?? document.body;
      const { outlineStyle, boxShadow } = getComputedStyle(focused);
      const beside = focused.nextElementSibling;
      const drawn = beside !== null && getComputedStyle(beside).outlineStyle !== 'none';
      return {
        fits: focused.matches(wanted),
        ring: outlineStyle !== 'none' || boxShadow !== 'none' || drawn,
      };
    }, selector);
    const where = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 120));
    expect([where, ring]).toEqual([where, true]);
    if (fits) return;
  }
  throw new Error(`the keyboard does not reach ${selector}`);
}

describe.runIf(runnable)('without a mouse', () => {
  const { open } = useChromium(ANSWERS);

  it('one gets from the search to a span’s details and back', async () => {
    const { page, complaints } = await open('search?service=web&lookback=1h');
    page.setDefaultTimeout(5_000);
    await page.waitForSelector('.result-row');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('skip-link');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => location.hash)).toBe('#content');
    await tabTo(page, `a[href*="${ID}"]`);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.timeline-row');
    await page.waitForFunction(() => document.activeElement?.closest('#content') !== null);
    await page.keyboard.press('f');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.span-detail');
    await tabTo(page, '[aria-label="Back to search"]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.result-row');
    expect(complaints).toEqual([]);
    await page.close();
  }, 30_000);

  it('one finds the settings, changes them and leaves them', async () => {
    const { page } = await open('search?service=web&lookback=1h');
    await page.waitForSelector('.result-row');
    await tabTo(page, 'summary[aria-label="Settings"]');
    await page.keyboard.press('Enter');
    await tabTo(page, 'input[value="system"]');
    await page.keyboard.press('ArrowLeft');
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Settings',
    );
    await page.close();
  }, 30_000);

  it('one reads Korean, in UTC, once that is chosen', async () => {
    const { page } = await open('search?service=web&lookback=1h');
    await page.click('summary[aria-label="Settings"]');
    await page.click('text=한국어');
    await page.waitForSelector('html[lang="ko"] .result-row');
    expect(await page.textContent('nav a[aria-current]')).toBe('검색');
    await page.click('summary[aria-label="설정"]');
    await page.click('.header-tools label:has-text("UTC")');
    await page.waitForLoadState();
    await page.waitForSelector('.result-row');
    expect(await page.textContent('.result-row')).toContain('09:00:00');
    await page.close();
  }, 30_000);
});

describe.runIf(runnable)('enlarged', () => {
  const { open } = useChromium(ANSWERS);

  it.each(['search?service=web&lookback=1h', `trace/${ID}`])(
    'to twice its size, %s fits and is accessible',
    async (path) => {
      // A window of 1280 pixels has half as many at 200 %.
      const { page } = await open(path, { width: 640 });
      await page.waitForSelector('.result-row, .timeline-row');
      expect(await findFaults(page)).toEqual({ violations: [], overflow: 0 });
      await page.close();
    },
    30_000,
  );

  it('moves nothing for those who want less motion', async () => {
    const { page } = await open(`trace/${ID}`);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.waitForSelector('.timeline-row');
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')]
        .filter((element) => {
          const { transitionDuration, animationDuration } = getComputedStyle(element);
          return [transitionDuration, animationDuration].some((times) => /[1-9]/.test(times));
        })
        .map((element) => element.outerHTML.slice(0, 100)),
    );
    expect(moving).toEqual([]);
    await page.close();
  }, 30_000);
});
