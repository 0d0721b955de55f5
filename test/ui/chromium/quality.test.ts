// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { findFaults, LOOKS, runnable, useChromium } from './open-chromium.ts';

const PAYLOAD = '"><img src=x onerror="globalThis.canary=1"><script>globalThis.canary=1</script>';
const ID = '0af7651916cd43dd8448eb211c80319c';
const EXAMPLES = [{ traceID: ID, spanIDs: ['0a', '0b'] }];
const check = (name: string, passCount: number, failureCount: number): object => ({
  ...{ name, category: 'Completeness', description: `What ${name} means.`, metricWeight: 1 },
  metricDocumentationLink: 'javascript:globalThis.canary=1',
  ...{ passCount, passExamples: EXAMPLES, failureCount, failureExamples: EXAMPLES },
  ...{ exemptionCount: 3, exemptionExamples: EXAMPLES },
});
const REPORT = {
  traceQualityDocumentationLink: 'https://wiki.example/scores',
  bannerText: PAYLOAD,
  scores: [
    { key: 'a', label: 'Trace Quality', max: 100, value: 99 },
    { key: 'b', label: 'Completeness', max: 100, value: 75 },
    { key: 'c', label: PAYLOAD, max: 100, value: 0 },
  ],
  metrics: [check('HasParentSpan', 99, 1), check('UniqueSpanId', 8, 2), check(PAYLOAD, 0, 9)],
  clients: [{ version: PAYLOAD, minVersion: '1.0.0', count: 7, examples: EXAMPLES }],
};
const ANSWERS = {
  'api/v3/services': { services: ['cart', PAYLOAD] },
  'api/quality-metrics': REPORT,
};
const VIEWS = [
  { name: 'no service chosen', path: 'quality-metrics', ready: '.big-notice' },
  { name: 'a report', path: 'quality-metrics?service=cart&lookback=48', ready: '.check-card' },
];

describe.runIf(runnable)('trace quality in Chromium', () => {
  const { open } = useChromium(ANSWERS);

  it.each(VIEWS.flatMap((view) => LOOKS.map((look) => ({ ...view, ...look }))))(
    '$name: accessible and without a complaint, $theme, $width px wide',
    async ({ path, ready, ...look }) => {
      const { page, complaints } = await open(path, look);
      await page.locator(ready).first().waitFor();
      expect(await findFaults(page)).toEqual({ violations: [], overflow: 0 });
      expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
      expect(await page.evaluate('globalThis.canary')).toBe(undefined);
      expect(complaints).toEqual([]);
      await page.close();
    },
    60_000,
  );

  it('is chosen, read and followed to an example by keyboard', async () => {
    const { page } = await open('quality-metrics');
    await page.getByRole('combobox', { name: 'Service' }).focus();
    await page.keyboard.type('cart');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('service') === 'cart');
    await page.getByRole('list', { name: 'Failed: 1 example' }).first().getByRole('link').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname.endsWith(`/trace/${ID}`));
    expect(new URL(page.url()).searchParams.get('uiFind')).toBe('0a 0b');
    await page.close();
  }, 60_000);
});
