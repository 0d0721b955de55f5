import { cp, mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EmbeddedStorage } from '../../../src/storage/embedded/embedded-storage.ts';
import type { SpanBatch } from '../../../src/wire/span-batch.ts';
import { TEST_TIME_NANO, aBatch, aSpan, aTrace, spanId, traceId } from '../../harness/a-span.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { createFakeClock } from '../../harness/fake-clock.ts';
import {
  NEVER_ABORTED,
  aQuery,
  collectTraces,
  findIds,
  findSummaries,
  getSpans,
} from '../../harness/read-traces.ts';

let folder: string;
let storage: EmbeddedStorage | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-'));
});

afterEach(async () => {
  await storage?.close();
  storage = undefined;
  await rm(folder, { recursive: true });
});

async function open(
  options: Parameters<typeof openTestStorage>[1] = {},
  deps: Parameters<typeof openTestStorage>[2] = {},
): Promise<EmbeddedStorage> {
  await storage?.close();
  storage = await openTestStorage(folder, options, deps);
  return storage;
}

async function writeTrace(target: EmbeddedStorage, number: number, spans = 3): Promise<void> {
  const trace = aTrace(spans, {
    traceId: traceId(number),
    startTimeUnixNano: TEST_TIME_NANO + BigInt(number) * 1_000_000_000n,
  });
  await target.writer.write(aBatch(trace), NEVER_ABORTED);
}

/** Files below the tenant's folder whose path has this in it. */
async function files(part: string): Promise<string[]> {
  const all = await readdir(join(folder, 'tenants', 't-'), { recursive: true });
  return all
    .filter((path) => path.includes(part) && /\.(log|block)$/.test(path))
    .map((path) => join(folder, 'tenants', 't-', path))
    .sort();
}

describe('restarts', () => {
  it('keeps what was written, in the log and in blocks', async () => {
    let running = await open();
    await writeTrace(running, 1);
    await running.flush();
    await writeTrace(running, 2);
    running = await open();
    expect(await findIds(running, aQuery())).toEqual([2, 1].map(traceId));
    expect(await getSpans(running, traceId(1))).toHaveLength(3);
    await running.flush();
    running = await open();
    expect(await findIds(running, aQuery())).toEqual([2, 1].map(traceId));
    expect(await files('block')).toHaveLength(2);
    expect(await files('.log')).toEqual([]);
    expect(await running.reader.services('')).toEqual(['frontend']);
  });

  it('shows spans once when it ended between making a block and letting go of the log', async () => {
    let running = await open();
    await writeTrace(running, 1);
    await running.close();
    const [segment = ''] = await files('.log');
    await cp(segment, join(folder, 'kept'));
    running = await open();
    await running.flush();
    await running.close();
    await cp(join(folder, 'kept'), segment);
    const metrics = new Registry();
    running = await open({}, { metrics });
    expect(await files('.log')).toEqual([]);
    expect(await metrics.getSingleMetricAsString('jaeger_storage_embedded_head_spans')).toContain(
      'jaeger_storage_embedded_head_spans 0',
    );
    expect(await findSummaries(running, aQuery())).toMatchObject([{ spanCount: 3 }]);
  });

  it('removes a block that was not wholly written', async () => {
    let running = await open();
    await writeTrace(running, 1);
    await running.flush();
    const [block = ''] = await files('.block');
    await writeFile(`${block}.tmp`, 'half');
    running = await open();
    expect(await readdir(join(block, '..'))).toHaveLength(1);
    expect(await getSpans(running, traceId(1))).toHaveLength(3);
  });

  it('makes a block of full heads by itself, and goes on with another', async () => {
    const headLimits = { spans: 6, bytes: 2 ** 30, ageMs: 1e9, agedSpans: 1e9, ageMaxMs: 1e9 };
    const running = await open({}, { headLimits });
    for (let number = 1; number <= 7; number++) await writeTrace(running, number);
    await running.flush();
    expect((await files('.block')).length).toBeGreaterThan(1);
    expect(await findIds(running, aQuery())).toEqual([7, 6, 5, 4, 3, 2, 1].map(traceId));
  });
});

