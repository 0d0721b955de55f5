import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EmbeddedStorage } from '../../src/storage/embedded/embedded-storage.ts';
import { TEST_TIME_NANO, aBatch, aTrace, traceId } from '../harness/a-span.ts';
import { openTestStorage } from '../harness/embedded-storage.ts';
import { NEVER_ABORTED, aQuery, collectTraces, findIds } from '../harness/read-traces.ts';

/** Every byte for the long run: `FAULT_FLIP_STEP=1`. */
const STEP = Number(process.env['FAULT_FLIP_STEP'] ?? 41);
const SPANS_A_TRACE = 3;
const TRACES_A_PART = 4;
/** A merged block, a block by itself, and a log of as many records as traces. */
const PARTS = ['merged', 'block', 'log'] as const;
const IDS = Array.from({ length: PARTS.length * TRACES_A_PART }, (_, index) => traceId(index + 1));
const DAMAGE = ['damaged_pages', 'damaged_records_total', 'unreadable_blocks'];

let folder: string;
/** By path in the folder, as they were before any damage. */
const files = new Map<string, Buffer>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flipped-bytes-'));
  const made = join(folder, 'made');
  const storage = await openTestStorage(made);
  for (const id of IDS.slice(0, TRACES_A_PART)) {
    await writeTrace(storage, id);
    await storage.flush();
  }
  await storage.merge();
  for (const id of IDS.slice(TRACES_A_PART, 2 * TRACES_A_PART)) await writeTrace(storage, id);
  await storage.flush();
  for (const id of IDS.slice(2 * TRACES_A_PART)) await writeTrace(storage, id);
  await storage.close();
  for (const entry of await readdir(made, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(relative(made, path), await readFile(path));
  }
});

afterAll(() => rm(folder, { recursive: true }));

async function writeTrace(storage: EmbeddedStorage, id: string): Promise<void> {
  const spans = aTrace(SPANS_A_TRACE, {
    traceId: id,
    startTimeUnixNano: TEST_TIME_NANO + BigInt(Number.parseInt(id, 16)) * 1_000_000_000n,
    attributes: { id },
  });
  await storage.writer.write(aBatch(spans), NEVER_ABORTED);
}

interface Survived {
  /** By part. */
  readonly lost: readonly number[];
  readonly counted: number;
}

/** What is left of the store when one of its bytes is another. */
async function openFlipped(path: string, at: number): Promise<Survived> {
  const copy = join(folder, 'copy');
  await cp(join(folder, 'made'), copy, { recursive: true });
  const bytes = Buffer.from(files.get(path) ?? []);
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  await writeFile(join(copy, path), bytes);
  const metrics = new Registry();
  const storage = await openTestStorage(copy, {}, { metrics });
  try {
    const read = await collectTraces(storage.reader.getTraces('', IDS, {}, NEVER_ABORTED));
    const whole = new Set(
      read.filter(({ spans }) => spans.length === SPANS_A_TRACE).map((trace) => trace.traceId),
    );
    const found = new Set(await findIds(storage, aQuery({ serviceName: 'frontend' })));
    for (const { spans } of read) expect(spans.length).toBeLessThanOrEqual(SPANS_A_TRACE);
    return {
      lost: PARTS.map((_, part) => {
        const ids = IDS.slice(part * TRACES_A_PART, (part + 1) * TRACES_A_PART);
        return ids.filter((id) => !whole.has(id) || !found.has(id)).length;
      }),
      counted: await damageCounted(metrics),
    };
  } finally {
    await storage.close();
    await rm(copy, { recursive: true });
  }
}

async function damageCounted(metrics: Registry): Promise<number> {
  const text = await metrics.metrics();
  const values = DAMAGE.map((name) =>
    Number(new RegExp(`^jaeger_storage_embedded_${name} (\\d+)$`, 'm').exec(text)?.[1]),
  );
  return values.reduce((sum, value) => sum + value, 0);
}

it(
  'loses one record or what is on one page to a flipped byte anywhere, counts it, and opens',
  async () => {
    const tally = { flips: 0, harmless: 0 };
    for (const [path, bytes] of files) {
      if (path === 'store.json') continue;
      const part = path.endsWith('.log') ? 2 : undefined;
      for (let at = 0; at < bytes.length; at += STEP) {
        const { lost, counted } = await openFlipped(path, at);
        const where = `${path} at ${at}: lost ${lost.join(', ')}, counted ${counted}`;
        const hit = lost.filter((count) => count > 0);
        tally.flips += 1;
        if (hit.length === 0) tally.harmless += 1;
        expect(hit.length, where).toBeLessThanOrEqual(1);
        if (hit.length > 0) expect(counted, where).toBeGreaterThan(0);
        if (part !== undefined) {
          expect(lost.slice(0, part), where).toEqual([0, 0]);
          expect(lost[part], where).toBeLessThanOrEqual(1);
        }
      }
    }
    process.stderr.write(
      `flipped bytes: ${tally.flips}, of which ${tally.harmless} lost nothing\n`,
    );
    expect(tally.flips).toBeGreaterThan(PARTS.length);
  },
  60_000 + 60_000_000 / STEP,
);

it('is refused by name when the byte is one of what the store says of itself', async () => {
  const { length = 0 } = files.get('store.json') ?? {};
  for (let at = 0; at < length; at++) {
    const opened = await openFlipped('store.json', at).catch((error: unknown) => String(error));
    if (typeof opened === 'string') expect(opened).toContain('store.json');
    else expect(opened.lost).toEqual([0, 0, 0]);
  }
});
