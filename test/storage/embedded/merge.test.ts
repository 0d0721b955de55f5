import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aBatch, aSpan, spanId, traceId } from '../../harness/a-span.ts';
import { createFakeClock } from '../../harness/fake-clock.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { NEVER_ABORTED, aQuery, findIds, getSpans } from '../../harness/read-traces.ts';
import type { EmbeddedStorage } from '../../../src/storage/embedded/embedded-storage.ts';
import type { TraceChunk } from '../../../src/storage/storage.ts';

let folder: string;
let storage: EmbeddedStorage;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-merge-'));
  storage = await openTestStorage(folder);
});

afterEach(async () => {
  await storage.close();
  await rm(folder, { recursive: true });
});

/** Four blocks: trace 1 has a span in each, called by the span of the block before. */
async function fourBlocks(): Promise<void> {
  for (let block = 1; block <= 4; block++) {
    await storage.writer.write(
      aBatch([
        aSpan({
          ...{ traceId: traceId(1), spanId: spanId(block), serviceName: `s${block}` },
          parentSpanId: block === 1 ? '' : spanId(block - 1),
        }),
        aSpan({ traceId: traceId(1 + block), spanId: spanId(9), attributes: { block } }),
      ]),
      NEVER_ABORTED,
    );
    await storage.flush();
  }
}

async function blockNames(): Promise<string[]> {
  const all = await readdir(join(folder, 'tenants', 't-', 'blocks'), { recursive: true });
  return all
    .filter((path) => path.endsWith('.block'))
    .map((path) => basename(path).slice(0, 25))
    .sort();
}

async function everything(): Promise<unknown> {
  return {
    ids: await findIds(storage, aQuery()),
    some: await findIds(storage, aQuery({ attributes: [{ key: 'block', value: '3' }] })),
    services: await storage.reader.services(''),
    links: await storage.dependencies.links('', 0, 8.64e15),
    spans: (await getSpans(storage, traceId(1))).map((span) => span.spanId),
  };
}

/** How often it is looked for something to merge. */
const LOOKS_EVERY_MS = 5000;
const MERGED = '000000000001-000000000004';

describe('a merge', () => {
  it('makes one block of four, with all that they had', async () => {
    await fourBlocks();
    const before = await everything();
    expect(await blockNames()).toHaveLength(4);
    await storage.merge();
    expect(await blockNames()).toEqual([MERGED]);
    expect(await everything()).toEqual(before);
    expect(before).toMatchObject({
      some: [traceId(4)],
      links: [
        { parent: 's1', child: 's2', callCount: 1 },
        { parent: 's2', child: 's3', callCount: 1 },
        { parent: 's3', child: 's4', callCount: 1 },
      ],
      spans: [1, 2, 3, 4].map(spanId),
    });
    await storage.close();
    storage = await openTestStorage(folder);
    expect(await everything()).toEqual(before);
  });

  it('leaves fewer than four blocks, and blocks of very different size, as they are', async () => {
    await fourBlocks();
    await storage.merge();
    await storage.writer.write(aBatch([aSpan({ traceId: traceId(9) })]), NEVER_ABORTED);
    await storage.flush();
    await storage.merge();
    expect(await blockNames()).toEqual([MERGED, '000000000005-000000000005']);
  });

  it('drops spans that were delivered again, and lets searches end that began before', async () => {
    await fourBlocks();
    const found = storage.reader.findTraces('', aQuery(), NEVER_ABORTED)[Symbol.asyncIterator]();
    const first = ((await found.next()).value as TraceChunk).traceId;
    await fourBlocks();
    await storage.merge();
    const seen = new Set([first]);
    for (let next = await found.next(); next.done !== true; next = await found.next()) {
      seen.add(next.value.traceId);
    }
    expect([...seen].sort()).toEqual([1, 2, 3, 4, 5].map(traceId));
    expect((await getSpans(storage, traceId(1))).map((span) => span.spanId)).toEqual(
      [1, 2, 3, 4].map(spanId),
    );
    expect(await storage.dependencies.links('', 0, 8.64e15)).toHaveLength(3);
  });

  it('is made of blocks that have waited, and not of younger ones, while spans come fast', async () => {
    await storage.close();
    const clock = createFakeClock();
    const mergeLimits = { ageMs: 0, busyAgeMs: 60_000 };
    storage = await openTestStorage(folder, { mergeShare: 1 }, { clock, mergeLimits });
    await fourBlocks();
    clock.step(mergeLimits.busyAgeMs);
    await storage.writer.write(aBatch([aSpan({ traceId: traceId(9) })]), NEVER_ABORTED);
    await storage.flush();
    await clock.advance(LOOKS_EVERY_MS);
    await expect.poll(blockNames).toEqual([MERGED, '000000000005-000000000005']);
  });

  it('that was cut off before its parts were deleted is ended when the storage is opened', async () => {
    await fourBlocks();
    const before = await everything();
    const blocks = join(folder, 'tenants', 't-', 'blocks');
    await cp(blocks, join(folder, 'parts'), { recursive: true });
    await storage.merge();
    await storage.close();
    await cp(join(folder, 'parts'), blocks, { recursive: true });
    expect(await blockNames()).toHaveLength(5);
    storage = await openTestStorage(folder);
    expect(await blockNames()).toEqual([MERGED]);
    expect(await everything()).toEqual(before);
  });
});
