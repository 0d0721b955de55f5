// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { type FixtureSpan, jaegerTrace } from '../fixture-trace.ts';
import { findFaults, runnable, useChromium } from './open-chromium.ts';

const ID = '0af7651916cd43dd8448eb211c80319c';
const SPANS = Array.from({ length: 200 }, (_, index): FixtureSpan => ({
  ...{ id: `${index + 100}`, service: 'web', operation: `call ${index}`, at: index, duration: 9 },
  ...(index === 0 ? { tags: { big: 'x'.repeat(1_000_000), lines: 'a line\n'.repeat(5_000) } } : {}),
}));

describe.runIf(runnable)('a trace in Chromium that one reads', { timeout: 30_000 }, () => {
  const { open } = useChromium({ [`api/traces/${ID}`]: jaegerTrace(ID, SPANS) });

  it('goes on from where one has scrolled to', async () => {
    const { page } = await open(`trace/${ID}`);
    await page.waitForSelector('.timeline-row');
    for (const key of ['s', 's', 's', 's', 'f']) await page.keyboard.press(key);
    const active = page.locator('[aria-selected="true"] .timeline-name');
    expect(await active.textContent()).toBe('web call 24');
    await page.keyboard.press('f');
    expect(await active.textContent()).toBe('web call 25');
    await page.close();
  });

  it('draws a huge value in pieces that scroll by themselves', async () => {
    const { page } = await open(`trace/${ID}`);
    await page.waitForSelector('.timeline-row');
    for (const key of ['f', 'Enter']) await page.keyboard.press(key);
    const more = page.getByText(/^Show all/);
    await more.first().waitFor();
    await more.first().click();
    await page.locator('.long-text').waitFor();
    await more.click();
    expect(await page.locator('.long-text').count()).toBe(2);
    const box = await page.locator('.long-text').first().boundingBox();
    expect(box?.height).toBeLessThan(700);
    const { violations, overflow } = await findFaults(page);
    expect(violations).toEqual([]);
    expect(overflow).toBe(0);
    await page.close();
  });
});
