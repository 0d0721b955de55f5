import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { processWithFolder } from '../../src/record-log/folder-lock.ts';
import { RecordLogFailedError, RecordLogFullError } from '../../src/record-log/record-log-error.ts';
import { readSegmentFile } from '../../src/record-log/segment-file.ts';
import { segmentOfVersion } from '../harness/later-version.ts';
import { until } from '../harness/until.ts';
import { aFolder, openIn, recordsOf, textsOf } from './log-in-folder.ts';

const text = (value: string): Uint8Array => Buffer.from(value);

/** A copy of a log whose process was killed: the only segment, without its footer, cut or changed. */
async function crashedCopy(segment: string, change: (bytes: Buffer) => Buffer): Promise<string> {
  const folder = await aFolder();
  await writeFile(join(folder, basename(segment)), change(await readFile(segment)));
  return folder;
}

/** Processes and a network of its own, as a container has. */
const NEW_CONTAINER = ['--net', '--pid', '--fork', '--mount-proc'];

function canUnshare(): boolean {
  return spawnSync('unshare', [...NEW_CONTAINER, 'true']).status === 0;
}

async function lockNames(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('lock.'));
}

describe('a record log', () => {
  it('reads back what was appended, in order, with parts joined', async () => {
    const log = await openIn(await aFolder());
    await Promise.all([
      log.append([text('a'), text('b')]),
      log.append([]),
      log.append([text('c')]),
    ]);
    expect(await textsOf(log)).toEqual(['ab', '', 'c']);
    await log.close();
  });

  it('reads on from a position, into later segments', async () => {
    const log = await openIn(await aFolder(), { segmentBytes: 100 });
    const positions = [];
    for (let i = 0; i < 10; i += 1) positions.push(await log.append([text(`record ${i}`)]));
    const from = positions[5];
    const read = await recordsOf(log.read(from));
    expect(read.map(({ payload }) => Buffer.from(payload).toString())).toEqual(
      [5, 6, 7, 8, 9].map((i) => `record ${i}`),
    );
    expect(read.map(({ position }) => position)).toEqual(positions.slice(5));
    expect(log.segments().length).toBe(5);
    await log.close();
  });

  it('keeps everything when it is closed and opened again', async () => {
    const folder = await aFolder();
    const first = await openIn(folder);
    await first.append([text('one')]);
    await first.close();
    await first.close();
    const second = await openIn(folder);
    await second.append([text('two')]);
    expect(await textsOf(second)).toEqual(['one', 'two']);
    expect(second.stats).toMatchObject({ records: 2, damagedRecords: 0, tornBytes: 0 });
    await second.close();
    await expect(second.append([text('three')])).rejects.toThrow(RecordLogFailedError);
  });

  it('syncs records that come together once', async () => {
    let syncs = 0;
    const log = await openIn(await aFolder(), { onSync: () => (syncs += 1) });
    const appends = Array.from({ length: 100 }, (_, i) => log.append([text(`${i}`)]));
    await Promise.all(appends);
    expect(syncs).toBeLessThanOrEqual(2);
    expect(await textsOf(log)).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
    await log.close();
  });

  it('deletes whole segments before a position and no other', async () => {
    const folder = await aFolder();
    const log = await openIn(folder, { segmentBytes: 100 });
    const positions = [];
    for (let i = 0; i < 6; i += 1) positions.push(await log.append([text(`record ${i}`)]));
    await log.releaseBefore(positions[3] ?? { segment: 0, offset: 0 });
    expect(await textsOf(log)).toEqual([2, 3, 4, 5].map((i) => `record ${i}`));
    await log.seal();
    const last = (await recordsOf(log.read())).at(-1);
    await log.releaseBefore(last?.next ?? { segment: 0, offset: 0 });
    expect((await readdir(folder)).filter((name) => name.endsWith('.log'))).toEqual([]);
    expect(log.stats.bytes).toBe(0);
    expect((await log.append([text('on')])).segment).toBe(4);
    await log.close();
  });

  it('refuses what goes beyond its bytes and takes it once there is room', async () => {
    const log = await openIn(await aFolder(), { bytesMax: 2000, segmentBytes: 1000 });
    const kilo = Buffer.alloc(800);
    await log.append([kilo]);
    const second = await log.append([kilo]);
    await expect(log.append([kilo])).rejects.toThrow(RecordLogFullError);
    await log.releaseBefore(second);
    await log.append([kilo]);
    expect(log.stats.records).toBe(2);
    await log.close();
  });

  it('leaves the disk the free space it is told to', async () => {
    const log = await openIn(await aFolder(), { minFreeBytes: 2 ** 60 });
    await expect(log.append([text('a')])).rejects.toThrow(/bytes left; \d+ are to stay free/);
    await log.close();
  });

  it('gives the records of a sealed segment to whoever has its path', async () => {
    const log = await openIn(await aFolder());
    await log.append([text('a')]);
    const number = await log.seal();
    const segment = log.segments().find((one) => one.number === number);
    const read = await recordsOf(readSegmentFile(segment?.path ?? '', () => undefined));
    expect(read.map(({ payload }) => Buffer.from(payload).toString())).toEqual(['a']);
    await log.close();
  });

  it('reads records larger than its reading buffer', async () => {
    const folder = await aFolder();
    const log = await openIn(folder);
    const big = Buffer.alloc(3_000_000, 'x');
    await log.append([big]);
    await log.append([text('after')]);
    const [first, second] = await recordsOf(log.read());
    expect(Buffer.compare(first?.payload ?? text(''), big)).toBe(0);
    expect(Buffer.from(second?.payload ?? text('')).toString()).toBe('after');
    await log.close();
  });
});

