import { closeSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRecordLog } from '../../../src/record-log/open-record-log.ts';
import type { RecordLogOptions } from '../../../src/record-log/open-record-log.ts';
import type { EmbeddedStorage } from '../../../src/storage/embedded/embedded-storage.ts';
import { openLastingLog } from '../../../src/storage/embedded/tenant-log.ts';
import { aBatch, aTrace, traceId } from '../../harness/a-span.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { createFakeClock } from '../../harness/fake-clock.ts';
import { NEVER_ABORTED, aQuery, findIds, getSpans } from '../../harness/read-traces.ts';
import { until } from '../../harness/until.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'disk-faults-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** As a disk that fails: writing, syncing and closing the file of the log that is open are errors. */
function breakOpenLog(): void {
  for (const fd of readdirSync('/proc/self/fd')) {
    const path = linkOf(fd);
    if (path.startsWith(folder) && path.endsWith('.log')) closeSync(Number(fd));
  }
}

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    // The one that listed them is gone.
    return '';
  }
}

describe('a log whose disk fails', () => {
  const clock = createFakeClock();
  const options = (): RecordLogOptions => ({
    ...{ folder, segmentBytes: 2 ** 20, bytesMax: 2 ** 24, minFreeBytes: 0, clock },
  });
  const record = [new Uint8Array([1, 2, 3])];

  it('refuses records, and takes them again once it could be opened anew', async () => {
    const lasting = await openLastingLog({ ...options(), logger: pino({ level: 'silent' }) });
    await lasting.append(record);
    breakOpenLog();
    await expect(lasting.append(record)).rejects.toThrow('spans cannot be written down now');
    expect(lasting.failure).toContain('EBADF');
    await expect(lasting.append(record)).rejects.toThrow('spans cannot be written down now');
    await clock.advance(1000);
    await lasting.append(record);
    expect(lasting.failure).toBeUndefined();
    expect(lasting.log.stats.records).toBe(2);
    await lasting.close();
  });

  it('lets go of the folder when it is closed while it is opened anew', async () => {
    const lasting = await openLastingLog({ ...options(), logger: pino({ level: 'silent' }) });
    await lasting.append(record);
    breakOpenLog();
    await expect(lasting.append(record)).rejects.toThrow('spans cannot be written down now');
    await clock.advance(1000);
    const appended = lasting.append(record).catch(() => undefined);
    await lasting.close();
    await appended;
    expect((await readdir(folder)).filter((name) => name.startsWith('lock'))).toEqual([]);
    await (await openRecordLog(options())).close();
  });

  it('is not opened anew once it is closed', async () => {
    const lasting = await openLastingLog({ ...options(), logger: pino({ level: 'silent' }) });
    await lasting.append(record);
    breakOpenLog();
    await expect(lasting.append(record)).rejects.toThrow('spans cannot be written down now');
    await clock.advance(1000);
    await lasting.close().catch(() => undefined);
    await expect(lasting.append(record)).rejects.toThrow('spans cannot be written down now');
    expect((await readdir(folder)).filter((name) => name.startsWith('lock'))).toEqual([]);
  });
});

describe('a storage whose disk fails', () => {
  async function write(storage: EmbeddedStorage, number: number): Promise<void> {
    const trace = aTrace(5, { traceId: traceId(number) });
    await storage.writer.write(aBatch(trace), NEVER_ABORTED);
  }

  it('refuses spans retryably and shows what it has, then takes spans again, and loses none', async () => {
    const clock = createFakeClock();
    let storage = await openTestStorage(folder, {}, { clock });
    await write(storage, 1);
    breakOpenLog();
    await expect(write(storage, 2)).rejects.toMatchObject({ name: 'StoreBusyError' });
    expect(await storage.check(NEVER_ABORTED)).toMatchObject({ healthy: false });
    expect(await getSpans(storage, traceId(1))).toHaveLength(5);
    await clock.advance(1000);
    await write(storage, 3);
    expect(await storage.check(NEVER_ABORTED)).toMatchObject({ healthy: true });
    await storage.flush();
    await write(storage, 4);
    await storage.close();
    storage = await openTestStorage(folder, {}, { clock });
    expect((await findIds(storage, aQuery())).toSorted()).toEqual([1, 3, 4].map(traceId));
    for (const number of [1, 3, 4]) {
      expect(await getSpans(storage, traceId(number))).toHaveLength(5);
    }
    await storage.close();
  });

  it('keeps spans in the log and in memory while no block can be written, and makes it later', async () => {
    const storage = await openTestStorage(folder);
    await write(storage, 1);
    const blocks = join(folder, 'tenants', 't-', 'blocks');
    await rename(blocks, `${blocks}.aside`);
    await writeFile(blocks, 'no folder');
    const flushed = storage.flush();
    await until(async () => !(await storage.check(NEVER_ABORTED)).healthy);
    expect((await storage.check(NEVER_ABORTED)).message).toMatch(/^blocks cannot be made: /);
    await write(storage, 2);
    expect(await findIds(storage, aQuery())).toHaveLength(2);
    await rm(blocks);
    await mkdir(blocks);
    await flushed;
    expect(await storage.check(NEVER_ABORTED)).toMatchObject({ healthy: true });
    expect(await findIds(storage, aQuery())).toHaveLength(2);
    expect(await readdir(blocks)).toHaveLength(1);
    await storage.close();
  });
});
