import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { buildBundle } from '../scripts/bundle.ts';
import { createMemoryCgroup, hasMemoryCgroups } from '../test/harness/memory-cgroup.ts';
import type { MemoryCgroup } from '../test/harness/memory-cgroup.ts';
import { ensureDataSetD } from './data-set-d.ts';
import { firstLine, memoryOf, memoryPeakOf, startPinned } from './pinned-process.ts';
import { prepareUdpLoad, sendUdp, settledBooks, sumOf } from './udp-load.ts';

const BUNDLE = '.cache/bench/dist';
const AGENT_CORE = 0;
/** What the operator gives an agent. */
const NODE_FLAGS = ['--max-old-space-size-percentage=50', '--max-semi-space-size=2'];
/** As the image has it, and the operator adds to it. */
const ENVIRONMENT = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_ARENA_MAX: '1' };
/** Nothing listens there. */
const NO_COLLECTOR = '127.0.0.1:1';
/** Of the container, where the system lets this user make one. */
const LIMIT_BYTES = 128 * 2 ** 20;
/** Between two looks at the memory of a long run. */
const LOOK_MS = 60_000;
const RATES = '10000,100000,200000';
/** Beside clients that send large OTLP/HTTP bodies. */
const MIXED_RATE = 25_000;
const CLIENTS = 12;
/** Close to the agent's own limit. */
const BODY_BYTES = 3_700_000;
const DATA_SPANS = 20_000;
const BODIES_ALONE_MS = 2000;
const LOADER_CORE = 1;

const USAGE = `usage: npm run bench -- agent [options]

How much memory the agent takes while no collector answers, at 10,000 to 200,000 UDP packets a second, and
at ${MIXED_RATE} beside ${CLIENTS} clients that send OTLP/HTTP bodies of ${BODY_BYTES / 1e6} MB without a break, and whether its
books say of every span where it went. It is measured against its own books alone, and
runs under a limit of ${LIMIT_BYTES / 2 ** 20} MiB where this user may make memory cgroups (version 1).

  --seconds N   at each rate (10)
  --rates N,N   packets a second (${RATES})
  --clients N   that send large bodies; 0: none (${CLIENTS})
  --help`;

/**
 * How much memory the agent takes while no collector answers, at a usual rate and in a flood, and
 * whether its books say of every span where it went.
 */
export async function benchAgent(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '10' },
      rates: { type: 'string', default: RATES },
      clients: { type: 'string', default: String(CLIENTS) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  await prepareUdpLoad();
  await buildBundle(BUNDLE);
  const seconds = Number(values.seconds);
  const clients = Number(values.clients);
  await withAgent((agent) => flood(agent, values.rates.split(',').map(Number), seconds));
  if (clients > 0) await withAgent((agent) => floodBesideBodies(agent, clients, seconds));
}

interface Agent {
  readonly pid: number;
  readonly admin: number;
  readonly udp: number;
  readonly otlpHttp: number;
}

/** Runs one whose collectors are gone; shows its memory when idle, and its books at the end. */
async function withAgent(measure: (agent: Agent) => Promise<void>): Promise<void> {
  const limit = hasMemoryCgroups() ? createMemoryCgroup(LIMIT_BYTES) : undefined;
  const started = startPinned(AGENT_CORE, agentProgram(), ENVIRONMENT, limit?.wrap);
  try {
    const [admin, udp, otlpHttp] = await Promise.all([
      firstLine(started, portOf('admin')),
      firstLine(started, portOf('jaeger thrift compact')),
      firstLine(started, portOf('otlp http')),
    ]);
    const pid = started.child.pid ?? 0;
    console.log(`idle: at most ${megabytes(memoryPeakOf(pid))} MB`);
    await measure({ pid, admin, udp, otlpHttp });
    await printSpans(admin);
  } finally {
    await started.stop();
    if (limit !== undefined) endLimit(limit);
  }
}

function agentProgram(): readonly string[] {
  const anyPort = [
    'processor.jaeger-compact.server-host-port',
    'processor.jaeger-binary.server-host-port',
    'processor.zipkin-compact.server-host-port',
    'otlp.grpc.host-port',
    'otlp.http.host-port',
    'http-server.host-port',
    'admin.http.host-port',
    'health.http.host-port',
  ].map((flag) => `--${flag}=127.0.0.1:0`);
  return [
    ...NODE_FLAGS,
    `${BUNDLE}/jaegerctl.js`,
    'agent-sidecar',
    ...anyPort,
    `--reporter.grpc.host-port=${NO_COLLECTOR}`,
    '--reporter.drain-timeout=1s',
    '--log-format=json',
  ];
}

