// Builds the UI into dist/ui, prints what a browser loads for each page, and fails when that is too much.
// --if-stale: does nothing when dist/ui is newer than every source.
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, type Manifest } from 'vite';
import { compressFiles } from './compress-files.ts';
import { hintCompilation } from './hint-compilation.ts';
import { type UiBudget, weighUi } from './ui-budget.ts';
import { firstFiles, readUiPages, type UiPage } from './ui-pages.ts';

/** Builds beside one another can each have a folder of their own. */
const OUT = resolve(process.env['UI_DIST'] ?? 'dist/ui');
const SOURCES = ['src/ui', 'src/model', 'vite.config.ts', 'package-lock.json'];
const BUDGET: UiBudget = {
  first: 120,
  start: 137,
  startFiles: 6,
  pages: {
    search: 20,
    trace: 52,
    'quality-metrics': 25,
    dependencies: 30,
    'deep-dependencies': 36,
    compare: 38,
    monitor: 55,
  },
};

// A caller's NODE_ENV=test would ship React's development build.
process.env['NODE_ENV'] = 'production';

if (!(process.argv.includes('--if-stale') && (await isFresh()))) {
  await build({ logLevel: 'warn', build: { outDir: OUT } });
  await finish();
}

/** What the build alone cannot do: it needs to know all files. */
async function finish(): Promise<void> {
  const manifest = await takeManifest();
  const first = firstFiles(await readFile(join(OUT, 'index.html'), 'utf8'));
  const pages = await readUiPages(manifest, first);
  await writeStart(pages);
  await hintCompilation(OUT, [...first, ...pages.flatMap(({ files }) => files)]);
  await compressFiles(join(OUT, 'static'));
  const { table, over } = await weighUi(OUT, { first, pages }, BUDGET);
  console.log(table);
  if (over.length > 0) throw new Error(`The UI is too heavy:\n${over.join('\n')}`);
}

/** It is not for browsers. */
async function takeManifest(): Promise<Manifest> {
  const folder = join(OUT, '.vite');
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  await rm(folder, { recursive: true });
  return manifest;
}

/** Lets the script that runs first ask for a page's files. */
async function writeStart(pages: readonly UiPage[]): Promise<void> {
  const path = join(OUT, 'static/start.js');
  const empty = 'filesOfPages = {}';
  const script = await readFile(path, 'utf8');
  if (!script.includes(empty)) throw new Error(`${path} has no place for the files of pages`);
  const files = JSON.stringify(Object.fromEntries(pages.map(({ name, files }) => [name, files])));
  await writeFile(
    path,
    script.replace(empty, () => `filesOfPages = ${files}`),
  );
}

async function isFresh(): Promise<boolean> {
  const built = await newest(join(OUT, 'index.html'));
  const changed = await Promise.all(SOURCES.map(newest));
  return built > Math.max(...changed);
}

/** Milliseconds since 1970 of the last change in a file or folder; 0 when there is none. */
async function newest(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const entries = await readdir(path);
  const times = await Promise.all(entries.map((entry) => newest(join(path, entry))));
  return Math.max(found.mtimeMs, ...times);
}
