import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../harness/launch-chromium.ts';
import { ensureBrowser } from '../testbed/programs.ts';

/** The browser of this machine, or one that is installed for it. */
export async function startBrowser(): Promise<Browser> {
  return launchChromium(await ensureBrowser());
}

/** Writes what the page shows to `artifacts/<name>.png`; resolves to that path. */
export async function screenshot(page: Page, name: string): Promise<string> {
  await mkdir('artifacts', { recursive: true });
  const path = join('artifacts', `${name}.png`);
  await page.screenshot({ path, fullPage: true });
  return path;
}