describe('a record log that writes over a file of its own', () => {
  /** The second and last segment of a log, whose file was the first one before. */
  async function reused(): Promise<{ folder: string; path: string; ends: readonly number[] }> {
    const log = await openIn(await aFolder(), { segmentBytes: 6000 });
    for (let i = 0; i < 50; i += 1) await log.append([Buffer.alloc(90, `old ${i} `)]);
    await log.seal();
    await log.releaseBefore({ segment: 2, offset: 0 });
    const ends: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      const { offset } = await log.append([text(`new record ${i}`)]);
      ends.push(offset + 24 + 12);
    }
    const path = log.segments()[0]?.path ?? '';
    const bytes = await readFile(path);
    expect(bytes.length).toBe(16 + 50 * (24 + 90) + 24);
    const folder = await crashedCopy(path, (same) => same);
    await log.close();
    return { folder, path: join(folder, basename(path)), ends };
  }

  it('takes nothing of its former content for a record', async () => {
    const { folder } = await reused();
    const log = await openIn(folder);
    expect(await textsOf(log)).toEqual(Array.from({ length: 10 }, (_, i) => `new record ${i}`));
    expect(log.stats).toMatchObject({ records: 10, damagedRecords: 0, tornBytes: 0 });
    await log.close();
  });

  it('keeps every whole record wherever writing ended', async () => {
    const { folder, path, ends } = await reused();
    const whole = await readFile(path);
    const old = whole.subarray(ends.at(-1));
    const from = ends.at(-3) ?? 0;
    for (let cut = from; cut <= (ends.at(-1) ?? 0); cut += 1) {
      await writeFile(path, Buffer.concat([whole.subarray(0, cut), old]));
      const log = await openIn(folder);
      const count = ends.filter((end) => end <= cut).length;
      expect(log.stats).toMatchObject({ records: count, damagedRecords: 0 });
      await log.close();
    }
  });
});

