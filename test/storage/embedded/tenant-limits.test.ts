import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { embeddedOptions } from '../../../src/storage/embedded/embedded-options.ts';
import type { EmbeddedStorage } from '../../../src/storage/embedded/embedded-storage.ts';
import { readTenantLimits } from '../../../src/storage/embedded/tenant-limits.ts';
import { aBatch, aTrace, traceId } from '../../harness/a-span.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { createFakeClock } from '../../harness/fake-clock.ts';
import { NEVER_ABORTED, aQuery, collectTraces, findIds } from '../../harness/read-traces.ts';
import { storageConfig } from '../../harness/storage-config.ts';

const HOUR = 3_600_000;
const OTHERS = { retentionMs: 72 * HOUR, bytesMax: 0 };

let folder: string;
let storage: EmbeddedStorage;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenant-limits-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Opens a storage that is closed after the test. */
async function open(
  options: Parameters<typeof openTestStorage>[1],
  deps: Parameters<typeof openTestStorage>[2] = {},
): Promise<EmbeddedStorage> {
  storage = await openTestStorage(folder, options, deps);
  return storage;
}

describe('the file of limits of tenants', () => {
  async function read(text: string): ReturnType<typeof readTenantLimits> {
    const path = join(folder, 'tenants.yaml');
    await writeFile(path, text);
    return readTenantLimits(path, OTHERS);
  }

  it('says for each tenant what differs from the others, in YAML or JSON', async () => {
    const yaml = `
tenants:
  team-a: { retention: 24h, maxBytes: 10Gi }
  2026-01-31:
    maxBytes: 1000
  '': { retention: 1h }
`;
    const expected = [
      ['team-a', { retentionMs: 24 * HOUR, bytesMax: 10 * 2 ** 30 }],
      ['2026-01-31', { retentionMs: 72 * HOUR, bytesMax: 1000 }],
      ['', { retentionMs: HOUR, bytesMax: 0 }],
    ];
    expect([...(await read(yaml))]).toEqual(expected);
    const json = '{"tenants":{"team-a":{"retention":"24h","maxBytes":"10Gi"}}}';
    expect([...(await read(json))]).toEqual(expected.slice(0, 1));
    expect([...(await read('tenants: {}'))]).toEqual([]);
  });

  it.each([
    ['team-a: {}', 'unknown key team-a: use tenants'],
    ['tenants: [a]', 'tenants must be a map of names'],
    ['tenants: {a: 3}', 'tenants.a must be a map with retention and maxBytes'],
    ['tenants: {a: {ttl: 3h}}', 'tenants.a: unknown key ttl: use retention or maxBytes'],
    ['tenants: {a: {retention: soon}}', 'tenants.a.retention: "soon" is not a duration such as'],
    ['tenants: {a: {maxBytes: -1}}', 'tenants.a.maxBytes: -1 is not bytes such as'],
    ['tenants: {a: ', 'is neither YAML nor JSON'],
    ['', 'is neither YAML nor JSON: expected a document'],
    ['null', 'has no tenants'],
  ])('is refused when it is %s', async (text, message) => {
    const reading = read(text);
    await expect(reading).rejects.toMatchObject({ name: 'UsageError' });
    await expect(reading).rejects.toThrow(message);
  });

  it('is named by a setting, and missing is an error', async () => {
    const path = join(folder, 'none.yaml');
    const { embedded } = storageConfig({
      'embedded.directory': folder,
      'embedded.tenants-file': path,
    });
    await expect(embeddedOptions(embedded)).rejects.toThrow(
      `--embedded.tenants-file: ${path} cannot be read: ENOENT`,
    );
    expect(await readTenantLimits('', OTHERS)).toEqual(new Map());
  });
});

