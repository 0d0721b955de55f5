/*
 * The blocks of the embedded engine on data set D: how fast are spans taken apart, how small do they
 * become, before and after a merge, and how fast are they found? Decoding with protobufjs alone runs
 * beside it, round by round. Run: node bench/engine-block.ts [spans]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TraceQuery } from '../src/model/trace-query.ts';
import { summarizeTrace } from '../src/model/trace-summary.ts';
import type { Block } from '../src/storage/embedded/block/block.ts';
import { openBlock } from '../src/storage/embedded/block/block.ts';
import { createBlockBuilder } from '../src/storage/embedded/block/block-builder.ts';
import { openBlockFile } from '../src/storage/embedded/block/block-file.ts';
import { byNewest } from '../src/storage/embedded/block/find-traces.ts';
import type { FoundTrace } from '../src/storage/embedded/block/find-traces.ts';
import { mergeBlocks } from '../src/storage/embedded/block/merge-blocks.ts';
import { PageCache } from '../src/storage/embedded/block/page-cache.ts';
import { scanSpans } from '../src/wire/otlp/scan-spans.ts';
import { aQuery } from '../test/harness/read-traces.ts';
import { protobufjsDecoder } from '../test/wire/otlp/otlp-proto.ts';
import { ensureDataSetD, readRequests } from './data-set-d.ts';

const SPANS = Number(process.argv[2] ?? 1_000_000);
const SPANS_A_BLOCK = 65_536;
const BLOCKS_A_MERGE = 8;
const ROUNDS = 3;
const CACHE_BYTES = 64 * 2 ** 20;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const data = await ensureDataSetD(SPANS, '.cache/bench');
const requests = await readRequests(data.path);
const folder = mkdtempSync(join(tmpdir(), 'engine-block-'));
const decode = protobufjsDecoder('TracesData');

/** Thousand spans a CPU second of one thread. */
function rate(spans: number, work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (spans / (user + system)) * 1000;
}

function writeBlocks(target: string | undefined): string[] {
  const paths: string[] = [];
  let builder = createBlockBuilder({ spansExpected: SPANS_A_BLOCK });
  const finish = (): void => {
    const { bytes } = builder.finish(1);
    if (target !== undefined) {
      const path = join(target, `${paths.length}.block`);
      writeFileSync(path, bytes);
      paths.push(path);
    }
    builder = createBlockBuilder({ spansExpected: SPANS_A_BLOCK });
  };
  for (const request of requests) {
    builder.add(request, scanSpans(request));
    if (builder.spanCount >= SPANS_A_BLOCK) finish();
  }
  if (builder.spanCount > 0) finish();
  return paths;
}

function open(paths: readonly string[], cache: PageCache): Block[] {
  return paths.map((path) => openBlock(openBlockFile(path), cache));
}

function mergeAll(paths: readonly string[]): string[] {
  const merged: string[] = [];
  for (let first = 0; first < paths.length; first += BLOCKS_A_MERGE) {
    const blocks = open(paths.slice(first, first + BLOCKS_A_MERGE), new PageCache(CACHE_BYTES));
    const merge = mergeBlocks(blocks);
    let step = merge.next();
    while (step.done !== true) step = merge.next();
    for (const block of blocks) block.close();
    const path = join(folder, `merged-${merged.length}.block`);
    writeFileSync(path, step.value.bytes);
    merged.push(path);
  }
  return merged;
}

/** Newest blocks first, until what is left is older than what was found. */
async function find(blocks: readonly Block[], query: TraceQuery): Promise<FoundTrace[]> {
  const newestFirst = [...blocks].sort((a, b) => (a.newestNano > b.newestNano ? -1 : 1));
  let found: FoundTrace[] = [];
  for (const block of newestFirst) {
    const floor = found.length < query.limit ? undefined : found.at(-1)?.startNano;
    if (floor !== undefined && block.newestNano < floor) break;
    const more = await block.find(query, floor === undefined ? {} : { notBeforeNano: floor });
    const best = new Map<string, FoundTrace>();
    for (const one of [...found, ...more].sort(byNewest)) {
      if (!best.has(one.traceId)) best.set(one.traceId, one);
    }
    found = [...best.values()].slice(0, query.limit);
  }
  return found;
}