describe('the folder', () => {
  it('is refused to a second opener, who is told who has it', async () => {
    await open();
    await expect(openTestStorage(folder)).rejects.toThrow(
      new RegExp(`${folder} is in use by process ${process.pid}`),
    );
  });

  it('is refused when a later version wrote it', async () => {
    await writeFile(join(folder, 'store.json'), '{"format":99}');
    await expect(openTestStorage(folder)).rejects.toThrow(
      `${join(folder, 'store.json')} has format version 99; this program reads up to 1`,
    );
  });

  it.each(['Big/../Name', 'größe', '', '.', 'a b%2f'])(
    'keeps a tenant named %j',
    async (tenant) => {
      let running = await open();
      await running.writer.write(aBatch([aSpan()], { tenant }), NEVER_ABORTED);
      running = await open();
      expect(await getSpans(running, traceId(1), tenant)).toHaveLength(1);
      expect(await readdir(folder)).toEqual(expect.arrayContaining(['store.json', 'tenants']));
    },
  );

  it('refuses for good a batch that its log may never have room for, and names the setting', async () => {
    const HEAD_BYTES = 2 ** 20;
    const running = await open({ headBytesMax: HEAD_BYTES });
    const text = (bytes: number): SpanBatch =>
      aBatch([aSpan({ attributes: { text: 'x'.repeat(bytes) } })]);
    const batch = text(2 * HEAD_BYTES);
    const { length } = batch.otlp;
    expect(await running.writer.write(batch, NEVER_ABORTED)).toEqual({
      accepted: 0,
      refused: [
        {
          reason: 'too_large',
          count: 1,
          message: `a batch of ${length} bytes does not fit embedded.max-head-bytes, which is ${HEAD_BYTES}`,
        },
      ],
      dropped: [],
    });
    const fitting = text(2 * HEAD_BYTES - 1000);
    for (let times = 0; times < 3; times++) {
      expect(await running.writer.write(fitting, NEVER_ABORTED)).toMatchObject({ accepted: 1 });
    }
  });

  it('refuses spans of too many tenants, and of one whose name is too long', async () => {
    const running = await open({ tenantsMax: 1 });
    const write = (tenant: string): Promise<unknown> =>
      running.writer.write(aBatch([aSpan()], { tenant }), NEVER_ABORTED);
    expect(await write('x'.repeat(300))).toMatchObject({
      refused: [{ reason: 'too_many_tenants' }],
    });
    expect(await write('a')).toMatchObject({ accepted: 1 });
    expect(await write('b')).toMatchObject({ accepted: 0, refused: [{ count: 1 }] });
  });
});

describe('damage', () => {
  it('loses a batch to a flipped byte in the log, and no other', async () => {
    let running = await open();
    for (let number = 1; number <= 5; number++) await writeTrace(running, number);
    await running.close();
    const [segment = ''] = await files('.log');
    const bytes = await readFile(segment);
    const at = bytes.length >> 1;
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    await writeFile(segment, bytes);
    const metrics = new Registry();
    running = await open({}, { metrics });
    expect(await findIds(running, aQuery())).toHaveLength(4);
    const metric = 'jaeger_storage_embedded_damaged_records_total';
    expect(await metrics.getSingleMetricAsString(metric)).toContain(`${metric} 1`);
    await running.flush();
    expect(await findIds(running, aQuery())).toHaveLength(4);
  });

  it('keeps every whole batch wherever the log is cut off', async () => {
    let running = await open();
    for (let number = 1; number <= 9; number++) await writeTrace(running, number);
    await running.close();
    const [segment = ''] = await files('.log');
    const whole = await readFile(segment);
    // All batches have one size; a header comes before them and a footer behind.
    const batchBytes = (whole.length - 16 - 24) / 9;
    for (let cut = 1; cut < 1500; cut += 97) {
      await writeFile(segment, whole);
      await truncate(segment, whole.length - cut);
      running = await open();
      const wholeBatches = Math.floor((whole.length - cut - 16) / batchBytes);
      expect(await findIds(running, aQuery())).toHaveLength(Math.min(wholeBatches, 9));
      await running.close();
      await Promise.all((await files('.log')).map((path) => rm(path)));
    }
  });

  it('does not need the log for what it still has in memory', async () => {
    const running = await open();
    for (let number = 1; number <= 5; number++) await writeTrace(running, number);
    const [segment = ''] = await files('.log');
    const bytes = await readFile(segment);
    const at = bytes.lastIndexOf('GET /');
    bytes[at] = 0;
    await writeFile(segment, bytes);
    await running.flush();
    expect(await findIds(running, aQuery())).toHaveLength(5);
  });

  it('leaves out a block that cannot be opened, and says so', async () => {
    let running = await open();
    await writeTrace(running, 1);
    await running.flush();
    await writeTrace(running, 2);
    await running.flush();
    await running.close();
    const [block = ''] = await files('.block');
    await truncate(block, 100);
    const metrics = new Registry();
    running = await open({}, { metrics });
    expect(await findIds(running, aQuery())).toEqual([traceId(2)]);
    const metric = 'jaeger_storage_embedded_unreadable_blocks';
    expect(await metrics.getSingleMetricAsString(metric)).toContain(`${metric} 1`);
  });
});

