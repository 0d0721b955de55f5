import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../runtime/errors.ts';

/** A packed form of a file, by the name that HTTP has for it. */
export type Encoding = 'br' | 'gzip';

export interface UiFile {
  readonly type: string;
  /** The content, or a packed form of it. It is read when it is asked for: most of a UI nobody opens. */
  readonly read: (encoding?: Encoding) => Promise<Uint8Array>;
  /** The smaller forms there are, the best first. */
  readonly packed: readonly Encoding[];
  /** Another content has another one. */
  readonly etag: string;
  /** Content-Security-Policy, for a page that needs its own. */
  readonly policy?: string;
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
/** The build lays packed forms beside a file; they have no addresses of their own. */
const PACKED = new Map<Encoding, string>([
  ['br', '.br'],
  ['gzip', '.gz'],
]);

/**
 * Lists the whole UI once, so that no request can name another file. '' is the folder that comes
 * with this program; a build without the UI has no files.
 * @throws UsageError for a folder that was given and cannot be used
 */
export async function loadUiFiles(given: string): Promise<UiFiles> {
  const folder = given === '' ? OWN_FOLDER : given;
  const paths = new Map<string, string>();
  for (const path of await listFiles(folder, given !== '')) {
    paths.set(relative(folder, path).split(sep).join('/'), path);
  }
  if (given !== '' && !paths.has(INDEX)) {
    throw new UsageError(`query.static-files: ${folder} has no ${INDEX}`);
  }
  const files = new Map<string, UiFile>();
  for (const [name, path] of paths) {
    const isPacked = [...PACKED.values()].some(
      (ending) => name.endsWith(ending) && paths.has(name.slice(0, -ending.length)),
    );
    if (isPacked) continue;
    const packed = [...PACKED].flatMap(([encoding, ending]) =>
      paths.has(name + ending) ? [encoding] : [],
    );
    const read: UiFile['read'] = (encoding) =>
      readFile(encoding === undefined ? path : path + (PACKED.get(encoding) ?? ''));
    files.set(name, { type: typeOf(name), etag: etagOf(await read()), packed, read });
  }
  return files;
}

/** One that is at hand. `name` says by its ending of which type it is. */
export function aUiFile(name: string, body: Uint8Array): UiFile {
  const read = (): Promise<Uint8Array> => Promise.resolve(body);
  return { type: typeOf(name), etag: etagOf(body), packed: [], read };
}

function typeOf(name: string): string {
  return TYPES[extname(name)] ?? 'application/octet-stream';
}

function etagOf(body: Uint8Array): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
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
