// @vitest-environment node
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFaults, LOOKS, runnable } from './open-chromium.ts';
import { openQuery } from './open-query.ts';

describe.runIf(runnable)('the page of endpoints in Chromium', () => {
  let query: Awaited<ReturnType<typeof openQuery>>;
  beforeAll(async () => {
    query = await openQuery({ metrics: [[], { from: 0, to: 0 }] });
  }, 60_000);
  afterAll(() => query[Symbol.asyncDispose]());

  it.each(LOOKS)(
    'is accessible, styled and without a complaint, $theme, $width px wide',
    async ({ theme, width }) => {
      const page = await query.browser.newPage({
        colorScheme: theme,
        viewport: { width, height: 900 },
      });
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.goto(`${query.url}/docs/api`);
      expect(await findFaults(page)).toEqual({ violations: [], overflow: 0 });
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(background).toBe(theme === 'light' ? 'rgb(246, 247, 249)' : 'rgb(14, 17, 22)');
      expect(complaints).toEqual([]);
      await page.close();
    },
    60_000,
  );
});
