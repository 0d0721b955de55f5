import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { ensureBrowser } from '../testbed/programs.ts';

/** A real browser that asks nobody outside this machine for anything. */
export async function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await ensureBrowser(),
    timeout: 30_000,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

/** Writes what the page shows to `artifacts/<name>.png`; resolves to that path. */
export async function screenshot(page: Page, name: string): Promise<string> {
  await mkdir('artifacts', { recursive: true });
  const path = join('artifacts', `${name}.png`);
  await page.screenshot({ path, fullPage: true });
  return path;
}
