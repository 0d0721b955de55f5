import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach } from 'vitest';
import type { Clock } from '../../src/runtime/clock.ts';
import { createMemoryStorage } from '../../src/storage/memory/memory-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { openTestStorage } from '../harness/embedded-storage.ts';
import { describeBesideTraces } from './beside-traces.ts';

describeBesideTraces('memory', {
  open: (clock) =>
    Promise.resolve(
      createMemoryStorage({
        ...{ maxTraces: 100_000, maxBytes: 2 ** 26, metrics: new Registry(), clock },
      }),
    ),
});

const folders = new WeakMap<Storage, string>();
const made: string[] = [];

afterEach(async () => {
  await Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

async function openIn(folder: string, clock: Clock): Promise<Storage> {
  const storage = await openTestStorage(folder, {}, { clock });
  folders.set(storage, folder);
  return storage;
}

describeBesideTraces('embedded', {
  open: async (clock) => {
    const folder = await mkdtemp(join(tmpdir(), 'embedded-beside-'));
    made.push(folder);
    return openIn(folder, clock);
  },
  reopen: (closed, clock) => openIn(folders.get(closed) ?? '', clock),
});
