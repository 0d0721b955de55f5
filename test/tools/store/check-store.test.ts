import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkStore, reportCheck } from '../../../src/tools/store/check-store.ts';
import type { StoreCheck } from '../../../src/tools/store/check-store.ts';
import { lookAtStore } from '../../../src/tools/store/stored-store.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { blockOfVersion, segmentOfVersion } from '../../harness/later-version.ts';
import { NEVER_ABORTED } from '../../harness/read-traces.ts';
import { aBatch, aSpan } from '../../harness/a-span.ts';
import { aFolder, aStore, captureOutput, filesOf, writeTrace } from './a-store.ts';

async function check(folder: string): Promise<StoreCheck> {
  return checkStore(await lookAtStore(folder));
}

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  await writeFile(path, bytes);
}

describe('checking a store', () => {
  it('finds nothing wrong with one that is whole, and counts what it has', async () => {
    const folder = await aStore(async (storage) => {
      await writeTrace(storage, 1, { spans: 5 });
      await storage.flush();
      await writeTrace(storage, 2);
      await storage.archive?.writer.write(aBatch([aSpan()]), NEVER_ABORTED);
    });
    const found = await check(folder);
    expect(found).toMatchObject({ heldBy: null, blocks: 1, spans: 5, logRecords: 2, damage: [] });
    const output = captureOutput();
    expect(reportCheck(found, 'table', output)).toBe(0);
    expect(output.text.out).toMatch(
      /^1 blocks \(.*, 5 spans\) and 2 batches in logs: all whole\n$/,
    );
  });

  it('names the part of a block that is damaged', async () => {
    const folder = await aStore(async (storage) => {
      await writeTrace(storage, 1, { spans: 50, attributes: { text: 'a-value-to-find' } });
      await storage.flush();
    });
    const [block = ''] = await filesOf(folder, '.block');
    const at = (await readFile(block)).indexOf('a-value-to-find');
    await flip(block, at);
    const found = await check(folder);
    expect(found.damage).toMatchObject([{ file: block }]);
    expect(found.damage[0]?.what).toMatch(/^column text, byte \d+: a page is damaged$/);
    const output = captureOutput();
    expect(reportCheck(found, 'json', output)).toBe(1);
    expect(JSON.parse(output.text.out)).toEqual(found);
  });

  it('finds a damaged record of the log, and does not mind one that was never wholly written', async () => {
    const folder = await aStore(async (storage) => {
      for (let number = 1; number <= 3; number++) await writeTrace(storage, number);
    });
    const [segment = ''] = await filesOf(folder, '.log');
    const { length } = await readFile(segment);
    await truncate(segment, length - 100);
    expect(await check(folder)).toMatchObject({ logRecords: 2, damage: [] });
    await flip(segment, 200);
    const { logRecords, damage } = await check(folder);
    expect(logRecords).toBe(1);
    expect(damage).toMatchObject([{ file: segment, what: 'a record is damaged, byte 16' }]);
  });

  it('names a block that is cut off', async () => {
    const folder = await aStore(async (storage) => {
      await writeTrace(storage, 1);
      await storage.flush();
    });
    const [block = ''] = await filesOf(folder, '.block');
    await truncate(block, 100);
    expect((await check(folder)).damage).toEqual([
      { file: block, what: 'the file is not a block, or is cut off' },
    ]);
  });

  it('names a block and a log of a later version, with the version', async () => {
    const folder = await aStore(async (storage) => {
      await writeTrace(storage, 1);
      await storage.flush();
      await writeTrace(storage, 2);
    });
    const [block = ''] = await filesOf(folder, '.block');
    const [segment = ''] = await filesOf(folder, '.log');
    await writeFile(block, blockOfVersion(await readFile(block), 99));
    await writeFile(segment, segmentOfVersion(await readFile(segment), 98));
    const { damage } = await check(folder);
    expect(damage.map(({ file }) => file)).toEqual([block, segment]);
    expect(damage[0]?.what).toMatch(
      /^the block has format version 99; this program reads up to \d+$/,
    );
    expect(damage[1]?.what).toMatch(
      /is of format version 98, and this program knows versions up to/,
    );
    await expect(openTestStorage(folder)).rejects.toThrow(`${block}: the block has format`);
  });

  it('leaves out the logs of a store that a process has, and says so', async () => {
    const folder = await aFolder();
    const storage = await openTestStorage(folder);
    onTestFinished(() => storage.close());
    await writeTrace(storage, 1);
    await storage.flush();
    await writeTrace(storage, 2);
    const found = await check(folder);
    expect(found).toMatchObject({ heldBy: process.pid, spans: 3, logRecords: 0, damage: [] });
    const output = captureOutput();
    reportCheck(found, 'table', output);
    expect(output.text.err).toBe(
      `process ${process.pid} has the store: spans that are not in blocks yet are left out\n`,
    );
  });

  it('refuses a folder that is no store, and a store of a later version by the name of its file', async () => {
    const folder = await aFolder();
    await expect(lookAtStore(folder)).rejects.toThrow(`${folder} is no store`);
    await writeFile(join(folder, 'store.json'), '{"format":7}');
    await expect(lookAtStore(folder)).rejects.toThrow(
      `${join(folder, 'store.json')} has format version 7; this program reads up to 1`,
    );
  });
});
