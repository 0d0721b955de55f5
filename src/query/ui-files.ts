import { readFile, readdir } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../runtime/errors.ts';

export interface UiFile {
  readonly type: string;
  readonly body: Uint8Array;
}

/** The UI's files by their path below the base path; `index.html` is in it when there is a UI. */
export type UiFiles = ReadonlyMap<string, UiFile>;

export const INDEX = 'index.html';

const OWN_FOLDER = fileURLToPath(new URL('../../dist/ui', import.meta.url));
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
 * Reads the whole UI once, so that no request can name another file. '' is the folder that comes
 * with this program; a build without the UI has no files.
 * @throws UsageError for a folder that was given and cannot be used
 */
export async function loadUiFiles(given: string): Promise<UiFiles> {
  const folder = given === '' ? OWN_FOLDER : given;
  const files = new Map<string, UiFile>();
  for (const path of await listFiles(folder, given !== '')) {
    const name = relative(folder, path).split(sep).join('/');
    const type = TYPES[extname(name)] ?? 'application/octet-stream';
    files.set(name, { type, body: await readFile(path) });
  }
  if (given !== '' && !files.has(INDEX)) {
    throw new UsageError(`query.static-files: ${folder} has no ${INDEX}`);
  }
  return files;
}

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
