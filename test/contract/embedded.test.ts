import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Storage } from '../../src/storage/storage.ts';
import { openTestStorage } from '../harness/embedded-storage.ts';
import { describe } from 'vitest';
import { describeSearchModel } from './search-model.ts';
import { describeTraceStorage } from './trace-storage.ts';

async function openInNewFolder(isFlushedAfter: (write: number) => boolean): Promise<Storage> {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-contract-'));
  const storage = await openTestStorage(folder);
  let writes = 0;
  return {
    ...storage,
    writer: {
      write: async (batch, signal) => {
        const accepted = await storage.writer.write(batch, signal);
        if (isFlushedAfter(writes++)) await storage.flush();
        return accepted;
      },
    },
    close: async () => {
      await storage.close();
      await rm(folder, { recursive: true });
    },
  };
}

describeTraceStorage('embedded, all in the log', () => openInNewFolder(() => false));
describeTraceStorage('embedded, each batch in a block', () => openInNewFolder(() => true), 15);

describe('trace storage: embedded, half in blocks', () => {
  describeSearchModel(() => openInNewFolder((write) => write % 2 === 0), 15);
});
