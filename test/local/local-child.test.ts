import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageConfig } from '../../scripts/dockerfile.ts';
import { MEMORY_ENVIRONMENT, startChild } from '../../src/local/local-child.ts';

const TIMEOUT_MS = 10_000;
/** Nobody answers there. */
const readyUrl = 'http://127.0.0.1:1/status';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-child-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function lastWordsOf(env: Readonly<Record<string, string>>): Promise<unknown> {
  const script = join(folder, 'program.mjs');
  await writeFile(
    script,
    'const { NODE_OPTIONS, MALLOC_ARENA_MAX } = process.env;\n' +
      'console.log(`arenas ${MALLOC_ARENA_MAX}, node ${NODE_OPTIONS}`);\n',
  );
  const logFile = join(folder, 'log');
  const program = { execPath: process.execPath, script };
  const child = startChild({ name: 'it', args: [], env, logFile, readyUrl }, program, TIMEOUT_MS);
  return child.catch((error: unknown) => error);
}

describe('startChild', () => {
  it('gives a process the environment that keeps its memory small', async () => {
    expect(String(await lastWordsOf({}))).toBe(
      'Error: it ended with exit code 0\narenas 1, node --max-semi-space-size=4',
    );
  });

  it('leaves what the user says', async () => {
    const env = { NODE_OPTIONS: '--no-warnings', MALLOC_ARENA_MAX: '2' };
    expect(String(await lastWordsOf(env))).toBe(
      'Error: it ended with exit code 0\narenas 2, node --no-warnings',
    );
  });

  it('says of memory what the image says', async () => {
    const { Env } = imageConfig(await readFile('Dockerfile', 'utf8'));
    const { NODE_OPTIONS, ...ofMalloc } = MEMORY_ENVIRONMENT;
    expect(Env).toEqual(
      expect.arrayContaining(Object.entries(ofMalloc).map(([name, value]) => `${name}=${value}`)),
    );
    expect(Env.find((pair) => pair.startsWith('NODE_OPTIONS='))).toContain(NODE_OPTIONS);
  });
});
