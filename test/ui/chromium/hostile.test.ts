// @vitest-environment node
import { Buffer } from 'node:buffer';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aResource, aScope, aSpan, spanId, toAttributes } from '../../harness/a-span.ts';
import { jaegerTrace } from '../fixture-trace.ts';
import { HOSTILE_TEXTS } from '../hostile-payloads.ts';
import { runnable } from './open-chromium.ts';
import { openQuery } from './open-query.ts';

const ALL = HOSTILE_TEXTS.join(' ');
const FIRST = HOSTILE_TEXTS[0] ?? '';
const IDS = ['0af7651916cd43dd8448eb211c80319c', '1bf7651916cd43dd8448eb211c80319c'] as const;
const [ID, OTHER_ID] = IDS;
const EACH = Object.fromEntries(HOSTILE_TEXTS.map((text, index) => [`${text}${index}`, text]));
const ATTRIBUTES = toAttributes({ ...EACH, 'http.url': FIRST, error: true });

async function writeConfig(config: unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  const path = join(folder, 'config.json');
  await writeFile(path, JSON.stringify(config));
  return path;
}

/** A trace in which every place that takes a text has them all, one service and operation a span. */
function hostileTrace(traceId: string, startNano: bigint) {
  const events = HOSTILE_TEXTS.map((name, index) => ({
    timeUnixNano: startNano + BigInt(index),
    name,
    attributes: toAttributes({ [name]: name }),
    droppedAttributesCount: 0,
  }));
  return ['web', ...HOSTILE_TEXTS].map((text, index) =>
    aSpan({
      traceId,
      spanId: spanId(index + 1),
      parentSpanId: index === 0 ? '' : spanId(index % 7 === 0 ? 900 + index : 1),
      name: index === 0 ? ALL : text,
      kind: index === 0 ? 'server' : 'client',
      startTimeUnixNano: startNano,
      durationNano: 5_000_000_000n,
      attributes:
        index === 0 ? ATTRIBUTES : toAttributes({ 'db.system': text, 'peer.service': text }),
      events: index === 0 ? events : [],
      status: { code: 'error', message: text },
      traceState: index === 0 ? ALL : '',
      resource: aResource(text, index === 0 ? EACH : {}),
      scope: aScope({ name: text, version: text }),
    }),
  );
}

const UPLOADED = JSON.stringify(
  jaegerTrace(
    FIRST,
    HOSTILE_TEXTS.map((text, index) => ({
      id: String(index + 1),
      ...(index > 0 && { parent: '1' }),
      ...{ service: text, operation: text, at: index, duration: 100, tags: { [text]: text } },
    })),
  ),
);

const CONFIG = {
  menu: [
    ...HOSTILE_TEXTS.map((text) => ({ label: text, url: text })),
    { label: ALL, items: HOSTILE_TEXTS.map((text) => ({ label: text, url: '/x' })) },
  ],
  linkPatterns: [
    { type: 'traces', url: 'https://ok.example/#{traceName}', text: '#{traceName}' },
    { type: 'tags', url: '#{http.url}', text: '#{http.url}' },
    { type: 'tags', url: 'javascript:#{http.url}', text: 'x' },
    { type: 'process', url: 'https://ok.example/#{service.name}', text: '#{service.name}' },
  ],
  monitor: { docsLink: FIRST, emptyState: { mainTitle: ALL, alert: { message: ALL } } },
  qualityMetrics: { menuLabel: ALL.slice(0, 400) },
  traceDiff: { helpLink: 'javascript:globalThis.canary=1' },
};

const parameters = (names: readonly string[], text: string): string =>
  new URLSearchParams(names.map((name) => [name, text])).toString();
const SEARCHED = ['operation', 'tags', 'minDuration', 'maxDuration', 'lookback', 'sort', 'view'];
const IN_TRACE = ['uiFind', 'view', 'svcFilter', 'colorBy', 'group', 'by', 'sort'];

