import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildBundle } from '../scripts/bundle.ts';
import { ensureDataSetD } from './data-set-d.ts';
import type { DataSet } from './data-set-d.ts';
import { getText, measureQueries } from './engine-queries.ts';
import {
  BYTES_A_SPAN,
  MEMORY_MB,
  READY_MS,
  WRITE_RATIO,
  judgedTime,
  printQueries,
} from './engine-table.ts';
import type { Host } from './engine-table.ts';
import { imageEnvironment } from './image-environment.ts';
import { judged } from './judged.ts';
import {
  cpuSecondsOf,
  firstLine,
  mainThreadMsOf,
  memoryPeakOf,
  startPinned,
} from './pinned-process.ts';
import type { PinnedProcess } from './pinned-process.ts';

const USAGE = `usage: npm run bench -- engine [options]

The embedded storage in an all-in-one on one core, beside protobufjs merely decoding the same bytes on
that core: spans a CPU second from OTLP/HTTP to blocks on disk, bytes a span, memory, queries over
HTTP, and how soon it is ready again; each beside its gate and its aim. Times are judged as they would
be on the host that these were set on, by what protobufjs decodes here and there.

  --spans N           of data set D, such as 10M (1M)
  --connections N     of the loader (8)
  --writes-only       no queries, and no second start
  --folder PATH       of the storage, which stays there; one that has spans is asked, and not written to
  --peer-otlp URL     another OTLP/HTTP server that runs already, such as http://127.0.0.1:4318, which is
                      sent the same
  --peer-pid PID      its process, for CPU time and memory
  --peer-query URL    its query service with Jaeger's API, which is asked the same
  --help`;

const SERVER_CORE = 0;
const LOADER_CORE = 1;
const DECODER_SECONDS = 5;
/** The decoder holds its data in memory: a part of more is decoded again and again. */
const DECODER_SPANS_MAX = 1_000_000;
const HEAD_SPANS = 'jaeger_storage_embedded_head_spans';
/** A head that is not full yet stays in the log. */
const HEAD_SPANS_MAX = 70_000;

export async function benchEngine(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      spans: { type: 'string', default: '1M' },
      connections: { type: 'string', default: '8' },
      'writes-only': { type: 'boolean', default: false },
      folder: { type: 'string' },
      'peer-otlp': { type: 'string' },
      'peer-pid': { type: 'string' },
      'peer-query': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const spans = Number(values.spans.replace(/M$/i, '000000'));
  const data: MeasuredData = {
    ...(await ensureDataSetD(spans, '.cache/bench')),
    decoded: await ensureDataSetD(Math.min(spans, DECODER_SPANS_MAX), '.cache/bench'),
    connections: values.connections,
  };
  await buildBundle('.cache/bench/engine');
  if (values.folder === undefined) await measureAfresh(data, values['writes-only']);
  else await measureIn(values.folder, data, values['writes-only']);
  await measurePeer(data, {
    otlp: values['peer-otlp'],
    query: values['peer-query'],
    pid: Number(values['peer-pid']),
  });
}

interface MeasuredData extends DataSet {
  /** What the reference decodes. */
  readonly decoded: DataSet;
  /** Of the loader. */
  readonly connections: string;
}

