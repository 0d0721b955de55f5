// @vitest-environment node
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { type FixtureSpan, jaegerTrace } from '../fixture-trace.ts';
import { findFaults, LOOKS, runnable, useChromium } from './open-chromium.ts';

const ID = '0af7651916cd43dd8448eb211c80319c';
const OTHER_ID = '1af7651916cd43dd8448eb211c80319c';

const SPANS: readonly FixtureSpan[] = [
  {
    id: '01',
    service: 'web',
    operation: 'POST /checkout',
    at: 0,
    duration: 10_000,
    tags: {
      'http.request.method': 'POST',
      'http.response.status_code': 503,
      error: true,
      body: JSON.stringify({ cart: 7, items: [{ sku: 'A' }], note: 'x'.repeat(80) }),
      deep: JSON.stringify(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, i]))),
    },
    process: { 'host.name': 'web-0' },
    events: [
      { at: 2_000, fields: { event: 'retry', reason: 'timeout' } },
      { at: 7_000, fields: { event: 'gave up' } },
    ],
    warnings: ['clock skew'],
  },
  {
    id: '02',
    parent: '01',
    service: 'web',
    operation: 'Pay',
    at: 1_000,
    duration: 4_000,
    tags: { 'span.kind': 'client', 'rpc.system': 'grpc' },
  },
  {
    id: '03',
    parent: '02',
    service: 'payment',
    operation: 'Pay',
    at: 1_200,
    duration: 3_500,
    tags: { 'span.kind': 'server', 'rpc.system': 'grpc' },
    links: [
      { traceId: ID, spanId: '01' },
      { traceId: OTHER_ID, spanId: '77' },
    ],
  },
  {
    id: '04',
    parent: '03',
    service: 'payment',
    operation: 'SELECT cards',
    at: 2_000,
    duration: 3,
    tags: { 'span.kind': 'client', 'db.system': 'mysql', 'peer.service': 'mysql' },
  },
  {
    id: '05',
    parent: '01',
    service: 'mail',
    operation: 'publish',
    at: 6_000,
    duration: 900,
    tags: { 'span.kind': 'producer', 'messaging.system': 'kafka' },
  },
  { id: '06', parent: 'feed', service: 'audit', operation: 'write', at: 9_000, duration: 100 },
  ...Array.from({ length: 24 }, (_, level): FixtureSpan => ({
    id: `1${level}`,
    parent: level === 0 ? '05' : `1${level - 1}`,
    service: level % 2 === 0 ? 'mail' : 'templates',
    operation: `render the block of level ${level}`,
    at: 6_000 + level * 10,
    duration: 800 - level * 20,
    ...(level === 23 && { tags: { 'gen_ai.request.model': 'm-1', 'faas.trigger': 'http' } }),
  })),
];

const ANSWERS = {
  'api/v3/services': { services: ['web'] },
  [`api/traces/${ID}`]: jaegerTrace(ID, SPANS),
  [`api/archive/${ID}`]: { data: [] },
};
const CONFIG = {
  linkPatterns: [
    { type: 'tags', key: 'span.kind', url: 'https://a.example/#{spanID}', text: 'A' },
    { type: 'tags', key: 'span.kind', url: 'https://b.example/#{spanID}', text: 'B' },
    { type: 'traces', url: 'https://logs.example/#{traceID}', text: 'All logs' },
  ],
};

const press = async (page: Page, ...keys: readonly string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};
const openMenu = async (page: Page, label: string): Promise<void> => {
  await page.locator(`summary[aria-label^="${label}"]`).click();
};

