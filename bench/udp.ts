import { parseArgs } from 'node:util';
import { SPANS_PER_PACKET } from './jaeger-packets.ts';
import { cpuSecondsOf, firstLine, memoryPeakOf, startPinned } from './pinned-process.ts';
import {
  jsonLine,
  numberOf,
  numbersOf,
  prepareUdpLoad,
  sendUdp,
  settledBooks,
} from './udp-load.ts';
import type { UdpBooks } from './udp-load.ts';

const ROUNDS = 3;
const SERVER_CORE = 0;

const USAGE = `usage: npm run bench -- udp [options]

How many of the UDP packets offered to one core get through decoding and the pipeline, beside npm's
thrift merely decoding the same packets on that core. Three rounds; medians; CPU time of the server alone.

  --rate N          packets a second; may be given several times (50000, 100000, 200000)
  --seconds N       at each rate (5)
  --warm-up N       seconds at a quarter of the rate before that (3); 0: a server just started
  --flag NAME=TEXT  a setting of the UDP ports; may be given several times
  --help

There is no --peer-otlp: an OTLP server has no port for these packets, and where each one went is read
from the metrics of the agent. 'ingest' puts another server beside the collector.`;

interface Round {
  readonly packetsPerSecond: number;
  /** Shares of the packets sent. */
  readonly lostInKernel: number;
  readonly lostInQueue: number;
  readonly cpuSecondsPerSecond: number;
  readonly spansPerCpuSecond: number;
  /** Of packets that were not lost. */
  readonly cpuMicrosPerPacket: number;
  readonly peakMb: number;
}

interface Load {
  readonly name: string;
  readonly rate: number;
  readonly flags: readonly string[];
  readonly seconds: number;
  readonly warmUpSeconds: number;
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
      'warm-up': { type: 'string', default: '3' },
      flag: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const seconds = Number(values.seconds);
  const warmUpSeconds = Number(values['warm-up']);
  const { packetBytes } = await prepareUdpLoad();
  console.log(`packets of ${packetBytes} bytes and ${SPANS_PER_PACKET} spans`);

  const loads = values.rate.map((rate): Load => ({
    name: `${rate} packets/s`,
    rate: Number(rate),
    flags: values.flag,
    seconds,
    warmUpSeconds,
  }));
  const rounds = new Map<string, Round[]>(loads.map(({ name }) => [name, []]));
  const reference: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    reference.push(await measureNpmThrift(seconds));
    for (const load of loads) {
      const result = await measureServer(load);
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

async function measureServer({ flags, rate, seconds, warmUpSeconds }: Load): Promise<Round> {
  const server = startPinned(SERVER_CORE, ['bench/udp-server.ts', ...flags]);
  try {
    const ports = numbersOf(await firstLine(server, jsonLine));
    const pid = server.child.pid ?? 0;
    const udpPort = numberOf(ports, 'udp');
    const admin = numberOf(ports, 'admin');
    const warmUp = await sendUdp(udpPort, rate / 4, warmUpSeconds);
    const before = await settledBooks(admin, warmUp.packets);
    const cpuBefore = cpuSecondsOf(pid);
    const sent = await sendUdp(udpPort, rate, seconds);
    const after = await settledBooks(admin, warmUp.packets + sent.packets);
    const books = booksSince(before, after);
    const cpuSeconds = cpuSecondsOf(pid) - cpuBefore;
    return {
      packetsPerSecond: Math.round(sent.packets / sent.seconds),
      lostInKernel: books.kernel / sent.packets,
      lostInQueue: books.queue / sent.packets,
      cpuSecondsPerSecond: cpuSeconds / sent.seconds,
      spansPerCpuSecond: Math.round(books.spans / cpuSeconds),
      cpuMicrosPerPacket: (cpuSeconds * 1e6) / books.processed,
      peakMb: memoryPeakOf(pid) / 1e6,
    };
  } finally {
    await server.stop();
  }
}

function booksSince(before: UdpBooks, after: UdpBooks): UdpBooks {
  return {
    spans: after.spans - before.spans,
    processed: after.processed - before.processed,
    kernel: after.kernel - before.kernel,
    queue: after.queue - before.queue,
  };
}

function printTable(reference: number, results: ReadonlyMap<string, readonly Round[]>): void {
  const rows = [...results].map(([name, rounds]) => {
    const of = (key: keyof Round): number => median(rounds.map((round) => round[key]));
    return {
      asked: name,
      'sent/s': of('packetsPerSecond'),
      'lost %': percent(of('lostInKernel') + of('lostInQueue')),
      'in the kernel %': percent(of('lostInKernel')),
      'CPU s/s': Number(of('cpuSecondsPerSecond').toFixed(2)),
      'CPU µs/packet': Number(of('cpuMicrosPerPacket').toFixed(1)),
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
