import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

/** Makes garbage that outlives young collections, as a start does, and then has nothing to do. */
const PROGRAM = `
  import { getHeapStatistics } from 'node:v8';
  const { collectAfterStart } = await import(process.argv[1]);
  let kept = Array.from({ length: 200_000 }, (_, k) => ({ k, list: [k] }));
  kept = kept.length;
  const before = getHeapStatistics();
  collectAfterStart(1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const after = getHeapStatistics();
  console.log(JSON.stringify({
    used: before.used_heap_size - after.used_heap_size,
    held: before.total_heap_size - after.total_heap_size,
    isExposed: typeof gc !== 'undefined',
  }));
`;
const MODULE = new URL('../../src/runtime/collect-after-start.ts', import.meta.url).href;
/** What the garbage takes at the least. */
const GARBAGE_BYTES = 200_000 * 40;

describe('collecting after the start', () => {
  it('gives back what the start has left, and leaves nothing else behind', async () => {
    const args = ['--input-type=module', '--eval', PROGRAM, '--', MODULE];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: {} });
    const { used, held, isExposed } = JSON.parse(stdout) as Record<string, number | boolean>;
    expect(used).toBeGreaterThan(GARBAGE_BYTES);
    expect(held).toBeGreaterThan(GARBAGE_BYTES);
    expect(isExposed).toBe(false);
  });
});
