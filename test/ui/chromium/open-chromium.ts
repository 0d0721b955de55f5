import { existsSync } from 'node:fs';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchChromium } from '../../harness/launch-chromium.ts';
import { BUILT_UI, startFixtureServer } from '../fixture-server.ts';

export const CHROMIUM = '/usr/bin/chromium';
const present = existsSync(CHROMIUM) && existsSync(`${BUILT_UI}/index.html`);

/** Continuous integration must have both: there, a missing one is a failure. */
export const runnable = present || process.env['CI'] === 'true';
if (!runnable) {
  process.stderr.write('SKIPPED: tests in a browser need /usr/bin/chromium and a built dist/ui\n');
}

/** Every page is looked at like this. */
export const LOOKS = [
  { theme: 'light', width: 1440 },
  { theme: 'dark', width: 1440 },
  { theme: 'light', width: 420 },
  { theme: 'dark', width: 420 },
] as const;

interface Look {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
}

/** A page with what its console complained about, missing answers left out. */
interface OpenedPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

interface Chromium {
  /** `path` is relative to the base path. The caller closes the page. */
  readonly open: (path: string, look?: Look) => Promise<OpenedPage>;
  /** Of the fixture server, with the base path. */
  readonly url: () => string;
}

/** For a `describe`: one browser and one fixture server with these answers and this UI configuration. */
export function useChromium(
  answers: Readonly<Record<string, unknown>>,
  config: unknown = {},
  capabilities: unknown = {},
): Chromium {
  let browser: Browser;
  let fixture: Awaited<ReturnType<typeof startFixtureServer>>;
  beforeAll(async () => {
    fixture = await startFixtureServer(answers, config, capabilities);
    browser = await launchChromium(CHROMIUM);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    fixture.server.close();
  });
  return {
    url: () => fixture.url,
    open: async (path, { theme = 'light', width = 1440 } = {}) => {
      const page = await browser.newPage({ colorScheme: theme, viewport: { width, height: 900 } });
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        const text = message.text();
        if (message.type() === 'error' && !text.includes('404')) complaints.push(text);
      });
      await page.goto(fixture.url + path);
      return { page, complaints };
    },
  };
}

/** What axe finds wrong, and by how many pixels the page is wider than its window. */
export async function findFaults(
  page: Page,
): Promise<{ readonly violations: unknown; readonly overflow: number }> {
  const violations: unknown = await page.evaluate(
    `${axe.source}; axe.run().then(({ violations, passes }) => passes.length < 10 ? ['axe saw too little'] :
      violations.map(({ id, nodes }) => id + ': ' + nodes.map((node) => node.html).join(' ')))`,
  );
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  return { violations, overflow };
}
