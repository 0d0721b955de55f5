import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aBatch, aSpan, traceId } from '../../harness/a-span.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { blockOfVersion, segmentOfVersion } from '../../harness/later-version.ts';
import { NEVER_ABORTED, aQuery, findIds, getSpans } from '../../harness/read-traces.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-version-'));
  const storage = await openTestStorage(folder);
  await storage.writer.write(aBatch([aSpan()]), NEVER_ABORTED);
  await storage.flush();
  await storage.writer.write(aBatch([aSpan({ traceId: traceId(2) })]), NEVER_ABORTED);
  await storage.sampling?.insertThroughput([]);
  await storage.sampling?.insertProbabilities({ hostname: 'a', operations: [] });
  await storage.leases?.acquire('leader', 'a', 1000);
  await storage.close();
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function fileOf(start: string, end: string): Promise<string> {
  const all = await readdir(folder, { recursive: true });
  const found = all.find((path) => path.startsWith(start) && path.endsWith(end));
  return join(folder, found ?? '');
}

async function idsIn(path: string): Promise<string[]> {
  const storage = await openTestStorage(path);
  try {
    return await findIds(storage, aQuery());
  } finally {
    await storage.close();
  }
}

async function edit(path: string, change: (bytes: Buffer) => Buffer | undefined): Promise<void> {
  const bytes = await readFile(path);
  await writeFile(path, change(bytes) ?? bytes);
}

describe('a file whose version is damaged', () => {
  it.each([
    ['.block', 12],
    ['.log', undefined],
  ])('is read as it was written: %s', async (kind, fromEnd) => {
    const before = await idsIn(folder);
    const path = await fileOf('tenants', kind);
    await edit(path, (bytes) => {
      const at = fromEnd === undefined ? 8 : bytes.length - fromEnd;
      bytes.writeUInt32LE(bytes.readUInt32LE(at) ^ 0x10, at);
      return undefined;
    });
    expect(before).not.toEqual([]);
    expect(await idsIn(folder)).toEqual(before);
  });
});

describe('a file of a later version', () => {
  it('keeps a store from being opened, by its name and version: a block', async () => {
    const path = await fileOf('tenants', '.block');
    await edit(path, (bytes) => blockOfVersion(bytes, 41));
    await expect(openTestStorage(folder)).rejects.toThrow(
      `${path}: the block has format version 41; this program reads up to`,
    );
    expect((await readdir(folder)).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  it('keeps a store from being opened, by its name and version: a log', async () => {
    const log = await fileOf('tenants', '.log');
    await edit(log, (bytes) => segmentOfVersion(bytes, 42));
    await expect(openTestStorage(folder)).rejects.toThrow(
      `${log} is of format version 42, and this program knows versions up to 1`,
    );
  });

  it('keeps a store from being opened, by its name and version: the store itself', async () => {
    await writeFile(join(folder, 'store.json'), '{"format":43}');
    await expect(openTestStorage(folder)).rejects.toThrow(
      `${join(folder, 'store.json')} has format version 43; this program reads up to 1`,
    );
  });

  it('is refused where it is asked for: probabilities and leases', async () => {
    for (const name of [join('sampling', 'probabilities.json'), 'leases.json']) {
      await writeFile(join(folder, name), '{"format":44}');
    }
    const storage = await openTestStorage(folder);
    await expect(storage.sampling?.latestProbabilities()).rejects.toThrow(
      `${join(folder, 'sampling', 'probabilities.json')} has format version 44`,
    );
    await expect(storage.leases?.acquire('leader', 'b', 1000)).rejects.toThrow(
      `${join(folder, 'leases.json')} has format version 44`,
    );
    expect(await getSpans(storage, traceId(1))).toHaveLength(1);
    await storage.close();
  });
});

it('forgets what is in a damaged file of probabilities or leases, and nothing else', async () => {
  for (const name of [join('sampling', 'probabilities.json'), 'leases.json']) {
    await writeFile(join(folder, name), '{"format":1,"lea');
  }
  const storage = await openTestStorage(folder);
  expect(await storage.sampling?.latestProbabilities()).toBeUndefined();
  expect(await storage.leases?.acquire('leader', 'b', 1000)).toBe(true);
  expect(await getSpans(storage, traceId(2))).toHaveLength(1);
  await storage.close();
});

it('writes its version down again when a crash left none', async () => {
  await writeFile(join(folder, 'store.json'), '');
  await (await openTestStorage(folder)).close();
  expect(await readFile(join(folder, 'store.json'), 'utf8')).toBe('{"format":1}\n');
});
