// Photographs every page of the UI on real traces, light and dark, wide and narrow, into a folder.
// Needs a built UI and /usr/bin/chromium.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { startAllInOne } from '../bench/all-in-one.ts';
import { type FakeOperation, startFakePrometheus } from '../test/harness/fake-prometheus.ts';
import { run } from './run.ts';

const USAGE = `usage: node scripts/ui-screenshots.ts [options]

  --out FOLDER    where they go (artifacts/ui)
  --ui FOLDER     a build of the UI (dist/ui)
  --only LIST     some of the pages, by name
  --help`;

const SERVER_CORE = 0;
/** Long enough for each of the demo's mistakes to happen. */
const RIDES_MS = 15_000;
const SETTLED_MS = 900;
const MONITORED: readonly FakeOperation[] = [
  { name: 'HTTP GET /dispatch', requestsPerSecond: 4, errorShare: 0.05, medianMs: 420 },
  { name: 'HTTP GET /customer', requestsPerSecond: 4, errorShare: 0, medianMs: 48 },
  { name: 'HTTP GET /config', requestsPerSecond: 11, errorShare: 0.002, medianMs: 3 },
];
const LOOKS = [
  { theme: 'light', width: 1440 },
  { theme: 'dark', width: 1440 },
  { theme: 'light', width: 420 },
  { theme: 'dark', width: 420 },
] as const;

interface Shot {
  readonly path: string;
  /** Done before the photograph. */
  readonly act?: (page: Page) => Promise<void>;
  readonly language?: string;
}

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'artifacts/ui' },
    ui: { type: 'string', default: 'dist/ui' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(USAGE);
else await photographAll();

async function photographAll(): Promise<void> {
  await mkdir(values.out, { recursive: true });
  const prometheus = await startFakePrometheus(MONITORED);
  const server = await startAllInOne(SERVER_CORE, [
    `--query.static-files=${values.ui}`,
    '--metrics-storage.type=prometheus',
    `--prometheus.server-url=${prometheus.url}`,
  ]);
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    await fill(server.otlp);
    const wanted = values.only === '' ? undefined : values.only.split(',');
    for (const [name, shot] of await shotsOf(server.query)) {
      if (wanted !== undefined && !wanted.includes(name)) continue;
      for (const look of LOOKS) await photograph(browser, server.query, { name, ...shot, ...look });
      console.log(name);
    }
  } finally {
    await browser.close();
    await server.process.stop();
    prometheus.server.close();
  }
}

/** Rides of the demo, and larger traces of many services. */
async function fill(otlp: string): Promise<void> {
  const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: otlp };
  const main = ['src/main.ts'];
  await run(
    process.execPath,
    [...main, 'tracegen', '--traces', '4', '--spans', '160', '--services', '7'],
    env,
  );
  const timeout = ['-s', 'INT', `${RIDES_MS / 1_000}`, process.execPath];
  const rides = ['hotrod', '--port', '0', '--requests-per-second', '3', '-D', '40ms'];
  await run('timeout', [...timeout, ...main, ...rides], env);
}

async function shotsOf(query: string): Promise<ReadonlyMap<string, Shot>> {
  const [a = '', b = ''] = await traceIds(query, 'frontend');
  const [large = ''] = await traceIds(query, 'tracegen-00');
  const found = 'search?service=frontend&lookback=1h&limit=20';
  return new Map<string, Shot>([
    ['start', { path: 'search' }],
    ['search', { path: found }],
    ['search-table', { path: `${found}&view=table` }],
    ['search-nothing', { path: `${found}&tags=${encodeURIComponent('{"user":"nobody"}')}` }],
    ['search-korean', { path: found, language: 'ko-KR' }],
    ['trace', { path: `trace/${a}` }],
    ['trace-details', { path: `trace/${a}?uiFind=redis`, act: openDetails }],
    ['trace-korean', { path: `trace/${a}?uiFind=redis`, act: openDetails, language: 'ko-KR' }],
    ['trace-large', { path: `trace/${large}` }],
    ...['graph', 'statistics', 'spans', 'flamegraph', 'logs'].map(
      (view) => [`trace-${view}`, { path: `trace/${a}?view=${view}` }] as const,
    ),
    ['trace-missing', { path: 'trace/dead' }],
    ['compare', { path: `trace/${a}...${b}` }],
    ['compare-empty', { path: 'trace/...' }],
    ['architecture', { path: 'dependencies' }],
    ['deep-dependencies', { path: 'deep-dependencies?service=frontend' }],
    ['monitor', { path: 'monitor?service=frontend' }],
    ['quality', { path: 'quality-metrics?service=frontend' }],
    ['no-such-page', { path: 'nowhere' }],
    ['settings', { path: found, act: (page) => page.click('.header-tools summary') }],
  ]);
}

async function traceIds(query: string, service: string): Promise<readonly string[]> {
  const answer = await fetch(`${query}/api/traces?service=${service}&limit=20&lookback=1h`);
  const { data } = (await answer.json()) as {
    data: readonly { traceID: string; spans: readonly unknown[] }[];
  };
  return data.toSorted((a, b) => b.spans.length - a.spans.length).map(({ traceID }) => traceID);
}

async function openDetails(page: Page): Promise<void> {
  await page.waitForSelector('.timeline-row');
  await page.locator('.timeline-row').nth(2).click();
  await page.mouse.move(0, 0);
}

async function photograph(
  browser: Browser,
  query: string,
  shot: Shot & { name: string; theme: 'light' | 'dark'; width: number },
): Promise<void> {
  const { name, theme, width, path, act, language = 'en-GB' } = shot;
  const viewport = { width, height: 900 };
  const page = await browser.newPage({ colorScheme: theme, viewport, locale: language });
  page.on('pageerror', (error) => {
    console.error(`${name}: ${error.message}`);
  });
  await page.goto(`${query}/${path}`, { waitUntil: 'networkidle' });
  try {
    await act?.(page);
  } catch (error) {
    console.error(`${name}: ${String(error)}`);
  }
  await sleep(SETTLED_MS);
  await page.screenshot({ path: join(values.out, `${name}-${theme}-${width}.png`) });
  await page.close();
}
