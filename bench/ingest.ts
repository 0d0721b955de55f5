import { mkdtemp, rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { bundled } from './bundled.ts';
import { ensureDataSetD } from './data-set-d.ts';
import type { DataSet } from './data-set-d.ts';
import { cpuSecondsOf, firstLine, memoryPeakOf, startPinned } from './pinned-process.ts';
import type { PinnedProcess } from './pinned-process.ts';

const SPANS = 200_000;
const ROUNDS = 3;
const CONNECTIONS = 8;
const MANY_CONNECTIONS = 100;
const SECONDS = 5;
const SERVER_CORE = 0;
const LOADER_CORE = 1;
/** As the image has it. */
const NODE_FLAGS = ['--max-semi-space-size=4'];

interface Measurement {
  readonly perSecond: number;
  /** NaN when the CPU time of the measured process is not known. */
  readonly perCpuSecond: number;
  readonly refused: number;
  /** Most memory resident, in megabytes; NaN when the process is not known. */
  readonly peakMB: number;
}

const USAGE = `usage: npm run bench -- ingest [options]

How many spans a second the collector takes on one core, beside protobufjs merely decoding the same
bytes on that core. Data set D; three rounds; medians; CPU time of the server alone.

  --seconds N       of each measurement, after the warm-up (${SECONDS})
  --connections N   of each loader (${CONNECTIONS})
  --only TEXT       rows whose name has the text, and the reference
  --peer-otlp URL   puts a running OTLP/HTTP server beside it
  --peer-pid PID    that server's process, for its CPU time and memory
  --help`;

const REFERENCE = 'protobufjs, decode only';

/** One table: each way in, before a sink that counts spans and forgets them. */
export async function benchIngest(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'peer-otlp': { type: 'string' },
      'peer-pid': { type: 'string' },
      seconds: { type: 'string', default: String(SECONDS) },
      connections: { type: 'string', default: String(CONNECTIONS) },
      only: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const data = await ensureDataSetD(SPANS, '.cache/bench');
  const load: Load = {
    data,
    collector: await bundled('bench/counting-collector.ts'),
    seconds: Number(values.seconds),
    connections: Number(values.connections),
  };
  const subjects = subjectsOf(load);
  const peer = values['peer-otlp'];
  if (peer !== undefined) {
    const pid = Number(values['peer-pid'] ?? Number.NaN);
    subjects.set(`peer ${peer}`, () =>
      measureEndpoint({ loader: HTTP_LOADER, url: peer, pid }, load),
    );
  }
  for (const name of subjects.keys()) {
    if (name !== REFERENCE && !name.includes(values.only)) subjects.delete(name);
  }
  printTable(await runRounds(subjects));
}

type Subjects = Map<string, () => Promise<Measurement>>;

interface Load {
  readonly data: DataSet;
  /** The program that is measured. */
  readonly collector: string;
  readonly seconds: number;
  readonly connections: number;
}

function subjectsOf(load: Load): Subjects {
  const many = { ...load, connections: MANY_CONNECTIONS };
  return new Map([
    [REFERENCE, () => measureDecoder(load)],
    ['OTLP/HTTP, counted', () => measureCollector(HTTP, load)],
    ['OTLP/gRPC, counted', () => measureCollector(GRPC, load)],
    ['Zipkin v2 JSON, counted', () => measureCollector(ZIPKIN, load)],
    ['OTLP/HTTP, spool with fdatasync', () => measureSpooling(load)],
    [`OTLP/HTTP, counted, ${MANY_CONNECTIONS} connections`, () => measureCollector(HTTP, many)],
  ]);
}

async function runRounds(
  subjects: ReadonlyMap<string, () => Promise<Measurement>>,
): Promise<ReadonlyMap<string, readonly Measurement[]>> {
  const results = new Map<string, Measurement[]>([...subjects.keys()].map((name) => [name, []]));
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [name, measure] of subjects) {
      const result = await measure();
      results.get(name)?.push(result);
      console.log(`round ${round}  ${name}: ${JSON.stringify(result)}`);
    }
  }
  return results;
}

/** Waits for the warm-up, then for the result, with the CPU time of `cpu` in between. */
async function measure(
  worker: PinnedProcess,
  { cpu, pid = Number.NaN }: { readonly cpu: () => number; readonly pid: number | undefined },
): Promise<Measurement> {
  const result = await (async () => {
    await firstLine(worker, (line) => (line === 'measuring' ? true : undefined));
    const before = cpu();
    const text = await firstLine(worker, (line) => (line.startsWith('{') ? line : undefined));
    return { ...parseResult(text), cpuSeconds: cpu() - before };
  })();
  return {
    perSecond: Math.round(result.spans / result.seconds),
    perCpuSecond: Math.round(result.spans / result.cpuSeconds),
    refused: result.refused,
    peakMB: Number.isNaN(pid) ? Number.NaN : Math.round(memoryPeakOf(pid) / 1e6),
  };
}

