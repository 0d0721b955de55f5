import { parseArgs } from 'node:util';
import { buildBundle } from '../scripts/bundle.ts';
import { firstLine, memoryPeakOf, startPinned } from './pinned-process.ts';
import { prepareUdpLoad, sendUdp, settledBooks, sumOf } from './udp-load.ts';

const BUNDLE = '.cache/bench/dist';
const AGENT_CORE = 0;
/** What the operator gives an agent. */
const NODE_FLAGS = ['--max-old-space-size-percentage=50', '--max-semi-space-size=2'];
/** As the image has it. */
const ENVIRONMENT = { MALLOC_MMAP_THRESHOLD_: '131072' };
/** Nothing listens there. */
const NO_COLLECTOR = '127.0.0.1:1';

const USAGE = `usage: npm run bench -- agent [options]

How much memory the agent takes while no collector answers, at 10,000 to 200,000 UDP packets a second,
and whether its books say of every span where it went. It is measured against its own books alone.

  --seconds N   at each rate (10)
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
  const agent = startPinned(AGENT_CORE, program, ENVIRONMENT);
  const pid = agent.child.pid ?? 0;
  try {
    const [admin, udp] = await Promise.all([
      firstLine(agent, portOf('admin')),
      firstLine(agent, portOf('jaeger thrift compact')),
    ]);
    console.log(`idle: at most ${megabytes(memoryPeakOf(pid))} MB`);
    let packets = 0;
    for (const rate of [10_000, 100_000, 200_000]) {
      const sent = await sendUdp(udp, rate, Number(values.seconds));
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
  } finally {
    await agent.stop();
  }
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