const STATES: readonly {
  readonly name: string;
  readonly path: string;
  readonly prepare?: (page: Page) => Promise<void>;
}[] = [
  { name: 'a trace', path: `trace/${ID}` },
  { name: 'details in place', path: `trace/${ID}?uiFind=01` },
  {
    name: 'details in the side panel',
    path: `trace/${ID}?uiFind=03`,
    prepare: async (page) => {
      await openMenu(page, 'View settings');
      await page.getByText('Span details in a side panel').click();
      await press(page, 'Escape');
      await page.waitForSelector('.side-panel .span-detail');
    },
  },
  { name: 'the menu of views', path: `trace/${ID}`, prepare: (page) => openMenu(page, 'View:') },
  {
    name: 'the service filter',
    path: `trace/${ID}`,
    prepare: (page) => openMenu(page, 'Filter services'),
  },
  {
    name: 'pruned services',
    path: `trace/${ID}`,
    prepare: async (page) => {
      await openMenu(page, 'Filter services');
      await page.locator('.service-filter label', { hasText: 'payment' }).click();
      await page.getByText('Apply', { exact: true }).click();
      await page.waitForSelector('.timeline-pruned');
    },
  },
  { name: 'only what is found', path: `trace/${ID}?uiFind=mysql&uiFindOnly=1` },
  { name: 'nothing found', path: `trace/${ID}?uiFind=nowhere&uiFindOnly=1` },
  {
    name: 'no bars',
    path: `trace/${ID}`,
    prepare: async (page) => {
      await openMenu(page, 'View settings');
      await page.getByText('Show timeline bars').click();
    },
  },
  {
    name: 'an archived trace',
    path: `trace/${ID}`,
    prepare: async (page) => {
      await page.getByLabel('Archive trace').click();
      await page.getByText('The trace is in the archive').waitFor();
    },
  },
  {
    name: 'the list of keys',
    path: `trace/${ID}`,
    prepare: async (page) => {
      await press(page, '?');
      await page.waitForSelector('dialog[open]');
    },
  },
];

/** The page itself in every look; what is folded out of it in the two that differ most. */
const looksOf = (state: number): readonly (typeof LOOKS)[number][] =>
  state < 3 ? LOOKS : [LOOKS[0], LOOKS[3]];