function parseResult(text: string): { spans: number; refused: number; seconds: number } {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error(`not a result: ${text}`);
  const { spans, refused, seconds } = value as Record<string, unknown>;
  return { spans: Number(spans), refused: Number(refused), seconds: Number(seconds) };
}

async function measureDecoder({ data, seconds }: Load): Promise<Measurement> {
  const args = ['bench/protobufjs-decoder.ts', data.path, String(seconds)];
  const decoder = startPinned(SERVER_CORE, args);
  try {
    return await measure(decoder, { cpu: decoder.cpuSeconds, pid: decoder.child.pid });
  } finally {
    await decoder.stop();
  }
}

/** A way in: its address in the collector, and who loads it. */
interface WayIn {
  readonly address: string;
  readonly urlOf: (hostPort: string) => string;
  readonly loader: string;
}

const HTTP_LOADER = 'bench/http-loader.ts';
const HTTP: WayIn = {
  address: 'otlp http',
  urlOf: (hostPort) => `http://${hostPort}/v1/traces`,
  loader: HTTP_LOADER,
};
const ZIPKIN: WayIn = {
  address: 'zipkin http',
  urlOf: (hostPort) => `http://${hostPort}/api/v2/spans`,
  loader: HTTP_LOADER,
};
const GRPC: WayIn = {
  address: 'otlp grpc',
  urlOf: (hostPort) => `http://${hostPort}`,
  loader: 'bench/otlp-grpc-loader.ts',
};

const ANY_PORT = [
  'collector.grpc-server',
  'collector.http-server',
  'collector.otlp.grpc',
  'collector.otlp.http',
  'collector.zipkin',
  'admin.http',
  'health.http',
].map((name) => `--${name}.host-port=127.0.0.1:0`);

async function measureCollector(
  { address, urlOf, loader }: WayIn,
  load: Load,
  flags: readonly string[] = [],
): Promise<Measurement> {
  const args = [...NODE_FLAGS, load.collector, ...ANY_PORT, ...flags];
  const server = startPinned(SERVER_CORE, args);
  try {
    const addresses = await firstLine(server, addressesIn);
    const url = urlOf(addresses.get(address) ?? '');
    const result = await measureEndpoint({ loader, url, pid: server.child.pid ?? 0 }, load);
    const received = await spansReceivedBy(addresses.get('admin') ?? '');
    if (received < result.perSecond * load.seconds) {
      throw new Error(`the collector has found only ${received} spans: ${JSON.stringify(result)}`);
    }
    return result;
  } finally {
    await server.stop();
  }
}

/** A loader only knows that its requests were answered well. */
async function spansReceivedBy(admin: string): Promise<number> {
  const text = await (await fetch(`http://${admin}/metrics`)).text();
  const values = text.matchAll(/^jaeger_collector_spans_received_total\{.*\} (\d+)$/gm);
  return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
}

async function measureSpooling(load: Load): Promise<Measurement> {
  const directory = await mkdtemp('.cache/bench/spool-');
  try {
    const flags = ['--collector.ack=disk', `--collector.spool.directory=${directory}`];
    return await measureCollector(HTTP, load, flags);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function addressesIn(line: string): ReadonlyMap<string, string> | undefined {
  if (!line.startsWith('{"addresses"')) return undefined;
  const { addresses } = JSON.parse(line) as { addresses: Record<string, string> };
  return new Map(Object.entries(addresses));
}

interface Endpoint {
  readonly loader: string;
  readonly url: string;
  /** NaN when not known. */
  readonly pid: number;
}

async function measureEndpoint(
  { loader, url, pid }: Endpoint,
  { data, seconds, connections }: Load,
): Promise<Measurement> {
  const args = [loader, url, data.path, String(connections), String(seconds)];
  const worker = startPinned(LOADER_CORE, args);
  try {
    const cpu = (): number => (Number.isNaN(pid) ? Number.NaN : cpuSecondsOf(pid));
    return await measure(worker, { cpu, pid });
  } finally {
    await worker.stop();
  }
}

function printTable(results: ReadonlyMap<string, readonly Measurement[]>): void {
  const medians = [...results].map(([name, rounds]) => ({
    name,
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    perCpuSecond: median(rounds.map(({ perCpuSecond }) => perCpuSecond)),
    peakMB: median(rounds.map(({ peakMB }) => peakMB)),
    refused: median(rounds.map(({ refused }) => refused)),
  }));
  const anchor = medians[0]?.perCpuSecond ?? Number.NaN;
  const rows = medians.map(({ name, perSecond, perCpuSecond, ...rest }) => ({
    'data set D': name,
    'spans/s': perSecond,
    'spans/CPU-s': perCpuSecond,
    ratio: Number((perCpuSecond / anchor).toFixed(2)),
    ...rest,
  }));
  console.log(`medians of ${ROUNDS} rounds; ratio = spans/CPU-s over the first row`);
  console.table(rows);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