describe('limits of tenants', () => {
  afterEach(() => storage.close());

  async function write(
    { writer }: Pick<EmbeddedStorage, 'writer'>,
    number: number,
    tenant = '',
  ): Promise<unknown> {
    return writer.write(aBatch(aTrace(5, { traceId: traceId(number) }), { tenant }), NEVER_ABORTED);
  }

  const found = async (storage: EmbeddedStorage, tenant: string): Promise<number> =>
    (await findIds(storage, aQuery(), tenant)).length;

  it('delete the blocks of a tenant earlier or later than those of others', async () => {
    const clock = createFakeClock();
    await open(
      {
        retentionMs: 2 * HOUR,
        tenantLimits: new Map([
          ['short', { retentionMs: HOUR, bytesMax: 0 }],
          ['long', { retentionMs: 4 * HOUR, bytesMax: 0 }],
        ]),
      },
      { clock },
    );
    for (const tenant of ['short', 'other', 'long']) await write(storage, 1, tenant);
    await storage.flush();
    const left = async (): Promise<number[]> =>
      Promise.all(['short', 'other', 'long'].map((tenant) => found(storage, tenant)));
    await clock.advance(1.5 * HOUR);
    await storage.expire();
    expect(await left()).toEqual([0, 1, 1]);
    await clock.advance(HOUR);
    await storage.expire();
    expect(await left()).toEqual([0, 0, 1]);
    await clock.advance(2 * HOUR);
    await storage.expire();
    expect(await left()).toEqual([0, 0, 0]);
  });

  it('take the oldest blocks of a tenant that has more than its share, and nobody else', async () => {
    const metrics = new Registry();
    const limits = new Map([['small', { retentionMs: Infinity, bytesMax: 2500 }]]);
    await open({ tenantLimits: limits }, { metrics });
    for (let number = 1; number <= 4; number++) {
      await write(storage, number, 'small');
      await write(storage, number, 'other');
      await storage.flush();
    }
    await storage.expire();
    const kept = await findIds(storage, aQuery(), 'small');
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(4);
    const newest = Array.from({ length: kept.length }, (_, index) => traceId(4 - index));
    expect(kept.toSorted()).toEqual(newest.toSorted());
    expect(await found(storage, 'other')).toBe(4);
    const name = 'jaeger_storage_embedded_crowded_out_blocks_total';
    expect(await metrics.getSingleMetricAsString(name)).toContain(`${name} ${4 - kept.length}`);
  });
});

describe('the archive', () => {
  afterEach(() => storage.close());

  const writeTo = (storage: EmbeddedStorage, number: number): Promise<unknown> | undefined =>
    storage.archive?.writer.write(aBatch(aTrace(20, { traceId: traceId(number) })), NEVER_ABORTED);
  const archived = async (storage: EmbeddedStorage, number: number): Promise<number> => {
    const chunks = storage.archive?.reader.getTraces('', [traceId(number)], {}, NEVER_ABORTED);
    return chunks === undefined ? 0 : (await collectTraces(chunks)).length;
  };

  it('is not touched by age, nor by too many bytes: others make room for it', async () => {
    const clock = createFakeClock();
    await open({ retentionMs: HOUR, bytesMax: 3000, archiveBytesMax: 1e6 }, { clock });
    for (let number = 1; number <= 3; number++) {
      await writeTo(storage, number);
      await storage.flush();
    }
    await storage.writer.write(aBatch(aTrace(5)), NEVER_ABORTED);
    await storage.flush();
    await storage.expire();
    expect(await findIds(storage, aQuery())).toEqual([]);
    await clock.advance(1000 * HOUR);
    await storage.expire();
    expect(await Promise.all([1, 2, 3].map((number) => archived(storage, number)))).toEqual([
      1, 1, 1,
    ]);
    const blocks = await readdir(join(folder, 'archive', 't-', 'blocks'), { recursive: true });
    expect(blocks.filter((name) => name.endsWith('.block'))).toHaveLength(3);
  });

  it('refuses what does not fit, and says why', async () => {
    await open({ archiveBytesMax: 2000 });
    expect(await writeTo(storage, 1)).toMatchObject({ accepted: 20 });
    const refusal = await storage.archive?.writer.write(
      aBatch(aTrace(20, { traceId: traceId(2) })),
      NEVER_ABORTED,
    );
    expect(refusal).toMatchObject({ accepted: 0, refused: [{ reason: 'too_large', count: 20 }] });
    expect(refusal?.refused[0]?.message).toMatch(
      /^the archive uses \d+ of 2000 bytes \(embedded.max-archive-bytes\)$/,
    );
    expect(await archived(storage, 1)).toBe(1);
    await storage.writer.write(aBatch(aTrace(5)), NEVER_ABORTED);
  });

  it('may have half of embedded.max-bytes unless another limit is set', async () => {
    const limitOf = async (settings: Readonly<Record<string, string>>): Promise<number> => {
      const given = { 'embedded.directory': folder, ...settings };
      return (await embeddedOptions(storageConfig(given).embedded)).archiveBytesMax;
    };
    expect(await limitOf({})).toBe(Infinity);
    expect(await limitOf({ 'embedded.max-bytes': '1Gi' })).toBe(2 ** 29);
    expect(await limitOf({ 'embedded.max-archive-bytes': '3Mi' })).toBe(3 * 2 ** 20);
  });
});
