import { Buffer } from 'node:buffer';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Sink } from '../pipeline/sink.ts';
import type { Clock } from '../runtime/clock.ts';
import { errorText } from '../runtime/errors.ts';
import { ListenError } from '../runtime/listen.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Running } from '../runtime/running.ts';
import type { HostPort } from '../runtime/setting.ts';
import { agentCallToOtlp } from '../wire/jaeger/thrift-to-otlp.ts';
import type { ThriftEncoding } from '../wire/jaeger/thrift-to-otlp.ts';
import { scanSpans } from '../wire/otlp/scan-spans.ts';
import { WireError } from '../wire/wire-error.ts';
import type { JaegerUdpMetrics, PortMetrics } from './jaeger-udp-metrics.ts';
import { warmUpDecoder } from './jaeger-udp-warm-up.ts';

export interface JaegerUdpOptions {
  readonly hostPort: HostPort;
  readonly encoding: ThriftEncoding;
  /** Label of the metrics: zipkin for the port that old Zipkin clients use, else jaeger. */
  readonly model: 'jaeger' | 'zipkin';
  /** Packets that may wait while the sink is slow. */
  readonly queuePacketsMax: number;
  readonly packetBytesMax: number;
  /** Batches under way to the sink. */
  readonly workers: number;
  /** 0: as much as the system gives. */
  readonly socketBufferBytes: number;
}

export interface JaegerUdpDeps {
  readonly pipeline: Pipeline;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: JaegerUdpMetrics;
}

/** What is asked for when there is no setting; the system cuts it to net.core.rmem_max. */
const SOCKET_BUFFER_BYTES = 16 * 1024 * 1024;
/** Of packets that wait, beside their number: 1000 of the largest would take 65 MB. */
const QUEUE_BYTES_MAX = 16 * 1024 * 1024;
/** Packets put into one batch: what has arrived goes on together. */
const BATCH_PACKETS_MAX = 256;
const BATCH_BYTES_MAX = 1024 * 1024;
/** One complaint a minute: a broken client sends many packets. */
const COMPLAINT_INTERVAL_MS = 60_000;

/**
 * One UDP port for Jaeger thrift, as jaeger-agent has: each packet is a call of `Agent.emitBatch`.
 * Nobody can be told of a loss, so every one is counted. Stopping hands on what has arrived.
 * @throws ListenError
 */
export async function startJaegerUdp(
  options: JaegerUdpOptions,
  deps: JaegerUdpDeps,
): Promise<Running> {
  const { hostPort, encoding } = options;
  warmUpDecoder(encoding);
  const queue = createPacketQueue(options, deps);
  const socket = createSocket(isIPv6(hostPort.host) ? 'udp6' : 'udp4');
  socket.on('message', queue.push);
  const port = await bind(socket, hostPort, `jaeger thrift ${encoding}`);
  socket.on('error', (error) => {
    queue.metrics.readError();
    deps.logger.warn({ err: error }, `jaeger thrift ${encoding}: the socket failed`);
  });
  queue.metrics.bound(port);
  socket.setRecvBufferSize(options.socketBufferBytes || SOCKET_BUFFER_BYTES);
  deps.logger.debug(
    { port, receiveBufferBytes: socket.getRecvBufferSize() },
    `jaeger thrift ${encoding}: receive buffer`,
  );
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      socket.close(() => {
        resolve();
      });
    });
    await queue.drained();
    queue.metrics.unbound();
  };
  const name = `jaeger thrift ${encoding}`;
  return {
    addresses: [{ name, transport: 'udp', host: hostPort.host, port }],
    stop: () => (stopping ??= stop()),
  };
}

function bind(socket: Socket, hostPort: HostPort, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      socket.close();
      reject(new ListenError(name, hostPort, error));
    };
    socket.once('error', onError);
    socket.bind({ address: hostPort.host, port: hostPort.port }, () => {
      socket.off('error', onError);
      resolve(socket.address().port);
    });
  });
}

interface PacketQueue {
  readonly metrics: PortMetrics;
  readonly push: (packet: Buffer) => void;
  /** Resolves when everything that was pushed is kept or counted as lost. */
  drained(): Promise<void>;
}

