import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { createMemoryStorage } from '../../src/storage/memory/memory-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { openTestStorage } from '../harness/embedded-storage.ts';

/** The query service answers over each of them with the same bytes. */
export const QUERY_STORAGES = ['memory', 'embedded'] as const;

/** Keeps spans of any age. Closing it leaves nothing behind. */
export async function openQueryStorage(
  kind: (typeof QUERY_STORAGES)[number],
  maxBytes = 1_000_000,
): Promise<Storage> {
  if (kind === 'memory') {
    return createMemoryStorage({ maxTraces: 100, maxBytes, metrics: new Registry() });
  }
  const folder = await mkdtemp(join(tmpdir(), 'query-'));
  const storage = await openTestStorage(folder, { retentionMs: 1e15 });
  return {
    ...storage,
    close: async () => {
      await storage.close();
      await rm(folder, { recursive: true });
    },
  };
}
