import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Chromium's, a comment to other browsers. Counts only where a file begins. */
const HINT = '//# allFunctionsCalledOnLoad\n';

/**
 * Has the scripts that pages start with compiled whole as they arrive, beside the page's main thread:
 * else each function is read twice, and compiled on that thread when it is first called.
 */
export async function hintCompilation(folder: string, files: readonly string[]): Promise<void> {
  for (const file of new Set(files)) {
    if (!file.endsWith('.js')) continue;
    const path = join(folder, file);
    await writeFile(path, HINT + (await readFile(path, 'utf8')));
    await moveLineDown(`${path}.map`);
  }
}

/** Of a source map, if there is one: a semicolon ends a line, and the first has no source now. */
async function moveLineDown(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return;
  const map = JSON.parse(await readFile(path, 'utf8')) as { readonly mappings: string };
  await writeFile(path, JSON.stringify({ ...map, mappings: `;${map.mappings}` }));
}
