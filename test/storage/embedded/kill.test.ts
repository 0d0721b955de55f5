import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { expect, it, onTestFinished } from 'vitest';
import { traceId } from '../../harness/a-span.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { NEVER_ABORTED, collectTraces } from '../../harness/read-traces.ts';

const PROGRAM = join(import.meta.dirname, 'writing-child.ts');
/** 200 for the long run. */
const KILLS = Number(process.env['FAULT_KILLS'] ?? 20);

/** Lets a process write until it is killed; resolves to the traces it had an answer for. */
async function writeUntilKilled(folder: string, first: number, afterMs: number): Promise<number[]> {
  const child = spawn(process.execPath, [PROGRAM, folder, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const acknowledged: number[] = [];
  const ready = Promise.withResolvers<undefined>();
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (line === 'ready') ready.resolve(undefined);
    else acknowledged.push(Number(line));
  });
  const ended = once(lines, 'close');
  await Promise.race([ready.promise, ended]);
  await sleep(afterMs);
  child.kill('SIGKILL');
  await ended;
  // The last line may be cut off.
  return acknowledged.slice(0, -1);
}

it(
  `loses nothing that was acknowledged and shows nothing twice after ${KILLS} kills under load`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'embedded-kill-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const acknowledged: number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const afterMs = 50 + ((kill * 137) % 700);
      acknowledged.push(...(await writeUntilKilled(folder, 1 + kill * 1_000_000, afterMs)));
    }
    const metrics = new Registry();
    const storage = await openTestStorage(folder, {}, { metrics });
    onTestFinished(() => storage.close());
    const ids = acknowledged.map(traceId);
    const wrong: string[] = [];
    const found = new Set<string>();
    for (let at = 0; at < ids.length; at += 1000) {
      const some = ids.slice(at, at + 1000);
      const traces = await collectTraces(storage.reader.getTraces('', some, {}, NEVER_ABORTED));
      for (const { traceId: id, spans } of traces) {
        found.add(id);
        if (spans.length !== 5) wrong.push(`${id}: ${spans.length} spans`);
      }
    }
    expect(wrong).toEqual([]);
    expect(ids.filter((id) => !found.has(id))).toEqual([]);
    expect(ids.length).toBeGreaterThan(KILLS * 10);
    const blocks = await metrics.getSingleMetricAsString('jaeger_storage_embedded_blocks');
    // On a busy machine not every life is long enough for one.
    expect(Number(/ (\d+)$/.exec(blocks.trim())?.[1])).toBeGreaterThan(KILLS / 4);
  },
  60_000 + KILLS * 20_000,
);