// Axe looks at everything in sight; on a busy machine that takes its time.
describe.runIf(runnable)('the trace page in Chromium', { timeout: 30_000 }, () => {
  const { open } = useChromium(ANSWERS, CONFIG, { archiveStorage: true });
  const openTrace = async (...[path, look]: Parameters<typeof open>): Promise<Page> => {
    const { page } = await open(path, look);
    await page.waitForSelector('[role="treegrid"]');
    return page;
  };

  it.each(STATES.flatMap((state, at) => looksOf(at).map((look) => ({ ...state, ...look }))))(
    '$name is accessible, $theme, $width px wide',
    async ({ path, prepare, theme, width }) => {
      const { page, complaints } = await open(path, { theme, width });
      await page.waitForSelector('[role="treegrid"]');
      await prepare?.(page);
      const { violations, overflow } = await findFaults(page);
      expect(violations).toEqual([]);
      expect(overflow).toBe(0);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it('keeps the names of deep rows readable', async () => {
    const page = await openTrace(`trace/${ID}?uiFind=123`);
    const name = page.locator('[aria-selected="true"] .timeline-name');
    expect((await name.boundingBox())?.width).toBeGreaterThan(150);
    await page.close();
  });

  it('goes through the rows, opens one and comes back with the keyboard alone', async () => {
    const page = await openTrace(`trace/${ID}`);
    const active = (): Promise<string | null> =>
      page.locator('[aria-selected="true"] .timeline-name').textContent();
    await press(page, 'f', 'f', 'f');
    expect(await active()).toBe('payment Pay');
    await press(page, 'b');
    expect(await active()).toBe('web payment Pay');
    await press(page, 'Enter');
    await page.waitForSelector('.timeline-detail');
    await press(page, ']');
    expect(await page.locator('.timeline-row').count()).toBe(2);
    await press(page, 'o');
    expect(await page.locator('.timeline-row').count()).toBeGreaterThan(3);
    await press(page, 'p');
    expect(await page.locator('.timeline-row').count()).toBe(2);
    await press(page, '[');
    await press(page, 'Control+b');
    await page.keyboard.type('kafka');
    await press(page, 'Enter');
    await page.locator('[aria-selected="true"]', { hasText: 'mail publish' }).waitFor();
    await press(page, 'Escape');
    expect(await page.getByRole('textbox', { name: 'Find in trace' }).inputValue()).toBe('');
    await page.close();
  });

  it('goes to what is typed when Enter comes before it was looked for', async () => {
    const page = await openTrace(`trace/${ID}`);
    const find = page.getByRole('textbox', { name: 'Find in trace' });
    // In one turn of the page, in which it cannot look for anything.
    await find.evaluate((element) => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(
        element,
        'kafka',
      );
      element.dispatchEvent(new InputEvent('input', { bubbles: true }));
      element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    });
    const active = page.locator('[aria-selected="true"] .timeline-name');
    await active.filter({ hasText: 'mail publish' }).waitFor();
    await page.close();
  });

  it('folds boxes out over what is below', async () => {
    const page = await openTrace(`trace/${ID}`);
    await openMenu(page, 'Refers to 2 spans');
    const link = page.locator('.row-references a', { hasText: '77' });
    // A click on what another row would cover fails.
    await link.click({ trial: true });
    await page.locator('.row-references button', { hasText: 'web POST /checkout' }).click();
    expect(await page.locator('[aria-selected="true"] .timeline-name').textContent()).toBe(
      'web POST /checkout',
    );
    await page.close();
  });

  it('keeps the filter open while its words are pressed', async () => {
    const page = await openTrace(`trace/${ID}`);
    await openMenu(page, 'Filter services');
    await page.locator('.service-filter p').first().click();
    await page.locator('.service-filter label', { hasText: 'templates' }).click();
    expect(await page.locator('.service-filter input:checked').count()).toBe(4);
    await press(page, 'Escape');
    expect(await page.locator('.service-filter').isVisible()).toBe(false);
    await page.close();
  });

  it('shows an event under the pointer, and what a bar of a few pixels is', async () => {
    const page = await openTrace(`trace/${ID}`);
    const mark = await page.locator('.timeline-event').first().boundingBox();
    if (mark === null) throw new Error('there is no event');
    // Beside the two pixels that are drawn.
    await page.mouse.move(mark.x + mark.width / 2 + 3, mark.y + mark.height / 2);
    await page.getByRole('tooltip', { name: '' }).waitFor();
    expect(await page.getByRole('tooltip').textContent()).toContain('timeout');
    const row = page.locator('.timeline-row', { hasText: 'SELECT cards' });
    await row.locator('.timeline-lane').hover();
    const label = row.locator('.timeline-label');
    expect(await label.isVisible()).toBe(true);
    expect(await label.textContent()).toBe('payment::SELECT cards');
    await page.close();
  });

  it('highlights the line of the rows that stand together', async () => {
    const page = await openTrace(`trace/${ID}`);
    const row = page.locator('.timeline-row', { hasText: 'SELECT cards' });
    await row.locator('.timeline-name').hover();
    const lines = page.locator('.timeline-lines');
    expect(await lines.getAttribute('style')).toContain('--guide-2: var(--accent)');
    await page.mouse.move(700, 20);
    expect(await lines.getAttribute('style')).not.toContain('--guide');
    await page.close();
  });

  it('makes the side panel wider by keyboard, remembers that, and folds it away', async () => {
    const page = await openTrace(`trace/${ID}`);
    await openMenu(page, 'View settings');
    await page.getByText('Span details in a side panel').click();
    await press(page, 'Escape');
    const grip = page.getByRole('separator', { name: 'Width: Span details' });
    const width = async (): Promise<number> =>
      (await page.locator('.split-panel').boundingBox())?.width ?? 0;
    const before = await width();
    await grip.focus();
    await press(page, 'ArrowLeft', 'ArrowLeft');
    expect(await width()).toBe(before + 48);
    await page.reload();
    await page.waitForSelector('.side-panel .span-detail');
    expect(await width()).toBe(before + 48);
    await grip.focus();
    await press(page, 'Enter');
    expect(await page.locator('.side-panel').isVisible()).toBe(false);
    await page.getByLabel('Show: Span details').click();
    expect(await page.locator('.side-panel').isVisible()).toBe(true);
    await page.close();
  });

  it.each([{ frame: '' }, { frame: '?uiEmbed=v0' }])(
    'begins its lines below the title "$frame"',
    async ({ frame }) => {
      const { page } = await open(`trace/${ID}${frame}`);
      await page.waitForSelector('.trace-facts');
      const left = async (selector: string): Promise<number | undefined> =>
        (await page.locator(`.trace-header ${selector}`).first().boundingBox())?.x;
      const title = await left('h1');
      expect(await left('.trace-facts > *')).toBe(title);
      expect(await left('.pattern-links > *')).toBe(title);
      await page.close();
    },
    30_000,
  );

  it('goes to a view and back to where the timeline was', async () => {
    const page = await openTrace(`trace/${ID}`);
    await press(page, ']');
    await openMenu(page, 'View:');
    await page.getByRole('link', { name: 'Spans table' }).click();
    await page.waitForFunction(() => location.search.includes('view=spans'));
    expect(await page.locator('.timeline').count()).toBe(0);
    await page.goBack();
    await page.waitForSelector('.timeline-row');
    expect(await page.locator('.timeline-row').count()).toBe(2);
    await page.close();
  });
});
