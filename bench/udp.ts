import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { parseArgs, promisify } from 'node:util';
import { SPANS_PER_PACKET, jaegerPackets, writePackets } from './jaeger-packets.ts';
import { cpuSecondsOf, firstLine, memoryPeakOf, startPinned } from './pinned-process.ts';

const ROUNDS = 3;
const SERVER_CORE = 0;
const SENDER_CORE = 1;
const CACHE = '.cache/bench';
const PACKETS_FILE = `${CACHE}/jaeger-packets.bin`;
const SENDER = `${CACHE}/udp-sender`;
/** What a sender must reach of the rate it was asked for: below, the bench says nothing. */
const RATE_TOLERANCE = 0.9;

interface Round {
  readonly packetsPerSecond: number;
  /** Shares of the packets sent. */
  readonly lostInKernel: number;
  readonly lostInQueue: number;
  readonly cpuSecondsPerSecond: number;
  readonly spansPerCpuSecond: number;
  readonly peakMb: number;
}

interface Load {
  readonly name: string;
  readonly rate: number;
  readonly flags: readonly string[];
}

/**
 * How many of the UDP packets offered to one core get through decoding and the pipeline, at the rate
 * that is promised and at twice that; beside npm's thrift merely decoding the same packets.
 */
export async function benchUdp(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rate: { type: 'string', multiple: true, default: ['50000', '100000', '200000'] },
      seconds: { type: 'string', default: '5' },
      flag: { type: 'string', multiple: true, default: [] },
    },
  });
  const seconds = Number(values.seconds);
  const packets = jaegerPackets();
  await mkdir(CACHE, { recursive: true });
  await writePackets(PACKETS_FILE, packets);
  await promisify(execFile)('cc', ['-O2', '-o', SENDER, 'bench/udp-sender.c']);
  const bytes = packets.reduce((sum, { length }) => sum + length, 0) / packets.length;
  console.log(`packets of ${bytes.toFixed(0)} bytes and ${SPANS_PER_PACKET} spans`);

  const loads = values.rate.map((rate): Load => ({
    name: `${rate} packets/s`,
    rate: Number(rate),
    flags: values.flag,
  }));
  const rounds = new Map<string, Round[]>(loads.map(({ name }) => [name, []]));
  const reference: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    reference.push(await measureNpmThrift(seconds));
    for (const load of loads) {
      const result = await measureServer(load, seconds);
      rounds.get(load.name)?.push(result);
      console.log(`round ${round}  ${load.name}: ${JSON.stringify(result)}`);
    }
  }
  printTable(median(reference), rounds);
}

/** Spans a CPU second. */
async function measureNpmThrift(seconds: number): Promise<number> {
  const decoder = startPinned(SERVER_CORE, ['bench/npm-thrift-decoder.ts', String(seconds)]);
  const result = numbersOf(await firstLine(decoder, jsonLine));
  await decoder.stop();
  return numberOf(result, 'spans') / numberOf(result, 'cpuSeconds');
}

async function measureServer({ rate, flags }: Load, seconds: number): Promise<Round> {
  const server = startPinned(SERVER_CORE, ['bench/udp-server.ts', ...flags]);
  try {
    const ports = numbersOf(await firstLine(server, jsonLine));
    const pid = server.child.pid ?? 0;
    const udpPort = numberOf(ports, 'udp');
    const cpuBefore = cpuSecondsOf(pid);
    const sent = await send(udpPort, rate, seconds);
    const books = await settledBooks(numberOf(ports, 'admin'), sent.packets);
    const cpuSeconds = cpuSecondsOf(pid) - cpuBefore;
    return {
      packetsPerSecond: Math.round(sent.packets / sent.seconds),
      lostInKernel: books.kernel / sent.packets,
      lostInQueue: books.queue / sent.packets,
      cpuSecondsPerSecond: cpuSeconds / sent.seconds,
      spansPerCpuSecond: Math.round(books.spans / cpuSeconds),
      peakMb: memoryPeakOf(pid) / 1e6,
    };
  } finally {
    await server.stop();
  }
}

async function send(
  port: number,
  rate: number,
  seconds: number,
): Promise<{ readonly packets: number; readonly seconds: number }> {
  const args = [String(port), PACKETS_FILE, String(rate), String(seconds)];
  const command = ['taskset', '-c', String(SENDER_CORE), SENDER, ...args];
  const [program = '', ...rest] = process.platform === 'linux' ? command : command.slice(3);
  const { stdout } = await promisify(execFile)(program, rest);
  const result = numbersOf(stdout);
  const sent = { packets: numberOf(result, 'sent'), seconds: numberOf(result, 'seconds') };
  if (sent.packets / sent.seconds < RATE_TOLERANCE * rate) {
    throw new Error(`the sender reached ${sent.packets / sent.seconds} packets/s of ${rate}`);
  }
  return sent;
}

interface Books {
  readonly spans: number;
  readonly kernel: number;
  readonly queue: number;
}

/** The server's own books, once every packet is in them. */
async function settledBooks(adminPort: number, packets: number): Promise<Books> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
    const sum = (name: string, label = ''): number => sumOf(text, name, label);
    const dropped = 'jaeger_agent_thrift_udp_server_packets_dropped_total';
    const processed = sum('jaeger_agent_thrift_udp_server_packets_processed_total');
    const all = sum(dropped);
    const kernel = sum(dropped, 'reason="kernel"');
    if (processed + all >= packets) {
      const spans = sum('jaeger_collector_spans_accepted_total', 'transport="udp"');
      return { spans, kernel, queue: all - kernel };
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('packets are missing in the books of the server');
}

function sumOf(metrics: string, name: string, label: string): number {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith(name) && line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

function jsonLine(line: string): string | undefined {
  return line.startsWith('{') ? line : undefined;
}

function numbersOf(json: string): ReadonlyMap<string, unknown> {
  const value: unknown = JSON.parse(json);
  return new Map(Object.entries(Object(value) as Record<string, unknown>));
}

function numberOf(values: ReadonlyMap<string, unknown>, name: string): number {
  const value = values.get(name);
  if (typeof value !== 'number') throw new Error(`no ${name}`);
  return value;
}

function printTable(reference: number, results: ReadonlyMap<string, readonly Round[]>): void {
  const rows = [...results].map(([name, rounds]) => {
    const of = (key: keyof Round): number => median(rounds.map((round) => round[key]));
    return {
      offered: name,
      'lost %': percent(of('lostInKernel') + of('lostInQueue')),
      'in the kernel %': percent(of('lostInKernel')),
      'CPU s/s': Number(of('cpuSecondsPerSecond').toFixed(2)),
      'spans/CPU-s': of('spansPerCpuSecond'),
      'x npm thrift': Number((of('spansPerCpuSecond') / reference).toFixed(1)),
      'peak MB': Math.round(of('peakMb')),
    };
  });
  console.log(
    `medians of ${ROUNDS} rounds; npm thrift only decodes ${Math.round(reference)} spans/CPU-s`,
  );
  console.table(rows);
}

function percent(share: number): number {
  return Number((100 * share).toFixed(2));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
