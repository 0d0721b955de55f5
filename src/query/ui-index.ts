import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../runtime/clock.ts';
import { UsageError, errorText } from '../runtime/errors.ts';
import { isJsonObject } from '../runtime/json-object.ts';
import type { Logger } from '../runtime/logger.ts';
import { VERSION } from '../runtime/version.ts';
import type { UiConfigJson } from './api/ui-config-json.ts';
import { completeJaegerPage, isJaegerPage, jaegerPagePolicy } from './jaeger-page.ts';
import { aUiFile, INDEX, type UiFile } from './ui-files.ts';

/** index.html with its configuration, which is at most this old. */
const CONFIG_MAX_AGE_MS = 10_000;
/** Where a configuration that is a script is found: a file of this service, as the CSP wants it. */
export const CONFIG_SCRIPT = 'static/ui-config.js';
/** What Jaeger asks of such a file. */
const UI_CONFIG_FUNCTION = /\bfunction\s+UIConfig\s*\(/;

interface UiIndexOptions {
  /** As it was built. */
  readonly html: Uint8Array;
  /** '' for none. */
  readonly configFile: string;
  /** '' or a path without a slash at its end. */
  readonly basePath: string;
  /** As far as they are known now: a storage elsewhere may not have answered yet. */
  readonly capabilities: () => UiConfigJson['capabilities'];
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface UiIndex {
  readonly index: UiFile;
  /** Only with a configuration that is a script. */
  readonly script: UiFile | undefined;
}

/** The configuration as its file has it. */
type ReadConfig =
  | { readonly type: 'json'; readonly config: UiConfigJson['config'] }
  | { readonly type: 'script'; readonly source: Uint8Array };

/**
 * index.html with its base path and its configuration: as JSON that no browser runs, or as the address
 * of a script; that of a build of Jaeger's UI has both in its own places. The file is read again when it is asked for 10 seconds later; while it cannot be used,
 * the last good one is.
 * @throws UsageError for a config file that cannot be used at the start
 */
export async function createUiIndex(options: UiIndexOptions): Promise<() => Promise<UiIndex>> {
  const { clock, configFile, logger } = options;
  let read = await readUiConfig(configFile);
  let page = completeIndex(options, read);
  let readAtMs = clock.monotonic();
  let problem = '';
  const current = (): UiIndex => {
    if (page.capabilities !== JSON.stringify(options.capabilities())) {
      page = completeIndex(options, read);
    }
    return page;
  };
  return async () => {
    if (configFile === '' || clock.monotonic() - readAtMs < CONFIG_MAX_AGE_MS) return current();
    readAtMs = clock.monotonic();
    try {
      read = await readUiConfig(configFile);
      page = completeIndex(options, read);
      problem = '';
    } catch (error) {
      const text = errorText(error);
      if (text !== problem) logger.warn(`${text}; the configuration read before stays in use`);
      problem = text;
    }
    return current();
  };
}

/** @throws UsageError */
async function readUiConfig(path: string): Promise<ReadConfig> {
  if (path === '') return { type: 'json', config: {} };
  if (/\.[cm]?js$/i.test(path)) return readScript(path);
  let config: unknown;
  try {
    config = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`query.ui-config: ${path} cannot be read as JSON`, { cause: error });
  }
  if (isJsonObject(config)) return { type: 'json', config };
  throw new UsageError(`query.ui-config: ${path} is not a JSON object`);
}

/** @throws UsageError */
async function readScript(path: string): Promise<ReadConfig> {
  let source: Uint8Array;
  try {
    source = await readFile(path);
  } catch (error) {
    throw new UsageError(`query.ui-config: ${path} cannot be read`, { cause: error });
  }
  if (UI_CONFIG_FUNCTION.test(Buffer.from(source).toString())) return { type: 'script', source };
  throw new UsageError(
    `query.ui-config: ${path} has no function UIConfig() that returns the configuration`,
  );
}

interface CompletedIndex extends UiIndex {
  /** Those that are in it, as JSON. */
  readonly capabilities: string;
}

function completeIndex(
  { basePath, html, ...options }: UiIndexOptions,
  read: ReadConfig,
): CompletedIndex {
  const config = read.type === 'json' ? read.config : {};
  const capabilities = options.capabilities();
  const shown: UiConfigJson = { config, version: { gitVersion: `v${VERSION}` }, capabilities };
  const based = Buffer.from(html)
    .toString()
    .replace(/<base href="[^"]*"/, () => `<base href="${basePath}/"`);
  if (isJaegerPage(based)) {
    const script = read.type === 'script' ? Buffer.from(read.source).toString() : '';
    const values = { config, script, version: `v${VERSION}`, capabilities };
    const page = completeJaegerPage(based, values);
    const index = { ...aUiFile(INDEX, Buffer.from(page)), policy: jaegerPagePolicy(page) };
    return { capabilities: JSON.stringify(capabilities), index, script: undefined };
  }
  const json = JSON.stringify(shown).replaceAll('<', '\\u003c');
  const element = `<script type="application/json" id="jaeger-config">${json}</script>`;
  // Modules run after it, wherever they stand.
  const script = read.type === 'script' ? `<script src="${CONFIG_SCRIPT}"></script>` : '';
  const page = based.replace('</head>', () => `${element}${script}</head>`);
  return {
    capabilities: JSON.stringify(capabilities),
    index: aUiFile(INDEX, Buffer.from(page)),
    script: read.type === 'script' ? aUiFile(CONFIG_SCRIPT, read.source) : undefined,
  };
}
