import { Buffer } from 'node:buffer';
import { readFile, readdir } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../runtime/errors.ts';
import { isJsonObject } from '../runtime/json-object.ts';
import { VERSION } from '../runtime/version.ts';
import type { UiConfigJson } from './api/ui-config-json.ts';

export interface UiFile {
  readonly type: string;
  readonly body: Uint8Array;
}

/** The UI's files by their path below the base path; `index.html` is in it when there is a UI. */
export type UiFiles = ReadonlyMap<string, UiFile>;

interface UiOptions {
  /** '' for the folder that comes with this program. */
  readonly folder: string;
  readonly configFile: string;
  /** '' or a path without a slash at its end. */
  readonly basePath: string;
}

const OWN_FOLDER = fileURLToPath(new URL('../../dist/ui', import.meta.url));
const INDEX = 'index.html';
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/**
 * Reads the whole UI once, so that no request can name another file. index.html gets its base path
 * and, as JSON that no browser runs, its configuration.
 * @throws UsageError for a folder or config file that was given and cannot be used
 */
export async function loadUiFiles(options: UiOptions): Promise<UiFiles> {
  const config = await readUiConfig(options.configFile);
  const folder = options.folder === '' ? OWN_FOLDER : options.folder;
  const files = new Map<string, UiFile>();
  for (const path of await listFiles(folder, options.folder !== '')) {
    const name = relative(folder, path).split(sep).join('/');
    const type = TYPES[extname(name)] ?? 'application/octet-stream';
    const bytes = await readFile(path);
    const isIndex = name === INDEX;
    const body = isIndex ? Buffer.from(completeIndex(bytes.toString(), options, config)) : bytes;
    files.set(name, { type, body });
  }
  if (options.folder !== '' && !files.has(INDEX)) {
    throw new UsageError(`query.static-files: ${options.folder} has no ${INDEX}`);
  }
  return files;
}

/** A build without the UI still serves the APIs. */
async function listFiles(folder: string, required: boolean): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (!required) return [];
    throw new UsageError(`query.static-files: ${folder} cannot be read`, { cause: error });
  }
}

async function readUiConfig(path: string): Promise<UiConfigJson['config']> {
  if (path === '') return {};
  try {
    const config: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (isJsonObject(config)) return config;
  } catch (error) {
    throw new UsageError(`query.ui-config: ${path} cannot be read as JSON`, { cause: error });
  }
  throw new UsageError(`query.ui-config: ${path} is not a JSON object`);
}

function completeIndex(
  html: string,
  { basePath }: UiOptions,
  config: UiConfigJson['config'],
): string {
  const shown: UiConfigJson = {
    config,
    version: { gitVersion: `v${VERSION}` },
    capabilities: { archiveStorage: false, metricsStorage: false, searchWithoutServiceName: true },
  };
  const json = JSON.stringify(shown).replaceAll('<', '\\u003c');
  const script = `<script type="application/json" id="jaeger-config">${json}</script>`;
  return html
    .replace(/<base href="[^"]*"/, () => `<base href="${basePath}/"`)
    .replace('</head>', () => `${script}</head>`);
}
