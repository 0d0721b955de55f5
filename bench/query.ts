import { mkdir, rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { encodeSpans } from '../src/wire/otlp/encode-trace.ts';
import { sendOtlp, startAllInOne } from './all-in-one.ts';
import { ensureDataSetD, readRequests } from './data-set-d.ts';
import { measureQueries } from './engine-queries.ts';
import { printQueries } from './engine-table.ts';
import { measureLargeAnswers } from './large-answers.ts';
import { largeTrace } from './large-trace.ts';
import { readCount } from './read-count.ts';

const USAGE = `usage: npm run bench -- query [options]

The query service of an all-in-one on one core, over each storage: what Jaeger's UI asks about data set
D, and a large trace in each shape: first byte, whole, CPU time, how much memory it takes, and how long
others wait meanwhile.

  --spans N           of data set D (100k)
  --large N           spans of the large trace (100k)
  --runs N            of the large trace (10)
  --storage NAME      only over this one: memory or embedded
  --only-large        nothing about data set D
  --peer-otlp URL     another OTLP/HTTP server that runs already, which is sent the same
  --peer-query URL    its query service with Jaeger's API, which is asked the same
  --help`;

const SERVER_CORE = 0;
interface Sizes {
  readonly spans: number;
  readonly large: number;
  readonly runs: number;
  readonly onlyLarge: boolean;
}

const STORAGES = ['memory', 'embedded'];

export async function benchQuery(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      spans: { type: 'string', default: '100k' },
      large: { type: 'string', default: '100k' },
      runs: { type: 'string', default: '10' },
      storage: { type: 'string' },
      'only-large': { type: 'boolean', default: false },
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
    onlyLarge: values['only-large'],
  };
  const storages = values.storage === undefined ? STORAGES : [values.storage];
  for (const storage of storages) await measureStorage(storage, sizes);
  const { 'peer-otlp': otlp, 'peer-query': query } = values;
  if (otlp !== undefined) await load(otlp, sizes);
  if (query !== undefined) {
    console.log('peer');
    if (!sizes.onlyLarge) printQueries(await measureQueries({ base: query }));
    await measureLargeAnswers(query, sizes.runs, undefined);
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
    await measureLargeAnswers(query, sizes.runs, process);
    if (!sizes.onlyLarge) printQueries(await measureQueries({ base: query }));
  } finally {
    await process.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function load(otlp: string, { large, onlyLarge, spans }: Sizes): Promise<void> {
  if (!onlyLarge) {
    const data = await ensureDataSetD(spans, '.cache/bench');
    for (const request of await readRequests(data.path)) await sendOtlp(otlp, request);
  }
  for (const own of largeTrace(large)) await sendOtlp(otlp, encodeSpans(own));
}
