import { gzipSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import type { Browser, CDPSession, Page, Response } from 'playwright-core';
import { memoryOf } from './pinned-process.ts';
import { PROBE } from './ui-pages.ts';
import type { UiUnderTest } from './ui-pages.ts';

const CHROMIUM = '/usr/bin/chromium';
const BROWSER_FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
  ...['--disable-component-update', '--no-first-run', '--disable-extensions'],
  // While a page is measured, V8 wants to know where each error is made, and reads whole scripts again
  // on the main thread to know it. For readers it does not: let it learn that as it compiles.
  '--js-flags=--no-enable-lazy-source-positions',
];
const WAIT_MS = 60_000;
/** After this, what a page does on its own is done. */
const CALM_MS = 700;
/** A browser loads pages of its own when it starts: it has, once its processes take less than this. */
const CALM_SHARE = 0.1;
const CALM_LOOK_MS = 250;
const CALM_LOOKS = 40;
const SCROLL_FRAMES = 60;
const SCROLL_PX = 900;
const CLICKS = 5;

/** The same JavaScript anywhere: elements made, laid out and taken away again. Resolves to milliseconds. */
const WORK = `(() => {
  const start = performance.now();
  const list = document.body.appendChild(document.createElement('div'));
  for (let at = 0; at < 5000; at++) {
    const row = list.appendChild(document.createElement('p'));
    row.className = 'row-' + at;
    row.textContent = 'service-' + (at % 20) + ' GET /api/v1/orders/' + at;
  }
  const height = list.offsetHeight;
  list.remove();
  return performance.now() - start + 0 * height;
})()`;
const WORK_ROUNDS = 7;

/** How fast the machine is while the UI is measured. */
export interface HostFigures {
  readonly drawnMs: number;
  readonly drawnCpuMs: number;
  /** The quickest round: others share the processor. */
  readonly workMs: number;
}

export interface SearchFigures {
  readonly scriptKb: number;
  readonly requests: number;
  readonly usableMs: number;
  /** Time of the processor that the page's main thread has taken until then. */
  readonly usableCpuMs: number;
  readonly findMs: number;
  readonly findTaskMs: number;
}

export interface TraceFigures {
  readonly drawnMs: number;
  readonly reactsMs: number;
  readonly reactsCpuMs: number;
  readonly detailMs: number;
  readonly loadTaskMs: number;
  readonly scrollTaskMs: number;
  readonly heapMb: number;
  readonly rendererMb: number;
}

/** What a navigation takes by itself, in this browser on this machine: to a page of one button. */
export async function measureNothing(url: string): Promise<HostFigures> {
  return inBrowser(async (_browser, page) => {
    const cpuMs = await startThreadClock(page);
    await page.goto(url, { waitUntil: 'commit' });
    const drawnMs = await inPage(page, "probe.when('button')");
    const drawnCpuMs = await cpuMs();
    const worked: number[] = [];
    for (let round = 0; round < WORK_ROUNDS; round++) worked.push(await inPage(page, WORK));
    return { drawnMs, drawnCpuMs, workMs: Math.min(...worked) };
  });
}

/** The search page in a browser that has seen nothing yet, and a search with 20 results. */
export async function measureSearch(ui: UiUnderTest, service: string): Promise<SearchFigures> {
  return inBrowser(async (_browser, page) => {
    const cpuMs = await startThreadClock(page);
    let requests = 0;
    const scripts: Response[] = [];
    page.on('response', (response) => {
      requests += 1;
      const isScript = response.request().resourceType() === 'script';
      if (isScript && response.status() === 200) scripts.push(response);
    });
    await page.goto(`${ui.base}/search`, { waitUntil: 'commit' });
    const usableMs = await inPage(page, `probe.when(${text(ui.submit)})`);
    const usableCpuMs = await cpuMs();
    const counted = requests;
    const sizes = await Promise.all(scripts.map(gzipKb));
    const { findMs, findTaskMs } = await measureFind(page, ui, service);
    return {
      scriptKb: sizes.reduce((sum, size) => sum + size, 0),
      ...{ requests: counted, usableMs, usableCpuMs, findMs, findTaskMs },
    };
  });
}

