import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InflateError, inflate } from '../../src/runtime/inflate.ts';
import type { Coding } from '../../src/runtime/inflate.ts';

const MIB = 2 ** 20;
const LIMIT = 64 * MIB;
const SMALL = Buffer.from('spans '.repeat(500));
/** More than is inflated in one piece. */
const LARGE = Buffer.concat([randomBytes(MIB), Buffer.alloc(MIB, 'attributes ')]);
const ZEROS = Buffer.alloc(512 * MIB);
const GZIP_BOMB = gzipSync(ZEROS, { level: 9 });

function declaring(gzip: Buffer, size: number): Buffer {
  const lying = Buffer.from(gzip);
  lying.writeUInt32LE(size, lying.length - 4);
  return lying;
}

async function inflateAll(
  bytes: Uint8Array,
  coding: Coding,
  bytesMax = LIMIT,
): Promise<{ inflated: Buffer; booked: number }> {
  let booked = 0;
  const onMemory = (count: number): void => {
    booked += count;
  };
  return { inflated: await inflate(bytes, coding, { bytesMax, onMemory }), booked };
}

function failure(bytes: Uint8Array, coding: Coding, bytesMax = LIMIT): Promise<unknown> {
  return inflateAll(bytes, coding, bytesMax).then(
    ({ inflated }) => `inflated to ${inflated.length} bytes`,
    (error: unknown) => (error instanceof InflateError ? error.reason : error),
  );
}

describe('inflate', () => {
  it.each<[string, Coding, (bytes: Buffer) => Buffer]>([
    ['gzip', 'gzip', gzipSync],
    ['deflate in the zlib format', 'deflate', deflateSync],
    ['deflate without a header', 'deflate', deflateRawSync],
    ['zstd', 'zstd', zstdCompressSync],
  ])('undoes %s and books what comes out', async (_name, coding, compress) => {
    for (const bytes of [Buffer.alloc(0), SMALL, LARGE]) {
      const { inflated, booked } = await inflateAll(compress(bytes), coding);
      expect(inflated.equals(bytes)).toBe(true);
      expect(booked).toBe(bytes.length);
    }
  });

  it('takes gzip of several members, whose trailer tells the size of the last alone', async () => {
    const members = Buffer.concat([gzipSync(LARGE), gzipSync(SMALL)]);
    const { inflated } = await inflateAll(members, 'gzip');
    expect(inflated.equals(Buffer.concat([LARGE, SMALL]))).toBe(true);
  });

  it.each<[string, Coding, Buffer]>([
    ['gzip that says so', 'gzip', GZIP_BOMB],
    ['gzip that says it is small', 'gzip', declaring(GZIP_BOMB, 1000)],
    ['gzip that says it is just allowed', 'gzip', declaring(GZIP_BOMB, 60 * MIB)],
    [
      'gzip between small members',
      'gzip',
      Buffer.concat([gzipSync(SMALL), GZIP_BOMB, gzipSync(SMALL)]),
    ],
    ['deflate', 'deflate', deflateSync(ZEROS)],
    ['deflate without a header', 'deflate', deflateRawSync(ZEROS)],
    ['zstd', 'zstd', zstdCompressSync(ZEROS)],
  ])(
    'refuses half a gigabyte of zeros in 100 ms of work and 30 MB: %s',
    async (_name, coding, bomb) => {
      const memory = process.memoryUsage().rss;
      const started = process.cpuUsage();
      expect(await failure(bomb, coding)).toBe('too_large');
      const { user, system } = process.cpuUsage(started);
      expect((user + system) / 1000).toBeLessThan(100);
      expect(process.memoryUsage().rss - memory).toBeLessThan(30 * MIB);
    },
  );

  it('keeps nothing of gzip that says it is too large', async () => {
    const block = Buffer.concat([randomBytes(256), Buffer.alloc(64 * 1024 - 256)]);
    const gzip = gzipSync(Buffer.concat(Array.from({ length: 1600 }, () => block)));
    let booked = 0;
    const onMemory = (count: number): void => {
      booked += count;
    };
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }, 1);
    const refused = inflate(gzip, 'gzip', { bytesMax: LIMIT, onMemory });
    await expect(refused).rejects.toMatchObject({ reason: 'too_large' });
    clearInterval(watch);
    expect(booked).toBe(0);
    expect(most - before).toBeLessThan(10 * MIB);
  });

  it('finds a bomb inside a bomb to be mere bytes', async () => {
    const { inflated } = await inflateAll(gzipSync(GZIP_BOMB), 'gzip');
    expect(inflated.equals(GZIP_BOMB)).toBe(true);
  });

  it('refuses what is over the limit, at the limit and a byte more', async () => {
    for (const [coding, compress] of [
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['zstd', zstdCompressSync],
    ] as const) {
      expect((await inflateAll(compress(LARGE), coding, LARGE.length)).inflated.length).toBe(
        LARGE.length,
      );
      expect(await failure(compress(LARGE), coding, LARGE.length - 1)).toBe('too_large');
      expect(await failure(compress(SMALL), coding, SMALL.length - 1)).toBe('too_large');
    }
  });

  it.each<[string, Coding, Buffer]>([
    ['no gzip', 'gzip', Buffer.from('not compressed\0\0\0\0')],
    ['no deflate', 'deflate', Buffer.from('not compressed')],
    ['no zstd', 'zstd', Buffer.from('not compressed')],
    ['nothing at all', 'gzip', Buffer.alloc(0)],
    ['zstd cut short', 'zstd', zstdCompressSync(LARGE).subarray(0, 5000)],
    ['deflate cut short', 'deflate', deflateSync(LARGE).subarray(0, 5000)],
    ['gzip that says it is shorter', 'gzip', declaring(gzipSync(SMALL), 10)],
    ['gzip that says it is longer', 'gzip', declaring(gzipSync(SMALL), SMALL.length + 1)],
  ])('calls %s damaged', async (_name, coding, bytes) => {
    expect(await failure(bytes, coding)).toBe('damaged');
  });

  it('passes on the refusal of whoever keeps the books, before any memory is taken', async () => {
    const full = new Error('full');
    const onMemory = (): void => {
      throw full;
    };
    await expect(inflate(gzipSync(LARGE), 'gzip', { bytesMax: LIMIT, onMemory })).rejects.toBe(
      full,
    );
  });
});
