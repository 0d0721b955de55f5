import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const START_TIMEOUT_MS = 30_000;

/** A browser that asks nobody outside this machine for anything by itself. The caller closes it. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    timeout: START_TIMEOUT_MS,
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