/** From a page with one result less, so that the click is on a form that is filled in. */
async function measureFind(
  page: Page,
  ui: UiUnderTest,
  service: string,
): Promise<Pick<SearchFigures, 'findMs' | 'findTaskMs'>> {
  const query = `service=${service}&lookback=1h&limit=19&minDuration=&maxDuration=`;
  const nowUs = Date.now() * 1000;
  await page.goto(`${ui.base}/search?${query}&start=${nowUs - 3600e6}&end=${nowUs}`);
  await inPage(page, `probe.when(${text(ui.result)}, 19)`);
  await page.fill(ui.limit, '20');
  await sleep(CALM_MS);
  const startMs = await inPage(page, 'performance.now()');
  const endMs = await inPage(
    page,
    `(async () => {
      document.querySelector(${text(ui.submit)}).click();
      await probe.when(${text(ui.result)}, 20);
      return probe.drawn();
    })()`,
  );
  await sleep(CALM_MS);
  const findTaskMs = await inPage(page, `probe.longest(${startMs})`);
  return { findMs: endMs - startMs, findTaskMs };
}

/** A trace opened by its address in a browser that has seen nothing yet. */
export async function measureTrace(ui: UiUnderTest, traceId: string): Promise<TraceFigures> {
  return inBrowser(async (browser, page) => {
    const cpuMs = await startThreadClock(page);
    await page.goto(`${ui.base}/trace/${traceId}`, { waitUntil: 'commit' });
    const row = text(ui.row);
    const detail = text(ui.detail);
    const [drawnMs = 0, reactsMs = 0] = await page.evaluate<number[]>(`(async () => {
      const drawn = await probe.when(${row}, 2);
      await probe.clickToDetail(${row}, ${detail}, 1);
      return [drawn, performance.now()];
    })()`);
    const reactsCpuMs = await cpuMs();
    await sleep(CALM_MS);
    const loadTaskMs = await inPage(page, 'probe.longest(0)');
    const details: number[] = [];
    for (let click = 0; click < CLICKS; click++) {
      // Each next row in sight whose details are still closed.
      details.push(await inPage(page, `probe.clickToDetail(${row}, ${detail}, ${click + 2})`));
      await sleep(100);
    }
    const scrollMs = await inPage(page, 'performance.now()');
    const scroller = text(ui.scroller);
    await inPage(page, `probe.scroll(${scroller}, ${SCROLL_FRAMES}, ${SCROLL_PX}).then(() => 0)`);
    await sleep(CALM_MS);
    const scrollTaskMs = await inPage(page, `probe.longest(${scrollMs})`);
    const memory = await memoryOfPage(browser, page);
    const reacts = { drawnMs, reactsMs, reactsCpuMs, detailMs: middle(details) };
    return { ...reacts, loadTaskMs, scrollTaskMs, ...memory };
  });
}

async function inBrowser<T>(measure: (browser: Browser, page: Page) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: BROWSER_FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(WAIT_MS);
    await page.addInitScript(PROBE);
    await untilCalm(await browser.newBrowserCDPSession());
    return await measure(browser, page);
  } finally {
    await browser.close();
  }
}

/** What it loads for itself would share the processor with the page. */
async function untilCalm(browser: CDPSession): Promise<void> {
  let before = await cpuSecondsOf(browser);
  for (let look = 0; look < CALM_LOOKS; look++) {
    await sleep(CALM_LOOK_MS);
    const after = await cpuSecondsOf(browser);
    if ((after - before) * 1000 < CALM_LOOK_MS * CALM_SHARE) return;
    before = after;
  }
}

/** Of all its processes since they started. */
async function cpuSecondsOf(browser: CDPSession): Promise<number> {
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** Returns how to ask for the processor's time that the page's main thread has taken since. */
async function startThreadClock(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const busy = metrics.find(({ name }) => name === 'TaskDuration');
    return (busy?.value ?? Number.NaN) * 1000;
  };
}

/** Of the heap, what is left after a collection. */
async function memoryOfPage(
  browser: Browser,
  page: Page,
): Promise<Pick<TraceFigures, 'heapMb' | 'rendererMb'>> {
  const ofBrowser = await browser.newBrowserCDPSession();
  const { processInfo } = await ofBrowser.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  const rendererMb = Math.max(...renderers.map(({ id }) => memoryOf(id))) / 1e6;
  const ofPage = await page.context().newCDPSession(page);
  await ofPage.send('HeapProfiler.collectGarbage');
  const { usedSize } = await ofPage.send('Runtime.getHeapUsage');
  return { heapMb: usedSize / 1e6, rendererMb };
}

function inPage(page: Page, expression: string): Promise<number> {
  return page.evaluate<number>(expression);
}

/** Whatever the server sent it as. */
async function gzipKb(script: Response): Promise<number> {
  return gzipSync(await script.body()).length / 1000;
}

export function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function text(selector: string): string {
  return JSON.stringify(selector);
}
