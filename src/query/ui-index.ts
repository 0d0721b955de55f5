import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../runtime/clock.ts';
import { UsageError, errorText } from '../runtime/errors.ts';
import { isJsonObject } from '../runtime/json-object.ts';
import type { Logger } from '../runtime/logger.ts';
import { VERSION } from '../runtime/version.ts';
import type { UiConfigJson } from './api/ui-config-json.ts';

/** index.html with its configuration, which is at most this old. */
const CONFIG_MAX_AGE_MS = 10_000;

interface UiIndexOptions {
  /** As it was built. */
  readonly html: Uint8Array;
  /** '' for none. */
  readonly configFile: string;
  /** '' or a path without a slash at its end. */
  readonly basePath: string;
  readonly capabilities: UiConfigJson['capabilities'];
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * index.html with its base path and, as JSON that no browser runs, its configuration. The file is
 * read again when it is asked for 10 seconds later; while it cannot be used, the last good one is.
 * @throws UsageError for a config file that cannot be used at the start
 */
export async function createUiIndex(options: UiIndexOptions): Promise<() => Promise<Uint8Array>> {
  const { clock, configFile, logger } = options;
  let page = completeIndex(options, await readUiConfig(configFile));
  let readAtMs = clock.monotonic();
  let problem = '';
  return async () => {
    if (configFile === '' || clock.monotonic() - readAtMs < CONFIG_MAX_AGE_MS) return page;
    readAtMs = clock.monotonic();
    try {
      page = completeIndex(options, await readUiConfig(configFile));
      problem = '';
    } catch (error) {
      const text = errorText(error);
      if (text !== problem) logger.warn(`${text}; the configuration read before stays in use`);
      problem = text;
    }
    return page;
  };
}

/** @throws UsageError */
async function readUiConfig(path: string): Promise<UiConfigJson['config']> {
  if (path === '') return {};
  if (/\.[cm]?js$/i.test(path)) {
    throw new UsageError(
      `query.ui-config: ${path} is a script; only JSON is allowed, because the page runs no scripts but its own`,
    );
  }
  let config: unknown;
  try {
    config = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`query.ui-config: ${path} cannot be read as JSON`, { cause: error });
  }
  if (isJsonObject(config)) return config;
  throw new UsageError(`query.ui-config: ${path} is not a JSON object`);
}

function completeIndex(
  { basePath, capabilities, html }: UiIndexOptions,
  config: UiConfigJson['config'],
): Uint8Array {
  const shown: UiConfigJson = { config, version: { gitVersion: `v${VERSION}` }, capabilities };
  const json = JSON.stringify(shown).replaceAll('<', '\\u003c');
  const script = `<script type="application/json" id="jaeger-config">${json}</script>`;
  const page = Buffer.from(html)
    .toString()
    .replace(/<base href="[^"]*"/, () => `<base href="${basePath}/"`)
    .replace('</head>', () => `${script}</head>`);
  return Buffer.from(page);
}
