import { parseArgs } from 'node:util';
import { buildBundle } from '../scripts/bundle.ts';
import { createMemoryCgroup, hasMemoryCgroups } from '../test/harness/memory-cgroup.ts';
import type { MemoryCgroup } from '../test/harness/memory-cgroup.ts';
import { firstLine, memoryOf, memoryPeakOf, startPinned } from './pinned-process.ts';
import type { PinnedProcess } from './pinned-process.ts';
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

const USAGE = `usage: npm run bench -- agent [options]

How much memory the agent takes while no collector answers, at 10,000 to 200,000 UDP packets a second,
and whether its books say of every span where it went. It is measured against its own books alone, and
runs under a limit of ${LIMIT_BYTES / 2 ** 20} MiB where this user may make memory cgroups (version 1).

  --seconds N   at each rate (10)
  --rates N,N   packets a second (${RATES})
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
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  await prepareUdpLoad();
  await buildBundle(BUNDLE);
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
  const program = [
    ...NODE_FLAGS,
    `${BUNDLE}/jaegerctl.js`,
    'agent-sidecar',
    ...anyPort,
    `--reporter.grpc.host-port=${NO_COLLECTOR}`,
    '--reporter.drain-timeout=1s',
    '--log-format=json',
  ];
  const limit = hasMemoryCgroups() ? createMemoryCgroup(LIMIT_BYTES) : undefined;
  const agent = startPinned(AGENT_CORE, program, ENVIRONMENT, limit?.wrap);
  try {
    await flood(agent, values.rates.split(',').map(Number), Number(values.seconds));
  } finally {
    await agent.stop();
    if (limit !== undefined) endLimit(limit);
  }
}

/** Each rate for so long, one after the other. */
async function flood(
  agent: PinnedProcess,
  rates: readonly number[],
  seconds: number,
): Promise<void> {
  const [admin, udp] = await Promise.all([
    firstLine(agent, portOf('admin')),
    firstLine(agent, portOf('jaeger thrift compact')),
  ]);
  const pid = agent.child.pid ?? 0;
  console.log(`idle: at most ${megabytes(memoryPeakOf(pid))} MB`);
  let packets = 0;
  for (const rate of rates) {
    const stopLooking = lookAtMemory(pid);
    const sent = await sendUdp(udp, rate, seconds).finally(stopLooking);
    packets += sent.packets;
    const books = await settledBooks(admin, packets);
    const peak = megabytes(memoryPeakOf(pid));
    const reached = Math.round(sent.packets / sent.seconds);
    console.log(`${reached} packets/s, collector gone: at most ${peak} MB`);
    console.log(
      `  packets ${packets} = processed ${books.processed} + kernel ${books.kernel}` +
        ` + queue and refused ${books.queue}`,
    );
  }
  await printSpans(admin);
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