interface Slot {
  readonly name: string;
  readonly path: string;
  readonly open?: (page: Page) => Promise<void>;
  /** How many of the texts are in it at least. */
  readonly shows?: number;
}

const SLOTS: readonly Slot[] = [
  { name: 'the services of the start page', path: 'search' },
  { name: 'the results of a search', path: 'search?service=web&lookback=1h&limit=20', shows: 30 },
  { name: 'the results as a table', path: 'search?service=web&lookback=1h&limit=20&view=table' },
  {
    name: 'the choice of services',
    path: 'search?service=web&lookback=1h&limit=20',
    open: async (page) => {
      await page.getByRole('combobox').first().click();
    },
  },
  { name: 'the timeline', path: `trace/${ID}?uiFind=canary`, shows: 20 },
  {
    name: 'the details of a span',
    path: `trace/${ID}`,
    shows: 150,
    open: async (page) => {
      await page.locator('.timeline-row').first().click();
      await page.waitForSelector('.span-detail');
      await page.evaluate(() => {
        for (const closed of document.querySelectorAll('#content details')) {
          closed.toggleAttribute('open', true);
        }
      });
    },
  },
  ...['graph', 'statistics', 'spans', 'flamegraph', 'logs'].map((view) => ({
    name: `the view ${view} of a trace`,
    path: `trace/${ID}?view=${view}`,
    shows: 20,
  })),
  {
    name: 'an uploaded file, its name and what is wrong with another',
    path: 'search?upload',
    shows: 3,
    open: async (page) => {
      const files = [UPLOADED, 'not JSON'].map((content, index) => ({
        name: `${index} ${FIRST.replaceAll('/', '')}.json`,
        mimeType: 'application/json',
        buffer: Buffer.from(content),
      }));
      await page.locator('input[type="file"]').setInputFiles(files);
      await page.waitForSelector('.result-row');
    },
  },
  { name: 'two traces compared', path: `trace/${ID}...${OTHER_ID}`, shows: 1 },
  { name: 'the architecture', path: 'dependencies', shows: 40 },
  { name: 'deep dependencies', path: 'deep-dependencies?service=web', shows: 1 },
  { name: 'the monitor', path: 'monitor?service=web', shows: 20 },
  { name: 'the quality of traces', path: 'quality-metrics?service=web' },
  {
    name: 'the address of a search',
    path: `search?service=web&${parameters(SEARCHED, ALL.slice(0, 1_500))}`,
  },
  {
    name: 'the service in an address',
    path: `search?${parameters(['service'], FIRST)}&lookback=1h`,
  },
  {
    name: 'the address of a trace',
    path: `trace/${ID}?${parameters(IN_TRACE, ALL.slice(0, 1_500))}`,
  },
  { name: 'a trace id', path: `trace/${encodeURIComponent(ALL.slice(0, 1_000))}` },
  {
    name: 'two trace ids',
    path: `trace/${encodeURIComponent(FIRST)}...${encodeURIComponent(FIRST)}`,
  },
  { name: 'the name of a page', path: encodeURIComponent(ALL.slice(0, 1_000)) },
  ...['dependencies', 'deep-dependencies', 'monitor', 'quality-metrics'].map((name) => ({
    name: `the address of ${name}`,
    path: `${name}?${parameters(['service', 'operation', 'spanKind', 'hours', 'lookback', 'uiFind', 'visEncoding', 'timeframe'], ALL.slice(0, 800))}`,
  })),
];