function createPacketQueue(options: JaegerUdpOptions, deps: JaegerUdpDeps): PacketQueue {
  const sink = deps.pipeline.sinkFor('udp');
  const { encoding, model } = options;
  let packets: Buffer[] = [];
  let bytes = 0;
  const metrics = deps.metrics.port({ protocol: encoding, model }, () => packets.length);
  const complain = createComplaint(deps, `jaeger thrift ${encoding}`);
  const underWay = new Set<Promise<void>>();
  let scheduled = false;

  const isFull = (packet: Buffer): boolean =>
    packets.length >= options.queuePacketsMax || bytes + packet.length > QUEUE_BYTES_MAX;
  const sendSome = (): void => {
    scheduled = false;
    while (packets.length > 0 && underWay.size < options.workers) {
      const taken = takeBatch(packets);
      packets = packets.slice(taken.length);
      bytes -= sizeOf(taken);
      const sent = forward(taken).finally(() => {
        underWay.delete(sent);
        schedule();
      });
      underWay.add(sent);
    }
  };
  // After the poll phase of the event loop, so that packets that arrived together go on together.
  const schedule = (): void => {
    if (scheduled || packets.length === 0) return;
    scheduled = true;
    setImmediate(sendSome);
  };
  const forward = async (taken: readonly Buffer[]): Promise<void> => {
    const messages = decodeAll(taken, encoding, (error) => {
      metrics.malformed();
      complain('a malformed packet', error);
    });
    if (messages.length === 0) return;
    try {
      await sendBatch(messages, sink, deps.clock.now());
      metrics.processed(messages.length);
    } catch (error) {
      metrics.dropped('refused', messages.length);
      complain('spans are not taken', error);
    }
  };
  return {
    metrics,
    push: (packet) => {
      metrics.packetSize(packet.length);
      if (packet.length > options.packetBytesMax) metrics.dropped('too_large', 1);
      else if (isFull(packet)) metrics.dropped('queue_full', 1);
      else {
        packets.push(packet);
        bytes += packet.length;
        schedule();
      }
    },
    drained: async () => {
      while (packets.length > 0 || underWay.size > 0) {
        if (underWay.size === 0) sendSome();
        await Promise.race(underWay);
      }
    },
  };
}

function sizeOf(packets: readonly Buffer[]): number {
  return packets.reduce((sum, { length }) => sum + length, 0);
}

/** The first packets, as many as one batch may have; at least one. */
function takeBatch(packets: readonly Buffer[]): readonly Buffer[] {
  let bytes = 0;
  const end = packets.findIndex((packet, index) => {
    bytes += packet.length;
    return index > 0 && (bytes > BATCH_BYTES_MAX || index >= BATCH_PACKETS_MAX);
  });
  return end < 0 ? packets : packets.slice(0, end);
}

function decodeAll(
  packets: readonly Buffer[],
  encoding: ThriftEncoding,
  onMalformed: (error: WireError) => void,
): readonly Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (const packet of packets) {
    try {
      messages.push(agentCallToOtlp(packet, encoding));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      onMalformed(error);
    }
  }
  return messages;
}

/** Protobuf messages that follow each other are one message with the fields of all. */
async function sendBatch(
  messages: readonly Uint8Array[],
  sink: Sink,
  receivedAtMs: number,
): Promise<void> {
  const [first] = messages;
  const otlp = messages.length === 1 && first !== undefined ? first : Buffer.concat(messages);
  const scan = scanSpans(otlp);
  if (scan.count === 0) return;
  await sink({ tenant: '', otlp, scan, receivedAtMs, format: 'jaeger' }, NEVER_ABORTED);
}

/** A UDP client never waits. */
const NEVER_ABORTED = new AbortController().signal;

function createComplaint(
  { clock, logger }: JaegerUdpDeps,
  name: string,
): (what: string, error: unknown) => void {
  const nextAt = new Map<string, number>();
  return (what, error) => {
    const now = clock.monotonic();
    if (now < (nextAt.get(what) ?? -Infinity)) return;
    nextAt.set(what, now + COMPLAINT_INTERVAL_MS);
    logger.warn(`${name}: ${what}: ${errorText(error)}`);
  };
}
