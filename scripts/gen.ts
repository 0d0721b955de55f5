// Writes every generated file; with --check writes nothing and fails when one is not as it should be.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { answerSchemaFiles } from './gen-answer-schemas.ts';
import { crdFiles } from './gen-crd.ts';
import { docFiles } from './gen-docs.ts';
import { manifestFiles } from './gen-manifests.ts';
import type { GeneratedFile } from './generated-file.ts';

/** To add a generated file, add its generator here. */
const GENERATORS: readonly (() => readonly GeneratedFile[] | Promise<readonly GeneratedFile[]>)[] =
  [crdFiles, manifestFiles, docFiles, answerSchemaFiles];

const checking = process.argv.includes('--check');
const files: GeneratedFile[] = [];
for (const generate of GENERATORS) files.push(...(await generate()));
const stale: string[] = [];
for (const { path, content } of files) {
  if ((await currentContent(path)) === content) continue;
  stale.push(path);
  if (!checking) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    console.log(`wrote ${path}`);
  }
}
if (checking && stale.length > 0) {
  console.error(`stale: ${stale.join(', ')}; run npm run gen`);
  process.exitCode = 1;
}

async function currentContent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
