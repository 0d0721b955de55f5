import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildBundle } from '../scripts/bundle.ts';
import { ensureDataSetD } from './data-set-d.ts';
import type { DataSet } from './data-set-d.ts';
import { firstLine, memoryPeakOf, startPinned } from './pinned-process.ts';
import type { PinnedProcess } from './pinned-process.ts';

const USAGE = `usage: npm run bench -- engine [options]

The embedded storage in an all-in-one on one core, beside protobufjs merely decoding the same bytes on
that core: spans a CPU second from OTLP/HTTP to blocks on disk, bytes a span, memory, queries over
HTTP, and how soon it is ready again.

  --spans N        of data set D (1000000)
  --connections N  of the loader (8)
  --help`;

const SERVER_CORE = 0;
const LOADER_CORE = 1;
const DECODER_SECONDS = 5;
const WARM_UPS = 3;
const HEAD_SPANS = 'jaeger_storage_embedded_head_spans';
/** A head that is not full yet stays in the log. */
const HEAD_SPANS_MAX = 70_000;

export async function benchEngine(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      spans: { type: 'string', default: '1000000' },
      connections: { type: 'string', default: '8' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const data = await ensureDataSetD(Number(values.spans), '.cache/bench');
  await buildBundle('.cache/bench/engine');
  const folder = '.cache/bench/engine-data';
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    await measure(data, folder, values.connections);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(data: DataSet, folder: string, connections: string): Promise<void> {
  const before = await decodeRate(data);
  const server = await startServer(folder);
  try {
    await measureWrites(server, data, connections, before);
    say(`bytes a span on disk: ${((await bytesBelow(folder)) / data.spans).toFixed(1)}`);
    await measureQueries(server);
  } finally {
    await server.process.stop();
  }
  const startedAt = performance.now();
  const again = await startServer(folder);
  console.log(
    `start to ready: ${(performance.now() - startedAt).toFixed(0)} ms, Node's own included`,
  );
  console.log(`from the log: ${again.opened}`);
  await measureQueries(again);
  await again.process.stop();
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
    ...['http-server', 'query.http-server'].map(hostPort),
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
  const pinned = startPinned(SERVER_CORE, [program, 'all-in-one', ...ports, ...flags]);
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

async function measureWrites(
  { process: pinned, addresses }: Server,
  data: DataSet,
  connections: string,
  decodedBefore: number,
): Promise<void> {
  const cpuBefore = pinned.cpuSeconds();
  const url = `${addresses.get('otlp http') ?? ''}/v1/traces`;
  const loader = startPinned(LOADER_CORE, ['bench/request-loader.ts', url, data.path, connections]);
  const text = await firstLine(loader, (line) => (line.startsWith('{') ? line : undefined));
  const { spans, refusals, seconds } = JSON.parse(text) as Record<string, number>;
  const admin = addresses.get('admin') ?? '';
  while ((await metricOf(admin, HEAD_SPANS)) > HEAD_SPANS_MAX) await sleep(200);
  await sleep(500);
  const left = await metricOf(admin, HEAD_SPANS);
  const shredCpu = await metricOf(admin, 'jaeger_storage_embedded_shred_cpu_seconds_total');
  const shredded = await metricOf(admin, 'jaeger_storage_embedded_shredded_spans_total');
  // What is left in the log is charged as if it had been made a block too.
  const cpu = pinned.cpuSeconds() - cpuBefore + (shredCpu / shredded) * left;
  const decoded = (decodedBefore + (await decodeRate(data))) / 2;
  const rate = (spans ?? 0) / cpu;
  say(
    `written: ${((spans ?? 0) / (seconds ?? 1) / 1000).toFixed(0)}k spans/s, ` +
      `${(rate / 1000).toFixed(0)}k spans/CPU-s (${refusals ?? 0} refusals); ` +
      `of that, blocks ${(shredded / shredCpu / 1000).toFixed(0)}k spans/CPU-s`,
  );
  say(
    `protobufjs decodes ${(decoded / 1000).toFixed(0)}k spans/CPU-s: ratio ${(rate / decoded).toFixed(2)}`,
  );
  say(`peak memory: ${(memoryPeakOf(pinned.child.pid ?? 0) / 1e6).toFixed(0)} MB`);
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

async function measureQueries({ addresses }: Server): Promise<void> {
  const base = addresses.get('ui') ?? '';
  const found = await search(base, 'service=cart-service&limit=200');
  const ids = found.map(({ traceID }) => traceID);
  await time('get trace', 100, (run) => get(`${base}/api/traces/${ids[run % ids.length] ?? ''}`));
  await time('unknown id', 100, (run) =>
    get(`${base}/api/traces/${(run + 1).toString(16).padStart(32, 'f')}`),
  );
  const tags = (value: Record<string, string>): string => encodeURIComponent(JSON.stringify(value));
  const searches: Record<string, string> = {
    'find service': 'service=cart-service&limit=20',
    '+ duration': 'service=cart-service&limit=20&minDuration=80ms',
    '+ common tag': `service=cart-service&limit=20&tags=${tags({ 'http.response.status_code': '500' })}`,
    '+ tag without a hit': `service=cart-service&limit=20&tags=${tags({ 'customer.id': 'nobody' })}`,
    'limit 1500': 'service=cart-service&limit=1500',
  };
  for (const [name, query] of Object.entries(searches)) {
    const count = (await search(base, query)).length;
    await time(`${name} (${count})`, name === 'limit 1500' ? 5 : 15, () => search(base, query));
  }
  await time('services', 30, () => get(`${base}/api/services`));
  await time('operations', 30, () => get(`${base}/api/services/cart-service/operations`));
  const day = 24 * 3_600_000;
  const links = `${base}/api/dependencies?endTs=${Date.now() + day}&lookback=${20_000 * day}`;
  const startedAt = performance.now();
  await get(links);
  say(`  dependencies, first time: ${(performance.now() - startedAt).toFixed(0)} ms`);
  await time('dependencies', 10, () => get(links));
}

async function search(base: string, query: string): Promise<readonly { traceID: string }[]> {
  const everything = `start=0&end=${Date.now()}000`;
  const { data } = JSON.parse(await get(`${base}/api/traces?${everything}&${query}`)) as {
    data: { traceID: string }[] | null;
  };
  return data ?? [];
}

async function get(url: string): Promise<string> {
  return (await fetch(url)).text();
}

async function time(
  name: string,
  runs: number,
  run: (run: number) => Promise<unknown>,
): Promise<void> {
  const times: number[] = [];
  for (let index = 0; index < runs + WARM_UPS; index++) {
    const startedAt = performance.now();
    await run(index);
    if (index >= WARM_UPS) times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  const middle = times[Math.floor(times.length / 2)] ?? Number.NaN;
  say(
    `  ${name}: p50 ${middle.toFixed(2)} ms, worst ${(times.at(-1) ?? Number.NaN).toFixed(2)} ms`,
  );
}

async function metricOf(admin: string, name: string): Promise<number> {
  const text = await get(`${admin}/metrics`);
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