function readTrace(blocks: readonly Block[], id: string): number {
  let bytes = 0;
  for (const block of blocks) for (const otlp of block.readTrace(id)) bytes += otlp.length;
  return bytes;
}

function summarize(blocks: readonly Block[], id: string): number {
  return summarizeTrace(
    id,
    blocks.flatMap((block) => block.summarySpans(id)),
  ).spanCount;
}

/** Median and slowest of some runs, in milliseconds; the first three are not counted. */
async function time(runs: number, run: (index: number) => unknown): Promise<string> {
  const times: number[] = [];
  for (let index = 0; index < runs + 3; index++) {
    const start = performance.now();
    await run(index);
    if (index >= 3) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const median = times[Math.floor(runs / 2)] ?? Number.NaN;
  return `p50 ${median.toFixed(2)} ms, worst ${(times.at(-1) ?? Number.NaN).toFixed(2)} ms`;
}

const tag = (key: string, value: string): Partial<TraceQuery> => ({ attributes: [{ key, value }] });
const service = { serviceName: 'cart-service' };
const queries: Record<string, Partial<TraceQuery>> = {
  service,
  '+ operation': { ...service, operationName: 'GET /api/v1/orders/{id}' },
  '+ duration': { ...service, durationMinNano: 80e6 },
  '+ common tag': { ...service, ...tag('http.response.status_code', '500') },
  '+ rare tag': { ...service, ...tag('customer.id', 'cust-123') },
  'rare tag alone': tag('url.path', '/api/v1/orders/77'),
  'tag without a hit': tag('customer.id', 'no such customer'),
  'number without a hit': tag('customer.id', 'cust-50001'),
  'limit 1500': { ...service, limit: 1500 },
};

async function measure(name: string, paths: readonly string[]): Promise<void> {
  const cache = new PageCache(CACHE_BYTES);
  const opened = await time(9, () => {
    for (const block of open(paths, new PageCache(0))) block.close();
  });
  const blocks = open(paths, cache);
  const bytes = blocks.reduce((sum, block) => sum + block.size, 0);
  const spans = blocks.reduce((sum, block) => sum + block.spanCount, 0);
  say(`${name}: ${blocks.length} blocks, ${(bytes / spans).toFixed(2)} B/span; open ${opened}`);
  for (const [what, overrides] of Object.entries(queries)) {
    const query = aQuery(overrides);
    const count = (await find(blocks, query)).length;
    const ids = await time(15, () => find(blocks, query));
    const full = await time(9, async () =>
      (await find(blocks, query)).map(({ traceId }) => readTrace(blocks, traceId)),
    );
    const sums = await time(9, async () =>
      (await find(blocks, query)).map(({ traceId }) => summarize(blocks, traceId)),
    );
    say(`  find ${what} (${count}): ids ${ids}; traces ${full}; summaries ${sums}`);
  }
  const known = await find(blocks, aQuery({ limit: 400, startTimeMaxNano: middle(blocks) }));
  const get = await time(200, (index) => readTrace(blocks, known[index]?.traceId ?? ''));
  say(`  get trace: ${get}`);
  const miss = await time(200, (index) => readTrace(blocks, String(index).padStart(32, 'a')));
  say(`  unknown id: ${miss}`);
  for (const block of blocks) block.close();
}

function middle(blocks: readonly Block[]): bigint {
  const [first] = blocks;
  return first === undefined ? 0n : (first.oldestNano + first.newestNano) / 2n;
}

try {
  mkdirSync(folder, { recursive: true });
  for (let round = 0; round < ROUNDS; round++) {
    const decoded = rate(SPANS, () => {
      for (const request of requests) decode(request);
    });
    const shredded = rate(SPANS, () => writeBlocks(undefined));
    const ratio = (shredded / decoded).toFixed(2);
    say(
      `round ${round}: protobufjs decodes ${decoded.toFixed(0)}k, ` +
        `scanned and in blocks ${shredded.toFixed(0)}k spans a CPU second: ${ratio}`,
    );
  }
  const paths = writeBlocks(folder);
  await measure('as written', paths);
  let merged: string[] = [];
  const mergeRate = rate(SPANS, () => {
    merged = mergeAll(paths);
  });
  say(`merge: ${mergeRate.toFixed(0)}k spans a CPU second`);
  await measure('merged', merged);
  say(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB, requests included`);
} finally {
  rmSync(folder, { recursive: true });
}
