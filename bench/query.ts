import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { parseArgs } from 'node:util';
import { encodeSpans } from '../src/wire/otlp/encode-trace.ts';
import { sendOtlp, startAllInOne } from './all-in-one.ts';
import { ensureDataSetD, readRequests } from './data-set-d.ts';
import { measureQueries } from './engine-queries.ts';
import { largeTrace, LARGE_TRACE_ID } from './large-trace.ts';
import { memoryPeakOf } from './pinned-process.ts';
import type { PinnedProcess } from './pinned-process.ts';
import { readCount } from './read-count.ts';

const USAGE = `usage: npm run bench -- query [options]

The query service of an all-in-one on one core, over each storage: what Jaeger's UI asks about data set
D, and a large trace: first byte, whole, CPU time, and how much memory it takes.

  --spans N           of data set D (100k)
  --large N           spans of the large trace (100k)
  --runs N            of the large trace (10)
  --peer-otlp URL     another OTLP/HTTP server that runs already, which is sent the same
  --peer-query URL    its query service with Jaeger's API, which is asked the same
  --help`;

const SERVER_CORE = 0;
interface Sizes {
  readonly spans: number;
  readonly large: number;
  readonly runs: number;
}

export async function benchQuery(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      spans: { type: 'string', default: '100k' },
      large: { type: 'string', default: '100k' },
      runs: { type: 'string', default: '10' },
      'peer-otlp': { type: 'string' },
      'peer-query': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const sizes = {
    spans: readCount(values.spans),
    large: readCount(values.large),
    runs: readCount(values.runs),
  };
  for (const storage of ['memory', 'embedded']) await measureStorage(storage, sizes);
  const { 'peer-otlp': otlp, 'peer-query': query } = values;
  if (otlp !== undefined) await load(otlp, sizes);
  if (query !== undefined) {
    console.log('peer');
    await measureQueries(query);
    await measureLargeTrace(query, sizes, undefined);
  }
}

async function measureStorage(storage: string, sizes: Sizes): Promise<void> {
  const folder = '.cache/bench/query-data';
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { otlp, process, query } = await startAllInOne(SERVER_CORE, [
    `--span-storage.type=${storage}`,
    `--embedded.directory=${folder}`,
  ]);
  try {
    await load(otlp, sizes);
    console.log(storage);
    // First, so that the peak of memory is that of the large trace.
    await measureLargeTrace(query, sizes, process);
    await measureQueries(query);
  } finally {
    await process.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function load(otlp: string, { large, spans }: Sizes): Promise<void> {
  const data = await ensureDataSetD(spans, '.cache/bench');
  for (const request of await readRequests(data.path)) await sendOtlp(otlp, request);
  for (const own of largeTrace(large)) await sendOtlp(otlp, encodeSpans(own));
}

async function measureLargeTrace(
  base: string,
  { large, runs }: Sizes,
  server: PinnedProcess | undefined,
): Promise<void> {
  const peak = (): number => memoryPeakOf(server?.child.pid ?? 0);
  const before = server === undefined ? Number.NaN : peak();
  const results: LargeAnswer[] = [];
  for (let run = 0; run < runs; run++) {
    const cpuBefore = server?.cpuSeconds() ?? Number.NaN;
    const answer = await readWhole(`${base}/api/traces/${LARGE_TRACE_ID}`);
    const cpuSeconds = (server?.cpuSeconds() ?? Number.NaN) - cpuBefore;
    results.push({ ...answer, cpuSeconds });
  }
  const middle = (of: (answer: LargeAnswer) => number): number =>
    results.map(of).toSorted((a, b) => a - b)[results.length >> 1] ?? Number.NaN;
  const more = server === undefined ? Number.NaN : (peak() - before) / 1e6;
  console.log(
    `  trace of ${large} spans (${(middle(({ bytes }) => bytes) / 1e6).toFixed(0)} MB): ` +
      `first byte ${middle(({ firstMs }) => firstMs).toFixed(0)} ms, ` +
      `whole ${middle(({ wholeMs }) => wholeMs).toFixed(0)} ms, ` +
      `CPU ${middle(({ cpuSeconds }) => cpuSeconds).toFixed(2)} s, ` +
      `peak memory ${more.toFixed(0)} MB higher`,
  );
}

interface LargeAnswer {
  readonly firstMs: number;
  readonly wholeMs: number;
  readonly bytes: number;
  readonly cpuSeconds: number;
}

async function readWhole(url: string): Promise<Omit<LargeAnswer, 'cpuSeconds'>> {
  const startedAt = performance.now();
  const asked = get(url);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let firstMs = 0;
  let bytes = 0;
  response.on('data', (piece: Buffer) => {
    if (bytes === 0) firstMs = performance.now() - startedAt;
    bytes += piece.length;
  });
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`${url} answers ${response.statusCode ?? 0}`);
  return { firstMs, wholeMs: performance.now() - startedAt, bytes };
}