/** Each rate for so long, one after the other. */
async function flood(agent: Agent, rates: readonly number[], seconds: number): Promise<void> {
  let packets = 0;
  for (const rate of rates) {
    const stopLooking = lookAtMemory(agent.pid);
    const sent = await sendUdp(agent.udp, rate, seconds).finally(stopLooking);
    packets += sent.packets;
    await printPackets(agent, { ...sent, inAll: packets, what: 'packets/s' });
  }
}

/** The queue is filled by the large bodies first: packets would leave them no room. */
async function floodBesideBodies(agent: Agent, clients: number, seconds: number): Promise<void> {
  const stopLooking = lookAtMemory(agent.pid);
  const packetsAfter = async (): ReturnType<typeof sendUdp> => {
    await sleep(BODIES_ALONE_MS);
    return sendUdp(agent.udp, MIXED_RATE, seconds);
  };
  const sending = [packetsAfter(), sendLargeBodies(agent.otlpHttp, clients, seconds)] as const;
  const [sent] = await Promise.all(sending).finally(stopLooking);
  const what = `packets/s and ${clients} clients with large bodies`;
  await printPackets(agent, { ...sent, inAll: sent.packets, what });
}

interface SentPackets {
  readonly packets: number;
  readonly seconds: number;
  /** With those of before. */
  readonly inAll: number;
  readonly what: string;
}

async function printPackets({ pid, admin }: Agent, sent: SentPackets): Promise<void> {
  const { packets, seconds, inAll, what } = sent;
  const books = await settledBooks(admin, inAll);
  const peak = megabytes(memoryPeakOf(pid));
  console.log(`${Math.round(packets / seconds)} ${what}, collector gone: at most ${peak} MB`);
  console.log(
    `  packets ${inAll} = processed ${books.processed} + kernel ${books.kernel}` +
      ` + queue and refused ${books.queue}`,
  );
}

/** From the core that the sender of packets has. */
async function sendLargeBodies(port: number, clients: number, seconds: number): Promise<void> {
  const data = await ensureDataSetD(DATA_SPANS, '.cache/bench');
  const url = `http://127.0.0.1:${port}/v1/traces`;
  const numbers = [clients, BODY_BYTES, seconds].map(String);
  const args = ['bench/large-bodies.ts', url, data.path, ...numbers];
  const command = ['taskset', '-c', String(LOADER_CORE), process.execPath, ...args];
  const [program = '', ...rest] = process.platform === 'linux' ? command : command.slice(3);
  const { stdout } = await promisify(execFile)(program, rest);
  console.log(`  bodies: ${stdout.trim()}`);
}

/** Prints now and then what memory the process has; returns how to stop. */
function lookAtMemory(pid: number): () => void {
  const started = performance.now();
  const look = setInterval(() => {
    const seconds = Math.round((performance.now() - started) / 1000);
    const [now, peak] = [megabytes(memoryOf(pid)), megabytes(memoryPeakOf(pid))];
    console.log(`  ${seconds} s: ${now} MB, at most ${peak} MB`);
  }, LOOK_MS);
  return () => {
    clearInterval(look);
  };
}

function endLimit(limit: MemoryCgroup): void {
  const killed = limit.killed();
  limit.remove();
  if (killed > 0) throw new Error(`the kernel ended the agent: more than ${LIMIT_BYTES} bytes`);
}

/** The port in the log line that announces an address. */
function portOf(name: string): (line: string) => number | undefined {
  return (line) => {
    const port = new RegExp(`:(\\d+)","msg":"${name}"`).exec(line)?.[1];
    return port === undefined ? undefined : Number(port);
  };
}

/** Received = waiting + given up + refused, of the spans the agent could read. */
async function printSpans(adminPort: number): Promise<void> {
  const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
  const received = sumOf(text, 'jaeger_collector_spans_received_total', '');
  const refused = sumOf(text, 'jaeger_collector_spans_rejected_total', '');
  const waiting = sumOf(text, 'jaeger_agent_reporter_queue_spans', '');
  const dropped = sumOf(text, 'jaeger_agent_reporter_spans_failures_total', '');
  const missing = received - refused - waiting - dropped;
  console.log(
    `spans received ${received} = waiting ${waiting} + dropped ${dropped} + refused ${refused}; ` +
      `missing: ${missing}`,
  );
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