describe.runIf(runnable)('sixty texts that are code elsewhere', () => {
  let configFile: string;
  let query: Awaited<ReturnType<typeof openQuery>>;

  beforeAll(async () => {
    const startNano = BigInt(Date.now() - 60_000) * 1_000_000n;
    configFile = await writeConfig(CONFIG);
    query = await openQuery({
      spans: IDS.flatMap((id) => hostileTrace(id, startNano)),
      metrics: [
        HOSTILE_TEXTS.map((name) => ({ name, requestsPerSecond: 1, errorShare: 0.1, medianMs: 9 })),
      ],
      flags: { 'query.ui-config': configFile },
    });
  }, 60_000);
  afterAll(async () => {
    await query[Symbol.asyncDispose]();
    await rm(dirname(configFile), { recursive: true });
  });

  it('are sixty', () => {
    expect(new Set(HOSTILE_TEXTS).size).toBe(60);
  });

  it('would be noticed as elements, as links and as requests', async () => {
    const { page, harm } = await watch();
    await page.goto(`${query.url}/nowhere`);
    await page.waitForSelector('#content');
    await page.evaluate(
      (texts) => {
        const place = document.createElement('div');
        document.body.append(place);
        for (const text of texts) place.insertAdjacentHTML('beforeend', text);
      },
      HOSTILE_TEXTS.filter((text) => !text.includes('http-equiv')),
    );
    await page.waitForTimeout(200);
    expect((await page.evaluate(findHarm)).length).toBeGreaterThan(30);
    expect(harm.length).toBeGreaterThan(5);
    await page.close();
  });

  it.each(SLOTS)(
    'stay text in $name',
    async ({ path, open, shows = 0 }) => {
      const { page, harm } = await watch();
      await page.goto(`${query.url}/${path}`, { waitUntil: 'networkidle' });
      await page.waitForSelector('#content');
      await open?.(page);
      const words = (await page.textContent('#content')) ?? '';
      expect(words.split('canary').length - 1).toBeGreaterThanOrEqual(shows);
      await expectHarmless(page, harm);
    },
    30_000,
  );

  it.each([
    ...['search?service=web&lookback=1h', `trace/${ID}`, `trace/${ID}...${OTHER_ID}`],
    ...['dependencies', 'deep-dependencies?service=web', 'monitor?service=web'],
    'quality-metrics?service=web',
  ])(
    'stay text in an error that the service answers to %s',
    async (path) => {
      const { page, harm } = await watch();
      await page.route('**/api/**', (route) =>
        route.fulfill({
          status: 400,
          contentType: 'application/json',
          body: JSON.stringify({ errors: [{ code: 400, msg: ALL }], error: { message: ALL } }),
        }),
      );
      await page.goto(`${query.url}/${path}`, { waitUntil: 'networkidle' });
      await expectHarmless(page, harm);
    },
    30_000,
  );

  /** A page that notes what must not happen. */
  async function watch(): Promise<{ page: Page; harm: string[] }> {
    const page = await query.browser.newPage({ viewport: { width: 1440, height: 900 } });
    const harm: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(query.url)) harm.push(`asked ${request.url()}`);
    });
    page.on('dialog', (dialog) => harm.push(`dialog ${dialog.message()}`));
    page.on('pageerror', (error) => harm.push(`failed: ${error.message}`));
    page.on('console', (message) => {
      // What the policy has to stop got as far as into the page.
      if (message.text().includes('Content Security Policy')) harm.push(message.text());
    });
    return { page, harm };
  }

  async function expectHarmless(page: Page, harm: readonly string[]): Promise<void> {
    expect([...(await page.evaluate(findHarm)), ...harm]).toEqual([]);
    await page.close();
  }
});

/** Runs in the page: what a text has become but text. */
function findHarm(): readonly string[] {
  const bad: string[] = [];
  if (Reflect.get(globalThis, 'canary') !== undefined) bad.push('it ran');
  const foreign = 'script, iframe, object, embed, base, meta, marquee, math, video, audio, style';
  for (const element of document.body.querySelectorAll('*')) {
    const html = element.outerHTML.slice(0, 200);
    if (element.matches(foreign) || element.matches('[srcdoc], [srcset]')) bad.push(html);
    if (element.getAttributeNames().some((name) => name.startsWith('on'))) bad.push(html);
  }
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href]')) {
    if (!/^(?:https?|mailto):$/.test(link.protocol)) bad.push(link.outerHTML);
  }
  return bad;
}
