import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Span } from '../../../src/model/span.ts';
import type { EmbeddedStorage } from '../../../src/storage/embedded/embedded-storage.ts';
import { TEST_TIME_NANO, aBatch, aSpan, spanId, traceId } from '../../harness/a-span.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { createFakeClock } from '../../harness/fake-clock.ts';
import { NEVER_ABORTED } from '../../harness/read-traces.ts';

const START_MS = Number(TEST_TIME_NANO / 1_000_000n);
const HOUR = 3_600_000;

let folder: string;
let storage: EmbeddedStorage;
const clock = createFakeClock();

async function open(): Promise<void> {
  storage = await openTestStorage(folder, { retentionMs: HOUR }, { clock });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-graph-'));
  await open();
});

afterEach(async () => {
  await storage.close();
  await rm(folder, { recursive: true });
});

/** A span of trace 1 that starts `number` seconds after the first, called by the one before. */
async function write(number: number): Promise<void> {
  const span = aSpan({
    ...{ traceId: traceId(1), spanId: spanId(number), serviceName: `s${number}` },
    parentSpanId: number === 1 ? '' : spanId(number - 1),
    startTimeUnixNano: TEST_TIME_NANO + BigInt(number) * 1_000_000_000n,
  });
  await storage.writer.write(aBatch([span]), NEVER_ABORTED);
}

/** A span in the same block as the one of this number, which calls it. */
function callee(number: number): Span {
  return aSpan({
    ...{ traceId: traceId(1), spanId: spanId(100 + number), serviceName: `t${number}` },
    parentSpanId: spanId(number),
    startTimeUnixNano: TEST_TIME_NANO + BigInt(number) * 1_000_000_000n,
  });
}

/** Two spans of a trace, one of which calls the other. */
function callOf(id: string): readonly Span[] {
  const parent = { traceId: id, spanId: spanId(1), serviceName: 'a', parentSpanId: '' };
  const child = { traceId: id, spanId: spanId(2), serviceName: 'b', parentSpanId: spanId(1) };
  return [aSpan(parent), aSpan(child)];
}

async function links(startMs = 0, endMs = 8.64e15): Promise<string[]> {
  const found = await storage.dependencies.links('', startMs, endMs);
  return found.map(({ parent, child, callCount }) => `${parent}-${child} ${callCount}`);
}

describe('calls between services', () => {
  it('are those between blocks and the head too, whichever came first, to the millisecond', async () => {
    for (const number of [2, 1, 4]) {
      await write(number);
      await storage.flush();
    }
    await write(3);
    const all = ['s1-s2 1', 's2-s3 1', 's3-s4 1'];
    expect(await links()).toEqual(all);
    expect(await links(START_MS + 3000, START_MS + 3000)).toEqual(['s2-s3 1']);
    expect(await links(START_MS + 2001, START_MS + 3999)).toEqual(['s2-s3 1']);
    expect(await links(START_MS + 2000, START_MS + 2999)).toEqual(['s1-s2 1']);
    await storage.flush();
    expect(await links()).toEqual(all);
    expect(await links(START_MS + 2001, START_MS + 3999)).toEqual(['s2-s3 1']);
  });

  it('are those of most blocks, or of few, without the others', async () => {
    for (let number = 1; number <= 6; number++) {
      await write(number);
      await storage.writer.write(aBatch([callee(number)]), NEVER_ABORTED);
      await storage.flush();
    }
    const own = (from: number, to: number): string[] =>
      [1, 2, 3, 4, 5, 6].filter((n) => n >= from && n <= to).map((n) => `s${n}-t${n} 1`);
    const within = async (from: number, to: number): Promise<string[]> =>
      (await links(START_MS + from * 1000, START_MS + to * 1000)).filter((one) =>
        one.includes('t'),
      );
    expect(await within(1, 6)).toEqual(own(1, 6));
    expect(await within(2, 6)).toEqual(own(2, 6));
    expect(await within(3, 4)).toEqual(own(3, 4));
    expect(await within(7, 9)).toEqual([]);
  });

  it('are known after a restart, whatever became of the file that they are kept in', async () => {
    for (const number of [1, 2, 3]) {
      await write(number);
      await storage.flush();
    }
    const all = ['s1-s2 1', 's2-s3 1'];
    await storage.close();
    const file = join(folder, 'tenants', 't-', 'service-calls');
    const kept = await readFile(file);
    await open();
    expect(await links()).toEqual(all);
    await write(4);
    await storage.flush();
    await storage.close();
    for (const left of [kept, kept.subarray(0, kept.length - 1), Buffer.alloc(0), undefined]) {
      if (left === undefined) await rm(file);
      else await writeFile(file, left);
      await open();
      expect(await links()).toEqual([...all, 's3-s4 1']);
      await storage.close();
    }
    await open();
  });

  it('count a trace once that was delivered twice, and cost little more for many of them', async () => {
    const TRACES = 2000;
    const traces = Array.from({ length: TRACES }, (_, at) => callOf(traceId(at + 1))).flat();
    const cpuMsOf = async (work: () => Promise<void>): Promise<number> => {
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    const deliver = async (): Promise<void> => {
      await storage.writer.write(aBatch(traces), NEVER_ABORTED);
      await storage.flush();
    };
    const first = await cpuMsOf(deliver);
    const second = await cpuMsOf(deliver);
    expect(await links()).toEqual([`a-b ${TRACES}`]);
    await storage.writer.write(aBatch(traces), NEVER_ABORTED);
    const third = await cpuMsOf(async () => {
      expect(await links()).toEqual([`a-b ${TRACES}`]);
    });
    expect(second).toBeLessThan(4 * first);
    expect(third).toBeLessThan(4 * first);
  });

  it('go with the block of either side', async () => {
    await write(1);
    await storage.flush();
    await clock.advance(HOUR / 2);
    await write(2);
    await storage.flush();
    await write(3);
    await storage.flush();
    expect(await links()).toEqual(['s1-s2 1', 's2-s3 1']);
    await clock.advance(HOUR / 2 + 60_000);
    await storage.expire();
    expect(await links()).toEqual(['s2-s3 1']);
  });
});