describe('the folder of a record log', () => {
  it('is refused to a second opener, with its name and that of the process', async () => {
    const folder = await aFolder();
    const log = await openIn(folder);
    await expect(openIn(folder)).rejects.toThrow(`${folder} is in use by process ${process.pid}`);
    await log.close();
    await (await openIn(folder)).close();
  });

  it('is taken over from a process that was killed', async () => {
    const folder = await aFolder();
    const script = `
      import { openRecordLog } from ${JSON.stringify(join(process.cwd(), 'src/record-log/open-record-log.ts'))};
      const clock = { now: () => 5, monotonic: () => 5 };
      const log = await openRecordLog({ folder: ${JSON.stringify(folder)}, segmentBytes: 1e6, bytesMax: 1e9, minFreeBytes: 0, clock });
      await log.append([Buffer.from('kept')]);
      console.log('ready');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await once(child.stdout, 'data');
    await expect(openIn(folder)).rejects.toThrow(`in use by process ${child.pid ?? 0}`);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    const log = await openIn(folder);
    expect(await textsOf(log)).toEqual(['kept']);
    expect(log.segments()[0]?.firstAppendedAtMs).toBe(5);
    await log.close();
  });

  it('is taken over from a process that was killed and that nobody has waited for', async () => {
    const folder = await aFolder();
    const script = `
      import { lockFolder } from ${JSON.stringify(join(process.cwd(), 'src/record-log/folder-lock.ts'))};
      await lockFolder(${JSON.stringify(folder)});
      console.log(process.pid);
      setInterval(() => {}, 1000);`;
    // The shell becomes a program that waits for no child.
    const command = '"$0" --input-type=module -e "$1" & exec sleep 60';
    const parent = spawn('sh', ['-c', command, process.execPath, script]);
    onTestFinished(() => void parent.kill('SIGKILL'));
    const pid = Number(String(await once(parent.stdout, 'data')));
    await expect(openIn(folder)).rejects.toThrow(`in use by process ${pid}`);
    process.kill(pid, 'SIGKILL');
    await until(async () => (await processWithFolder(folder)) === undefined);
    await until(async () => (await readFile(`/proc/${pid}/stat`, 'utf8')).includes(') Z '));
    await (await openIn(folder)).close();
  });

  it.skipIf(!canUnshare())('is not given to a process of another container', async () => {
    const folder = await aFolder();
    const log = await openIn(folder);
    const script = `
      import { lockFolder } from ${JSON.stringify(join(process.cwd(), 'src/record-log/folder-lock.ts'))};
      await lockFolder(${JSON.stringify(folder)}).catch((error) => console.log(error.message));`;
    const program = [process.execPath, '--input-type=module', '-e', script];
    const said = execFileSync('unshare', [...NEW_CONTAINER, ...program], { encoding: 'utf8' });
    expect(said).toBe(`${folder} is in use by process ${process.pid}\n`);
    await log.append([text('kept')]);
    await log.close();
    expect(await lockNames(folder)).toEqual([]);
    expect(await textsOf(await openIn(folder))).toEqual(['kept']);
  });

  it('is locked however long its path is', async () => {
    const folder = join(await aFolder(), 'deep/'.repeat(40));
    await mkdir(folder, { recursive: true });
    const log = await openIn(folder);
    await expect(openIn(folder)).rejects.toThrow(`is in use by process ${process.pid}`);
    expect((await stat(join(folder, (await lockNames(folder))[0] ?? ''))).isSocket()).toBe(true);
    await log.close();
    expect(await lockNames(folder)).toEqual([]);
  });

  it('is never given to two, however many come for it at once', async () => {
    const folder = await aFolder();
    await writeFile(join(folder, `lock.1.2.ab.${randomUUID()}`), '');
    const opened = await Promise.allSettled(Array.from({ length: 10 }, () => openIn(folder)));
    const logs = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(logs.length).toBeLessThanOrEqual(1);
    await logs[0]?.close();
    await (await openIn(folder)).close();
  });

  it('is refused when a file of it is of a later version', async () => {
    const folder = await aFolder();
    const log = await openIn(folder);
    await log.append([text('a')]);
    await log.close();
    const [segment] = log.segments();
    const bytes = await readFile(segment?.path ?? '');
    await writeFile(segment?.path ?? '', segmentOfVersion(bytes, 9));
    await expect(openIn(folder)).rejects.toThrow('is of format version 9');
  });
});

describe('a record log after a crash', () => {
  it('keeps every whole record wherever its last 4 kB were cut', async () => {
    const log = await openIn(await aFolder());
    const ends: number[] = [];
    for (let i = 0; i < 60; i += 1) {
      const payload = Buffer.alloc(40 + (i % 7) * 30, i);
      const { offset } = await log.append([payload]);
      ends.push(offset + 24 + payload.length);
    }
    const segment = log.segments()[0]?.path ?? '';
    const size = ends.at(-1) ?? 0;
    const folder = await crashedCopy(segment, (bytes) => bytes);
    const copy = join(folder, basename(segment));
    for (let cut = size; cut >= size - 4096; cut -= 1) {
      await copyFile(segment, copy);
      await truncate(copy, cut);
      const cutLog = await openIn(folder);
      const whole = ends.filter((end) => end <= cut);
      expect(cutLog.stats).toMatchObject({
        records: whole.length,
        tornBytes: cut - (whole.at(-1) ?? 0),
        damagedRecords: 0,
      });
      await cutLog.close();
    }
    await log.close();
  }, 60_000);

  it('loses one record for a flipped byte anywhere in it, and counts it', async () => {
    const log = await openIn(await aFolder());
    const positions = [];
    for (const name of ['first', 'second', 'third']) positions.push(await log.append([text(name)]));
    const segment = log.segments()[0]?.path ?? '';
    const [, second, third] = positions;
    for (let at = second?.offset ?? 0; at < (third?.offset ?? 0); at += 1) {
      const folder = await crashedCopy(segment, (bytes) => {
        bytes[at] = (bytes[at] ?? 0) ^ 0x10;
        return bytes;
      });
      const flipped = await openIn(folder);
      expect(await textsOf(flipped)).toEqual(['first', 'third']);
      expect(await textsOf(flipped)).toEqual(['first', 'third']);
      expect(flipped.stats.damagedRecords).toBe(1);
      await flipped.close();
    }
    await log.close();
  });

  it('reads a segment whose own header is damaged', async () => {
    const log = await openIn(await aFolder());
    await log.append([text('a')]);
    const folder = await crashedCopy(log.segments()[0]?.path ?? '', (bytes) =>
      bytes.fill(0, 0, 16),
    );
    const damaged = await openIn(folder);
    expect(await textsOf(damaged)).toEqual(['a']);
    await damaged.close();
    await log.close();
  });

  it('takes no bytes inside a payload for a record', async () => {
    const log = await openIn(await aFolder());
    await log.append([text('inner')]);
    const inner = (await readFile(log.segments()[0]?.path ?? '')).subarray(16);
    const other = await openIn(await aFolder());
    const { offset } = await other.append([inner]);
    await other.append([text('after')]);
    const folder = await crashedCopy(other.segments()[0]?.path ?? '', (bytes) =>
      bytes.fill(0, offset, offset + 24),
    );
    const damaged = await openIn(folder);
    expect(await textsOf(damaged)).toEqual(['after']);
    await damaged.close();
    await Promise.all([log.close(), other.close()]);
  });
});