async function measureAfresh(data: MeasuredData, isWritesOnly: boolean): Promise<void> {
  const folder = '.cache/bench/engine-data';
  await rm(folder, { recursive: true, force: true });
  try {
    await measureIn(folder, data, isWritesOnly);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureIn(folder: string, data: MeasuredData, isWritesOnly: boolean): Promise<void> {
  await mkdir(folder, { recursive: true });
  let decoded = await decodeRate(data.decoded);
  if ((await bytesBelow(folder)) === 0)
    decoded = await measureNew(folder, data, isWritesOnly, decoded);
  if (!isWritesOnly) await measureAgain(folder, { spans: data.spans, decodeRate: decoded });
}

/** Returns what protobufjs decodes, by what it did before and after. */
async function measureNew(
  folder: string,
  data: MeasuredData,
  isWritesOnly: boolean,
  decodedBefore: number,
): Promise<number> {
  const server = await startServer(folder);
  try {
    const decoded = await measureWrites(server, data, decodedBefore);
    const bytes = (await bytesBelow(folder)) / data.spans;
    say(`bytes a span on disk: ${judged(bytes, BYTES_A_SPAN, 1)}`);
    if (!isWritesOnly) await printAnswers(server, { spans: data.spans, decodeRate: decoded });
    return decoded;
  } finally {
    await server.process.stop();
  }
}

/** After a start with all that is stored. */
async function measureAgain(folder: string, host: Host): Promise<void> {
  const startedAt = performance.now();
  const again = await startServer(folder);
  const readyMs = performance.now() - startedAt;
  try {
    say(`start to ready, Node's own included: ${judgedTime(readyMs, READY_MS, host)}`);
    say(`from the log: ${again.opened}`);
    await printAnswers(again, host);
  } finally {
    await again.process.stop();
  }
}

async function printAnswers({ addresses, process: pinned }: Server, host: Host): Promise<void> {
  const cpuMs = (): number => mainThreadMsOf(pinned.child.pid);
  printQueries(await measureQueries({ base: addresses.get('ui') ?? '', cpuMs }), host);
}

function say(line: string): void {
  console.log(line);
}

function hostPort(name: string): string {
  return `--${name}.host-port=127.0.0.1:0`;
}

interface Server {
  readonly process: PinnedProcess;
  readonly addresses: ReadonlyMap<string, string>;
  /** What it said when the storage was open. */
  readonly opened: string;
}

async function startServer(folder: string): Promise<Server> {
  const ports = [
    ...['collector.grpc-server', 'collector.http-server', 'collector.zipkin'].map(hostPort),
    ...['collector.otlp.grpc', 'collector.otlp.http', 'admin.http', 'health.http'].map(hostPort),
    ...['http-server', 'query.http-server', 'query.grpc-server'].map(hostPort),
    ...['jaeger-compact', 'jaeger-binary', 'zipkin-compact'].map(
      (name) => `--processor.${name}.server-host-port=127.0.0.1:0`,
    ),
  ];
  const flags = [
    '--span-storage.type=embedded',
    `--embedded.directory=${folder}`,
    '--log-format=json',
  ];
  const program = '.cache/bench/engine/jaegerctl.js';
  const args = [program, 'all-in-one', ...ports, ...flags];
  const pinned = startPinned(SERVER_CORE, args, imageEnvironment());
  const addresses = new Map<string, string>();
  let opened = '';
  await firstLine(pinned, (line) => {
    const { msg, address } = JSON.parse(line) as { msg?: string; address?: string };
    if (address !== undefined && msg !== undefined)
      addresses.set(msg, address.replace('tcp:', 'http:'));
    if (msg?.startsWith('opened') === true) opened = msg;
    return msg === 'ready' ? true : undefined;
  });
  return { process: pinned, addresses, opened };
}

interface Loaded {
  readonly spans: number;
  readonly refusals: number;
  readonly seconds: number;
}

/** Sends the data set to an OTLP/HTTP server, each request until it is taken. */
async function load(url: string, { path, connections }: MeasuredData): Promise<Loaded> {
  const loader = startPinned(LOADER_CORE, ['bench/request-loader.ts', url, path, connections]);
  const text = await firstLine(loader, (line) => (line.startsWith('{') ? line : undefined));
  return JSON.parse(text) as Loaded;
}

async function measureWrites(
  { process: pinned, addresses }: Server,
  data: MeasuredData,
  decodedBefore: number,
): Promise<number> {
  const cpuBefore = pinned.cpuSeconds();
  const { spans, refusals, seconds } = await load(
    `${addresses.get('otlp http') ?? ''}/v1/traces`,
    data,
  );
  const admin = addresses.get('admin') ?? '';
  while ((await metricOf(admin, HEAD_SPANS)) > HEAD_SPANS_MAX) await sleep(200);
  await sleep(500);
  const left = await metricOf(admin, HEAD_SPANS);
  const shredCpu = await metricOf(admin, 'jaeger_storage_embedded_shred_cpu_seconds_total');
  const shredded = await metricOf(admin, 'jaeger_storage_embedded_shredded_spans_total');
  // What is left in the log is charged as if it had been made a block too.
  const cpu = pinned.cpuSeconds() - cpuBefore + (shredCpu / shredded) * left;
  const decoded = (decodedBefore + (await decodeRate(data.decoded))) / 2;
  const rate = spans / cpu;
  say(
    `written: ${(spans / seconds / 1000).toFixed(0)}k spans/s, ` +
      `${(rate / 1000).toFixed(0)}k spans/CPU-s (${refusals} refusals); ` +
      `of that, blocks ${(shredded / shredCpu / 1000).toFixed(0)}k spans/CPU-s`,
  );
  say(`protobufjs decodes ${(decoded / 1000).toFixed(0)}k spans/CPU-s`);
  say(`written against decoded: ${judged(rate / decoded, WRITE_RATIO, 2)}`);
  say(`peak memory, MB: ${judged(memoryPeakOf(pinned.child.pid ?? 0) / 1e6, MEMORY_MB)}`);
  return decoded;
}

interface Peer {
  readonly otlp: string | undefined;
  readonly query: string | undefined;
  /** NaN when it is not known. */
  readonly pid: number;
}

async function measurePeer(data: MeasuredData, { otlp, query, pid }: Peer): Promise<void> {
  if (otlp !== undefined) {
    const cpuBefore = cpuOfPeer(pid);
    const { spans, refusals, seconds } = await load(`${otlp}/v1/traces`, data);
    const rate = spans / (cpuOfPeer(pid) - cpuBefore);
    say(
      `peer: ${(spans / seconds / 1000).toFixed(0)}k spans/s, ` +
        `${(rate / 1000).toFixed(0)}k spans/CPU-s until its last answer (${refusals} refusals)`,
    );
    if (!Number.isNaN(pid)) say(`its peak memory: ${(memoryPeakOf(pid) / 1e6).toFixed(0)} MB`);
  }
  if (query !== undefined) printQueries(await measureQueries({ base: query }));
}

function cpuOfPeer(pid: number): number {
  return Number.isNaN(pid) ? Number.NaN : cpuSecondsOf(pid);
}

/** Spans a CPU second. */
async function decodeRate({ path }: DataSet): Promise<number> {
  const args = ['bench/protobufjs-decoder.ts', path, String(DECODER_SECONDS)];
  const decoder = startPinned(SERVER_CORE, args);
  try {
    await firstLine(decoder, (line) => (line === 'measuring' ? true : undefined));
    const before = decoder.cpuSeconds();
    const text = await firstLine(decoder, (line) => (line.startsWith('{') ? line : undefined));
    const { spans = 0 } = JSON.parse(text) as Record<string, number>;
    return spans / (decoder.cpuSeconds() - before);
  } finally {
    await decoder.stop();
  }
}

async function metricOf(admin: string, name: string): Promise<number> {
  const text = await getText(`${admin}/metrics`);
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}

async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  for (const path of await readdir(folder, { recursive: true })) {
    if (!path.endsWith('.block')) continue;
    bytes += (await stat(join(folder, path))).size;
  }
  return bytes;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
