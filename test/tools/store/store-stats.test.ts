import { describe, expect, it } from 'vitest';
import { reportStats, storeStats } from '../../../src/tools/store/store-stats.ts';
import { chosenTenants, lookAtStore } from '../../../src/tools/store/stored-store.ts';
import { aBatch, aResource, aSpan } from '../../harness/a-span.ts';
import { NEVER_ABORTED } from '../../harness/read-traces.ts';
import { aStore, captureOutput, writeTrace } from './a-store.ts';

describe('counting a store', () => {
  it('counts spans in blocks and logs, their times and services, for each tenant and its archive', async () => {
    const folder = await aStore(async (storage) => {
      await writeTrace(storage, 1, { spans: 4 });
      await storage.flush();
      const backend = aSpan({ resource: aResource('backend') });
      await storage.writer.write(aBatch([backend]), NEVER_ABORTED);
      await writeTrace(storage, 2, { tenant: 'team-a' });
      await storage.archive?.writer.write(aBatch([aSpan()]), NEVER_ABORTED);
    });
    const store = await lookAtStore(folder);
    const stats = await storeStats(store, store.tenants, 10);
    expect(stats).toMatchObject([
      {
        ...{ tenant: '', archive: false, blocks: 1, spans: 4, logSpans: 1 },
        oldest: '2024-01-01T00:00:00Z',
        services: [
          { name: 'frontend', spans: 4 },
          { name: 'backend', spans: 1 },
        ],
      },
      { tenant: 'team-a', archive: false, blocks: 0, spans: 0, logSpans: 3 },
      { tenant: '', archive: true, spans: 0, logSpans: 1 },
    ]);
    expect(stats[0]?.bytesPerSpan).toBe(Math.round((10 * (stats[0]?.bytes ?? 0)) / 4) / 10);
    const output = captureOutput();
    reportStats(store, stats, { format: 'table', to: output });
    expect(output.text.out).toMatch(/^TENANT +BLOCKS +SPANS/);
    expect(output.text.out).toMatch(/^\(none\) archive +0 +0 /m);
    expect(output.text.out).toMatch(/^SERVICES OF team-a +SPANS\nfrontend +3$/m);
  });

  it('names the tenants there are when another one is asked for', async () => {
    const folder = await aStore(async (storage) => {
      await writeTrace(storage, 1, { tenant: 'a' });
      await writeTrace(storage, 2, { tenant: 'b' });
    });
    const store = await lookAtStore(folder);
    expect(() => chosenTenants(store, { tenant: 'c', isArchive: false })).toThrow(
      "--tenant: there is no 'c'; there is 'a', 'b'",
    );
  });
});