describe('retention', () => {
  const HOUR = 3_600_000;

  it('deletes blocks by when they arrived, whatever the times of their spans', async () => {
    const clock = createFakeClock();
    const running = await open({ retentionMs: 2 * HOUR }, { clock });
    await writeTrace(running, 1);
    await running.flush();
    await clock.advance(1.5 * HOUR);
    await writeTrace(running, 2);
    await running.flush();
    await running.expire();
    expect(await findIds(running, aQuery())).toHaveLength(2);
    await clock.advance(0.6 * HOUR);
    await running.expire();
    expect(await findIds(running, aQuery())).toEqual([traceId(2)]);
    expect(await files('.block')).toHaveLength(1);
  });

  it.each([-1, 1])('deletes nothing too early when the clock jumps by %d h', async (hours) => {
    const clock = createFakeClock();
    const running = await open({ retentionMs: 2 * HOUR }, { clock });
    await writeTrace(running, 1);
    await running.flush();
    clock.step(hours * HOUR);
    await writeTrace(running, 2);
    await running.flush();
    clock.step(-hours * HOUR);
    await clock.advance(1.9 * HOUR);
    clock.step(hours * HOUR);
    await running.expire();
    expect(await findIds(running, aQuery())).toHaveLength(2);
    clock.step(-hours * HOUR);
    await clock.advance(1.2 * HOUR);
    await running.expire();
    expect(await findIds(running, aQuery())).toEqual([]);
  });

  it('deletes the oldest block when there are too many bytes', async () => {
    const running = await open({ bytesMax: 1 });
    await writeTrace(running, 1);
    await running.flush();
    await running.expire();
    expect(await findIds(running, aQuery())).toEqual([]);
    expect(await running.reader.services('')).toEqual([]);
  });

  it('lets a search end that began before', async () => {
    const running = await open({ bytesMax: 1 });
    for (let number = 1; number <= 3; number++) await writeTrace(running, number);
    await running.flush();
    const chunks = running.reader.findTraces('', aQuery(), NEVER_ABORTED)[Symbol.asyncIterator]();
    await chunks.next();
    await running.expire();
    expect(await findIds(running, aQuery())).toEqual([]);
    expect((await chunks.next()).done).toBe(false);
    expect((await chunks.next()).done).toBe(false);
    expect((await chunks.next()).done).toBe(true);
  });
});

describe('a huge trace', () => {
  it.each([false, true])(
    'is shown up to a limit, with a warning (in a block: %j)',
    async (isBlock) => {
      const running = await open({ traceSpansMax: 10 });
      await writeTrace(running, 1, 25);
      if (isBlock) await running.flush();
      const spans = await getSpans(running, traceId(1));
      expect(spans).toHaveLength(10);
      expect(spans.at(-1)?.warnings).toEqual([
        'the trace has more than 10 spans; the others are not shown',
      ]);
      expect(await findSummaries(running, aQuery())).toMatchObject([{ spanCount: 25 }]);
    },
  );
});

describe('one trace in several places', () => {
  it('is put together, and shows a span that was delivered again once', async () => {
    const running = await open();
    const trace = aTrace(6, { attributes: { b: 'x', a: 'y' } });
    const write = (from: number, to: number): Promise<unknown> =>
      running.writer.write(aBatch(trace.slice(from, to)), NEVER_ABORTED);
    await write(0, 3);
    await running.flush();
    await write(2, 5);
    await running.flush();
    await write(4, 6);
    const traces = await collectTraces(
      running.reader.findTraces('', aQuery({ limit: 1 }), NEVER_ABORTED),
    );
    expect(traces[0]?.spans.map((span) => span.spanId).sort()).toEqual(
      [1, 2, 3, 4, 5, 6].map(spanId),
    );
    expect(await findSummaries(running, aQuery())).toMatchObject([{ spanCount: 6 }]);
    const links = [{ parent: 'frontend', child: 'frontend', callCount: 5 }];
    expect(await running.dependencies.links('', 0, 8.64e15)).toEqual(links);
    const startMs = Number(TEST_TIME_NANO / 1_000_000n);
    expect(await running.dependencies.links('', startMs + 3, startMs + 4)).toEqual([
      { parent: 'frontend', child: 'frontend', callCount: 2 },
    ]);
  });
});

it('is unhealthy once it is closed, and takes nothing', async () => {
  const running = await open();
  expect(await running.check(NEVER_ABORTED)).toMatchObject({ healthy: true });
  await running.close();
  expect(await running.check(NEVER_ABORTED)).toMatchObject({ healthy: false });
  await expect(running.writer.write(aBatch([aSpan()]), NEVER_ABORTED)).rejects.toThrow('closed');
});
