import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { jaegerPackets, writePackets } from './jaeger-packets.ts';

const SENDER_CORE = 1;
const CACHE = '.cache/bench';
const PACKETS_FILE = `${CACHE}/jaeger-packets.bin`;
const SENDER = `${CACHE}/udp-sender`;

/** Writes the packets and compiles the sender; says how large a packet is. */
export async function prepareUdpLoad(): Promise<{ readonly packetBytes: number }> {
  const packets = jaegerPackets();
  await mkdir(CACHE, { recursive: true });
  await writePackets(PACKETS_FILE, packets);
  await promisify(execFile)('cc', ['-O2', '-o', SENDER, 'bench/udp-sender.c']);
  const bytes = packets.reduce((sum, { length }) => sum + length, 0);
  return { packetBytes: Math.round(bytes / packets.length) };
}

/** Sends packets at a steady rate, or at what it reaches, from a core of its own. */
export async function sendUdp(
  port: number,
  rate: number,
  seconds: number,
): Promise<{ readonly packets: number; readonly seconds: number }> {
  const args = [String(port), PACKETS_FILE, String(rate), String(seconds)];
  const command = ['taskset', '-c', String(SENDER_CORE), SENDER, ...args];
  const [program = '', ...rest] = process.platform === 'linux' ? command : command.slice(3);
  const { stdout } = await promisify(execFile)(program, rest);
  const result = numbersOf(stdout);
  return { packets: numberOf(result, 'sent'), seconds: numberOf(result, 'seconds') };
}

/** What a server says became of packets. */
export interface UdpBooks {
  readonly spans: number;
  readonly processed: number;
  readonly kernel: number;
  readonly queue: number;
}

/** The server's own books, once every packet is in them. */
export async function settledBooks(adminPort: number, packets: number): Promise<UdpBooks> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
    const sum = (name: string, label = ''): number => sumOf(text, name, label);
    const dropped = 'jaeger_agent_thrift_udp_server_packets_dropped_total';
    const processed = sum('jaeger_agent_thrift_udp_server_packets_processed_total');
    const all = sum(dropped);
    const kernel = sum(dropped, 'reason="kernel"');
    if (processed + all >= packets) {
      const spans = sum('jaeger_collector_spans_accepted_total', 'transport="udp"');
      return { spans, processed, kernel, queue: all - kernel };
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('packets are missing in the books of the server');
}

export function sumOf(metrics: string, name: string, label: string): number {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith(name) && line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

export function jsonLine(line: string): string | undefined {
  return line.startsWith('{') ? line : undefined;
}

export function numbersOf(json: string): ReadonlyMap<string, unknown> {
  const value: unknown = JSON.parse(json);
  return new Map(Object.entries(Object(value) as Record<string, unknown>));
}

export function numberOf(values: ReadonlyMap<string, unknown>, name: string): number {
  const value = values.get(name);
  if (typeof value !== 'number') throw new Error(`no ${name}`);
  return value;
}
