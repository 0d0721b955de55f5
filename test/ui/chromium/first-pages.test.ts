// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { type FixtureSpan, jaegerTrace } from '../fixture-trace.ts';
import { findFaults, LOOKS, runnable, useChromium } from './open-chromium.ts';

const ID = '0af7651916cd43dd8448eb211c80319c';
const HOSTILE_ID = 'bad7651916cd43dd8448eb211c80319c';
const LARGE_ID = 'b197651916cd43dd8448eb211c80319c';
const PAYLOAD = '"><img src=x onerror="globalThis.canary=1"><script>globalThis.canary=1</script>';

const SPANS: readonly FixtureSpan[] = [
  { id: '01', service: 'web', operation: 'GET /', at: 0, duration: 10_000 },
  {
    id: '02',
    parent: '01',
    service: 'cart',
    operation: 'GetCart',
    at: 1_000,
    duration: 4_000,
    tags: { error: true, 'http.url': 'https://a.example/x' },
    events: [{ at: 2_100, fields: { event: 'timeout' } }],
    links: [{ traceId: HOSTILE_ID, spanId: '01' }],
    warnings: ['clock skew'],
  },
  { id: '03', parent: 'feed', service: 'mail', operation: 'Send', at: 9_000, duration: 100 },
];
const HOSTILE: FixtureSpan = {
  id: '01',
  service: PAYLOAD,
  operation: PAYLOAD,
  at: 0,
  duration: 10,
  tags: { [PAYLOAD]: PAYLOAD, link: 'javascript:globalThis.canary=1' },
  process: { [PAYLOAD]: PAYLOAD },
  events: [{ at: 1, fields: { [PAYLOAD]: PAYLOAD } }],
  links: [{ traceId: PAYLOAD, spanId: PAYLOAD }],
  warnings: [PAYLOAD],
};
const LARGE = Array.from({ length: 10_000 }, (_, i): FixtureSpan => ({
  id: String(i + 1),
  ...(i > 0 && { parent: String(Math.ceil(i / 3)) }),
  service: `service-${i % 12}`,
  operation: `op ${i}`,
  at: i,
  duration: 20_000 - i,
}));

const summaries = [5, 80, 2_000].map((ms, index) => ({
  traceId: String(index + 1).padStart(32, '0'),
  rootServiceName: 'web',
  rootOperationName: 'GET /',
  minStartTimeUnixNano: String(1_795_251_600_000_000_000n + BigInt(index) * 60_000_000_000n),
  maxEndTimeUnixNano: String(
    1_795_251_600_000_000_000n + BigInt(index) * 60_000_000_000n + BigInt(ms) * 1_000_000n,
  ),
  spanCount: 5,
  errorSpanCount: index,
  orphanSpanCount: index,
  services: [{ name: 'web', spanCount: 5, errorSpanCount: index }],
}));
const ANSWERS = {
  'api/v3/services': { services: ['cart', 'web', PAYLOAD] },
  'api/v3/operations': { operations: [{ name: 'GET /', spanKind: 'server' }] },
  'api/v3/trace-summaries': { summaries },
  [`api/traces/${ID}`]: jaegerTrace(ID, SPANS),
  [`api/traces/${HOSTILE_ID}`]: jaegerTrace(HOSTILE_ID, [HOSTILE]),
  [`api/traces/${LARGE_ID}`]: jaegerTrace(LARGE_ID, LARGE),
};

const CONFIG = {
  search: { adjustEndTime: '1m' },
  menu: [
    { label: 'Runbook', url: 'https://runbook.example/' },
    { label: 'Help', items: [{ label: 'Chat', url: 'https://chat.example/' }] },
  ],
  linkPatterns: [
    {
      type: 'tags',
      key: 'http.url',
      url: 'https://logs.example/#{spanID}',
      text: 'Logs of #{spanID}',
    },
    { type: 'traces', url: 'https://logs.example/#{traceID}', text: 'All logs' },
  ],
};

const VIEWS = [
  { name: 'search', path: 'search?service=web&lookback=1h', ready: '.result-row' },
  { name: 'start page', path: 'search', ready: '.start-page' },
  {
    name: 'search with mistakes',
    path: 'search?lookback=1h&minDuration=2s&maxDuration=1s',
    ready: '.field-note[data-error="true"]:not(:empty)',
  },
  { name: 'trace with details', path: `trace/${ID}?uiFind=timeout`, ready: '.span-detail' },
  {
    name: 'trace in a frame',
    path: `trace/${ID}?uiEmbed=v0&uiTimelineCollapseTitle=1`,
    ready: '.timeline-row',
  },
  { name: 'search in a frame', path: 'search?service=web&uiEmbed=v0', ready: '.result-row' },
  { name: 'missing trace', path: 'trace/dead', ready: '.big-notice' },
];

