import { jaegerUdpName } from './jaeger-udp-port.ts';
import type { JaegerUdp, JaegerUdpDeps, JaegerUdpOptions } from './jaeger-udp-port.ts';
import { startJaegerUdpThreads } from './jaeger-udp-threads.ts';
import { warmUpDecoder } from './jaeger-udp-warm-up.ts';
import { createPacketQueue } from './packet-queue.ts';
import type { PacketQueue } from './packet-queue.ts';
import { openUdpSocket } from './udp-socket.ts';

/**
 * One UDP port for Jaeger thrift, as jaeger-agent has: each packet is a call of `Agent.emitBatch`.
 * Nobody can be told of a loss, so every one is counted. Stopping hands on what has arrived.
 * @throws ListenError
 */
export function startJaegerUdp(options: JaegerUdpOptions, deps: JaegerUdpDeps): Promise<JaegerUdp> {
  return options.threads === 0 ? startInline(options, deps) : startJaegerUdpThreads(options, deps);
}

async function startInline(options: JaegerUdpOptions, deps: JaegerUdpDeps): Promise<JaegerUdp> {
  const { hostPort, encoding } = options;
  const name = jaegerUdpName(options);
  // The port of Zipkin's model runs the same code as the other of its encoding.
  if (options.model === 'jaeger') warmUpDecoder(encoding);
  const metrics = deps.metrics.port({ protocol: encoding, model: options.model }, () =>
    queue.size(),
  );
  const sink = deps.pipeline.sinkFor('udp');
  const queue: PacketQueue = createPacketQueue(options, {
    clock: deps.clock,
    books: metrics,
    onClientReport: deps.clientStats.record,
    warn: (text) => {
      deps.logger.warn(text);
    },
    deliver: async ({ otlp, scan, format }) => {
      const receivedAtMs = deps.clock.now();
      await sink({ tenant: '', otlp, scan, receivedAtMs, format }, NEVER_ABORTED);
    },
  });
  const socket = await openUdpSocket({
    name,
    hostPort,
    receiveBufferBytes: options.socketBufferBytes,
    reusePort: false,
    onPacket: queue.push,
    onError: (error) => {
      metrics.readError();
      deps.logger.warn({ err: error }, `${name}: the socket failed`);
    },
  });
  metrics.bound(socket.port, socket.receiveBufferBytes);
  const stop = async (): Promise<void> => {
    await metrics.unbound();
    await socket.close();
    await queue.drained();
  };
  let stopping: Promise<void> | undefined;
  return {
    addresses: [{ name, transport: 'udp', host: hostPort.host, port: socket.port }],
    receiveBufferBytes: socket.receiveBufferBytes,
    stop: () => (stopping ??= stop()),
  };
}

/** A UDP client never waits. */
const NEVER_ABORTED = new AbortController().signal;
