// Builds the UI into dist/ui, prints what a browser loads first, and fails when that is too much.
// --if-stale: does nothing when dist/ui is newer than every source.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

/** Builds beside one another can each have a folder of their own. */
const OUT = resolve(process.env['UI_DIST'] ?? 'dist/ui');
const SOURCES = ['src/ui', 'src/model', 'vite.config.ts', 'package-lock.json'];
/** gzip, all JavaScript that index.html loads. */
const BUDGET_KB = 130;

// A caller's NODE_ENV=test would ship React's development build.
process.env['NODE_ENV'] = 'production';

if (!(process.argv.includes('--if-stale') && (await isFresh()))) {
  await build({ logLevel: 'warn', build: { outDir: OUT } });
  await checkBudget();
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

async function checkBudget(): Promise<void> {
  const html = await readFile(join(OUT, 'index.html'), 'utf8');
  const files = [...html.matchAll(/(?:src|href)="\.\/(static\/[^"]+\.(?:js|css))"/g)];
  let scripts = 0;
  for (const [, file = ''] of files) {
    const bytes = await readFile(join(OUT, file));
    const size = gzipSync(bytes).length / 1_000;
    if (file.endsWith('.js')) scripts += size;
    console.log(`${file}  ${(bytes.length / 1_000).toFixed(1)} kB, gzip ${size.toFixed(1)} kB`);
  }
  const verdict = `first load: ${scripts.toFixed(1)} kB of JavaScript (gzip), budget ${BUDGET_KB} kB`;
  if (scripts > BUDGET_KB) throw new Error(`The UI is too heavy: ${verdict}.`);
  console.log(verdict);
}
