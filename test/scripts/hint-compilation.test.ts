import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hintCompilation } from '../../scripts/hint-compilation.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hints-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('hintCompilation', () => {
  it('begins each script with the hint once, and leaves other files as they are', async () => {
    await writeFile(join(folder, 'app.js'), 'start()');
    await writeFile(join(folder, 'app.css'), 'a{}');
    await hintCompilation(folder, ['app.js', 'app.css', 'app.js']);
    expect(await readFile(join(folder, 'app.js'), 'utf8')).toBe(
      '//# allFunctionsCalledOnLoad\nstart()',
    );
    expect(await readFile(join(folder, 'app.css'), 'utf8')).toBe('a{}');
  });

  it('moves what a source map says by the line that has come before', async () => {
    await writeFile(join(folder, 'app.js'), 'start()');
    await writeFile(join(folder, 'app.js.map'), '{"version":3,"mappings":"AAAA"}');
    await hintCompilation(folder, ['app.js']);
    expect(await readFile(join(folder, 'app.js.map'), 'utf8')).toBe(
      '{"version":3,"mappings":";AAAA"}',
    );
  });
});
