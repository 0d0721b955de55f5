import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/runtime/clock.ts';
import { embeddedOptions } from '../../../src/storage/embedded/embedded-options.ts';
import { openStorage } from '../../../src/storage/open-storage.ts';
import { aBatch, aSpan, traceId } from '../../harness/a-span.ts';
import { NEVER_ABORTED, getSpans } from '../../harness/read-traces.ts';
import { storageConfig } from '../../harness/storage-config.ts';

it("takes Badger's names for the folder and the retention", async () => {
  const { embedded } = storageConfig({
    'badger.directory-value': 'some/folder',
    'badger.span-store-ttl': '24h',
  });
  const options = await embeddedOptions(embedded);
  expect(options.folder).toBe(resolve('some/folder'));
  expect(options.retentionMs).toBe(24 * 3_600_000);
});

it('asks for a folder', async () => {
  await expect(embeddedOptions(storageConfig({}).embedded)).rejects.toThrow(
    '--embedded.directory is missing: the folder that traces are kept in',
  );
});

it('deletes the folder of an ephemeral storage at the end', async () => {
  const { embedded } = storageConfig({ 'badger.ephemeral': 'true' });
  const { folder, afterClose } = await embeddedOptions(embedded);
  await access(folder);
  await afterClose();
  await expect(access(folder)).rejects.toThrow('ENOENT');
});

it('opens under the name of badger', async () => {
  const config = storageConfig({ 'span-storage.type': 'badger', 'badger.ephemeral': 'true' });
  const storage = await openStorage(config, {
    metrics: new Registry(),
    logger: pino({ level: 'silent' }),
    clock: systemClock,
  });
  await storage.writer.write(aBatch([aSpan()]), NEVER_ABORTED);
  expect(await getSpans(storage, traceId(1))).toHaveLength(1);
  await storage.close();
});
