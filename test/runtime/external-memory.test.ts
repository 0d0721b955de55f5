import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

/** Counts whole collections of a process that keeps 300 MB of buffers and makes many that die young. */
const PROGRAM = `
  import { PerformanceObserver, constants } from 'node:perf_hooks';
  const [, module, limit] = process.argv;
  if (module !== '') (await import(module)).weighExternalMemoryWithHeap(Number(limit));
  let collections = 0;
  const count = (entries) => {
    for (const { detail } of entries)
      if (detail.kind !== constants.NODE_PERFORMANCE_GC_MINOR) collections += 1;
  };
  const observer = new PerformanceObserver((list) => count(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  const kept = Array.from({ length: 300 }, () => Buffer.alloc(2 ** 20, 1));
  const objects = Array.from({ length: 200_000 }, (_, k) => ({ k, list: [k] }));
  collections = 0;
  for (let turn = 0; turn < 500; turn += 1) {
    for (let body = 0; body < 16; body += 1) Buffer.allocUnsafeSlow(2 ** 19).fill(1, 0, 1);
    await new Promise(setImmediate);
  }
  count(observer.takeRecords());
  console.log(JSON.stringify({ collections, kept: kept.length + objects.length }));
`;
const MODULE = new URL('../../src/runtime/external-memory.ts', import.meta.url).href;

async function collections(module: string, limitBytes: number): Promise<number> {
  const args = ['--input-type=module', '--eval', PROGRAM, '--', module, String(limitBytes)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: {} });
  const result: unknown = JSON.parse(stdout);
  if (typeof result !== 'object' || result === null || !('collections' in result)) {
    throw new TypeError(stdout);
  }
  return Number(result.collections);
}

describe('external memory', () => {
  it.each([
    ['without a limit', 0],
    ['in a small container', 512 * 2 ** 20],
  ])('that dies young is not worth marking the whole heap for, %s', async (_where, limitBytes) => {
    const [usual, weighed] = await Promise.all([
      collections('', limitBytes),
      collections(MODULE, limitBytes),
    ]);
    expect(usual).toBeGreaterThan(4);
    expect(weighed).toBeLessThan(usual / 2);
  });
});
