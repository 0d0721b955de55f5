import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const NAMES = ['ingest', 'agent', 'udp', 'codecs', 'engine', 'query', 'ui', 'operator'];

interface Ended {
  readonly exitCode: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

function bench(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { timeout: 20_000 };
    execFile(process.execPath, ['bench/bench.ts', ...args], options, (error, stdout, stderr) => {
      resolve({ exitCode: error?.code ?? (error === null ? 0 : error.signal), stdout, stderr });
    });
  });
}

describe('a benchmark', () => {
  it('is named in the usage', async () => {
    const { exitCode, stderr } = await bench();
    expect(exitCode).toBe(2);
    expect(stderr).toBe(`usage: npm run bench -- <${NAMES.join(' | ')}> [options]\n`);
  });

  it('is in the table of the guide', async () => {
    const guide = await readFile('bench/README.md', 'utf8');
    expect([...guide.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name)).toEqual(NAMES);
  });

  it.each(NAMES)(
    'tells what it measures and its options, and starts nothing: %s',
    async (name) => {
      const { exitCode, stdout, stderr } = await bench(name, '--help');
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(
        new RegExp(`^usage: npm run bench -- ${name} \\[options\\]\n\n.+\\.\n`, 's'),
      );
      expect(stdout).toMatch(/\n {2}--help\n/);
    },
    30_000,
  );
});