describe.runIf(runnable)('in Chromium, under a strict content policy and a base path', () => {
  const { open, url } = useChromium(ANSWERS, CONFIG);

  it.each(VIEWS.flatMap((view) => LOOKS.map((look) => ({ ...view, ...look }))))(
    '$name is accessible and complains about nothing, $theme, $width px wide',
    async ({ path, ready, theme, width }) => {
      const { page, complaints } = await open(path, { theme, width });
      await page.waitForSelector(ready);
      const faults = await findFaults(page);
      expect({ ...faults, complaints }).toEqual({
        violations: [],
        complaints: [],
        overflow: 0,
      });
      await page.close();
    },
    30_000,
  );

  it('has an icon of its own below the base path', async () => {
    const { page } = await open('search');
    const path = await page.locator('link[rel="icon"]').getAttribute('href');
    expect(path).toBe('./static/mark.svg');
    const answer = await fetch(new URL(path ?? '', url()));
    expect(answer.headers.get('content-type')).toBe('image/svg+xml');
    expect(await answer.text()).toMatch(/^<svg /);
    await page.close();
  });

  it('never runs what spans say', async () => {
    const { page, complaints } = await open(`trace/${HOSTILE_ID}?uiFind=canary`);
    await page.waitForSelector('.span-detail');
    for (const summary of await page.$$('.span-section:not([open]) summary')) await summary.click();
    await page.waitForTimeout(100);
    expect(await page.evaluate('globalThis.canary')).toBeUndefined();
    expect(await page.locator('body img[onerror], body script').count()).toBe(0);
    expect(await page.locator('a[href^="javascript:"]').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('paints a chosen theme from the first frame, whatever the OS has', async () => {
    const { page } = await open('search');
    await page.click('summary[aria-label="Settings"]');
    await page.click('text=Dark');
    await page.reload();
    // The stylesheet decides before any of the app's own code has run.
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(background).toBe('rgb(14, 17, 22)');
    await page.close();
  });

  it('paints the theme that a page around it asks for, without remembering it', async () => {
    const { page } = await open('search?uiEmbed=v0&uiTheme=dark');
    await page.waitForSelector('.start-page');
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(background).toBe('rgb(14, 17, 22)');
    expect(await page.evaluate(() => localStorage.getItem('jaeger-ui-theme'))).toBeNull();
    await page.close();
  });

  it('shows the configured menu, on a phone behind the menu button', async () => {
    for (const [width, opener] of [
      [1440, 'nav summary'],
      [420, 'summary[aria-label="Menu"]'],
    ] as const) {
      const { page, complaints } = await open('search', { width });
      await page.click(opener);
      await page.locator('a:visible', { hasText: 'Chat' }).waitFor();
      await page.keyboard.press('Escape');
      expect(await page.locator('a:visible', { hasText: 'Chat' }).count()).toBe(0);
      expect(complaints).toEqual([]);
      await page.close();
    }
  });

  it('zooms to what is dragged over in the minimap and back', async () => {
    const { page } = await open(`trace/${ID}`);
    const map = await page.locator('.minimap-map').boundingBox();
    if (map === null) throw new Error('the minimap is not drawn');
    await page.mouse.move(map.x + map.width * 0.1, map.y + 20);
    await page.mouse.down();
    await page.mouse.move(map.x + map.width * 0.6, map.y + 20, { steps: 4 });
    await page.mouse.up();
    const ruler = page.locator('.timeline-ruler span');
    expect(await ruler.first().textContent()).toBe('1 ms');
    expect(await ruler.last().textContent()).toBe('6 ms');
    await page.click('text=Whole trace');
    expect(await ruler.last().textContent()).toBe('10 ms');
    await page.close();
  });

  it('goes from the results to a trace and back without asking again', async () => {
    const { page } = await open('search?service=web&lookback=1h');
    const asked: string[] = [];
    await page.waitForSelector('.result-row');
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.locator('.result-row').first().click();
    await page.waitForSelector('.big-notice');
    await page.goBack();
    await page.waitForSelector('.result-row');
    expect(asked.filter((path) => path.includes('trace-summaries'))).toEqual([]);
    await page.close();
  });

  it('draws a trace of ten thousand spans with a few dozen rows, brief ones while one leaps to its end', async () => {
    const { page, complaints } = await open(`trace/${LARGE_ID}`);
    await page.waitForSelector('.timeline-row');
    expect(await page.locator('.timeline-row').count()).toBeLessThan(80);
    const leapt = await page.locator('.timeline-scroll').evaluate(async (element) => {
      const scrolled = new Promise((resolve) => {
        element.addEventListener('scroll', resolve, { once: true });
      });
      element.scrollTop = element.scrollHeight;
      await scrolled;
      const count = (selector: string): number => element.querySelectorAll(selector).length;
      return { bars: count('.timeline-bar'), labels: count('.timeline-label') };
    });
    expect(leapt.bars).toBeGreaterThan(10);
    expect(leapt.labels).toBe(0);
    await page.waitForSelector('[aria-rowindex="10000"] .timeline-label', { state: 'attached' });
    expect(complaints).toEqual([]);
    await page.close();
  });
});
