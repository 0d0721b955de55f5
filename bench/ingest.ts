import { parseArgs } from 'node:util';
import { ensureDataSetD } from './data-set-d.ts';
import type { DataSet } from './data-set-d.ts';
import { cpuSecondsOf, firstLine, startPinned } from './pinned-process.ts';
import type { PinnedProcess } from './pinned-process.ts';

const SPANS = 200_000;
const ROUNDS = 3;
const CONNECTIONS = 8;
const SECONDS = 5;
const SERVER_CORE = 0;
const LOADER_CORE = 1;

interface Measurement {
  readonly perSecond: number;
  /** NaN when the CPU time of the measured process is not known. */
  readonly perCpuSecond: number;
  readonly refused: number;
}

/**
 * How many spans a second a collector with memory storage takes over OTLP/HTTP on one core, beside
 * protobufjs merely decoding the same bytes on that core.
 */
export async function benchIngest(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'peer-otlp': { type: 'string' },
      'peer-pid': { type: 'string' },
      seconds: { type: 'string', default: String(SECONDS) },
    },
  });
  const data = await ensureDataSetD(SPANS, '.cache/bench');
  const seconds = Number(values.seconds);
  const peer = values['peer-otlp'];
  const peerPid = Number(values['peer-pid'] ?? Number.NaN);
  const subjects = new Map<string, () => Promise<Measurement>>([
    ['protobufjs, decode only', () => measureDecoder(data, seconds)],
    ['collector, memory storage', () => measureCollector(data, seconds)],
  ]);
  if (peer !== undefined) {
    subjects.set(`peer ${peer}`, () => measureEndpoint({ url: peer, pid: peerPid, data, seconds }));
  }
  const results = new Map<string, Measurement[]>([...subjects.keys()].map((name) => [name, []]));
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [name, measure] of subjects) {
      const result = await measure();
      results.get(name)?.push(result);
      console.log(`round ${round}  ${name}: ${JSON.stringify(result)}`);
    }
  }
  printTable(results);
}

/** Waits for the warm-up, then for the result, with the CPU time of `cpu` in between. */
async function measure(worker: PinnedProcess, cpu: () => number): Promise<Measurement> {
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
  };
}

function parseResult(text: string): { spans: number; refused: number; seconds: number } {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error(`not a result: ${text}`);
  const { spans, refused, seconds } = value as Record<string, unknown>;
  return { spans: Number(spans), refused: Number(refused), seconds: Number(seconds) };
}

async function measureDecoder(data: DataSet, seconds: number): Promise<Measurement> {
  const args = ['bench/protobufjs-decoder.ts', data.path, String(seconds)];
  const decoder = startPinned(SERVER_CORE, args);
  try {
    return await measure(decoder, decoder.cpuSeconds);
  } finally {
    await decoder.stop();
  }
}

async function measureCollector(data: DataSet, seconds: number): Promise<Measurement> {
  const anyPort = [
    'collector.http-server',
    'collector.zipkin',
    'collector.otlp.grpc',
    'collector.otlp.http',
    'admin.http',
    'health.http',
  ];
  const flags = anyPort.map((name) => `--${name}.host-port=:0`);
  const server = startPinned(SERVER_CORE, [
    'src/main.ts',
    'collector',
    ...flags,
    '--log-format=json',
  ]);
  try {
    const url = await firstLine(server, otlpHttpUrl);
    return await measureEndpoint({ url, pid: server.child.pid ?? 0, data, seconds });
  } finally {
    await server.stop();
  }
}

/** The address in the log line that announces OTLP/HTTP. */
function otlpHttpUrl(line: string): string | undefined {
  const match = /"address":"tcp:\/\/([^"]+)","msg":"otlp http"/.exec(line);
  return match === null ? undefined : `http://${match[1] ?? ''}/v1/traces`;
}

async function measureEndpoint(target: {
  readonly url: string;
  readonly pid: number;
  readonly data: DataSet;
  readonly seconds: number;
}): Promise<Measurement> {
  const { url, pid, data, seconds } = target;
  const args = [url, data.path, String(CONNECTIONS), String(seconds)];
  const loader = startPinned(LOADER_CORE, ['bench/otlp-loader.ts', ...args]);
  try {
    return await measure(loader, () => (Number.isNaN(pid) ? Number.NaN : cpuSecondsOf(pid)));
  } finally {
    await loader.stop();
  }
}

function printTable(results: ReadonlyMap<string, readonly Measurement[]>): void {
  const medians = [...results].map(([name, rounds]) => ({
    name,
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    perCpuSecond: median(rounds.map(({ perCpuSecond }) => perCpuSecond)),
  }));
  const anchor = medians[0]?.perCpuSecond ?? Number.NaN;
  const rows = medians.map(({ name, perSecond, perCpuSecond }) => ({
    'data set D, OTLP/HTTP': name,
    'spans/s': perSecond,
    'spans/CPU-s': perCpuSecond,
    ratio: Number((perCpuSecond / anchor).toFixed(2)),
  }));
  console.log(`medians of ${ROUNDS} rounds; ratio = spans/CPU-s over the first row`);
  console.table(rows);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
