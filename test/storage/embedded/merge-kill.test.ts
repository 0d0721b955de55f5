import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { traceId } from '../../harness/a-span.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { NEVER_ABORTED, collectTraces } from '../../harness/read-traces.ts';

const PROGRAM = join(import.meta.dirname, 'merging-child.ts');
/** 200 for the long run. */
const KILLS = Number(process.env['FAULT_KILLS'] ?? 8);

/** Resolves to the traces that the process had an answer for before it was killed. */
async function mergeUntilKilled(
  folder: string,
  first: number,
  { traces, moreMs }: { readonly traces: number; readonly moreMs: number },
): Promise<number[]> {
  const child = spawn(process.execPath, [PROGRAM, folder, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const acknowledged: number[] = [];
  const enough = Promise.withResolvers<undefined>();
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    acknowledged.push(Number(line));
    if (acknowledged.length === traces) enough.resolve(undefined);
  });
  const ended = once(lines, 'close');
  await Promise.race([enough.promise, ended]);
  await sleep(moreMs);
  child.kill('SIGKILL');
  await ended;
  // The last line may be cut off.
  return acknowledged.slice(0, -1);
}

it(
  `loses nothing and shows nothing twice after ${KILLS} kills while blocks are merged`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'embedded-merge-kill-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const acknowledged: number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const until = { traces: 4 + (kill % 5), moreMs: (kill * 7) % 40 };
      acknowledged.push(...(await mergeUntilKilled(folder, 1 + kill * 1_000_000, until)));
    }
    const storage = await openTestStorage(folder);
    onTestFinished(() => storage.close());
    const ids = acknowledged.map(traceId);
    const traces = await collectTraces(storage.reader.getTraces('', ids, {}, NEVER_ABORTED));
    const wrong = traces.filter(({ spans }) => spans.length !== 4);
    expect(wrong.map(({ traceId: id, spans }) => `${id}: ${spans.length} spans`)).toEqual([]);
    expect(traces.map(({ traceId: id }) => id)).toEqual(ids);
    expect(ids.length).toBeGreaterThan(KILLS);
    const paths = await readdir(join(folder, 'tenants', 't-', 'blocks'), { recursive: true });
    const merged = paths.filter((path) =>
      /^(\d{12})-(?!\1)\d{12}\..*\.block$/.test(basename(path)),
    );
    expect(merged.length).toBeGreaterThan(0);
    const links = await storage.dependencies.links('', 0, 8.64e15);
    const calls = links.reduce((sum, { callCount }) => sum + callCount, 0);
    expect(calls).toBeGreaterThanOrEqual(3 * ids.length);
  },
  60_000 + KILLS * 20_000,
);
