import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { readKernelDrops } from './kernel-drops.ts';

/** Why a packet was not decoded, or its spans went nowhere. */
export type PacketLoss = 'queue_full' | 'too_large' | 'refused';

/**
 * The books of all UDP ports of a process, names as Jaeger's agent has them. For each port: packets
 * that came = processed + dropped + handler errors + queue size + those of the batches under way.
 * `dropped` includes what the kernel had no room for, which no program ever saw.
 */
export interface JaegerUdpMetrics {
  /** Books of one port. `queueSize` is asked when somebody looks. */
  port(labels: PortLabels, queueSize: () => number): PortMetrics;
}

export interface PortLabels {
  readonly protocol: string;
  readonly model: string;
}

/** What whoever reads packets has to tell. */
export interface PortBooks {
  packetSize(bytes: number): void;
  processed(packets: number): void;
  dropped(reason: PacketLoss, packets: number): void;
  malformed(packets: number): void;
  readError(): void;
}

export interface PortMetrics extends PortBooks {
  /** From now on the kernel's own losses at this port count. */
  bound(udpPort: number, receiveBufferBytes: number): void;
  /** Books the last of them; call it before the socket is closed, since its count goes with it. */
  unbound(): Promise<void>;
}

interface PortState {
  readonly labels: PortLabels;
  readonly queueSize: () => number;
  packetSize: number;
  udpPort: number;
  receiveBufferBytes: number;
  /** Of the kernel's losses, those in the counter already. */
  bookedDrops: number;
}

const PREFIX = 'jaeger_agent_thrift_udp';
const LABELS = ['protocol', 'model'] as const;
const UNBOUND = -1;

export function createJaegerUdpMetrics(metrics: Registry): JaegerUdpMetrics {
  const ports: PortState[] = [];
  const counters = createCounters(metrics, ports);
  const gauge = (name: string, help: string, value: (port: PortState) => number): void => {
    new Gauge({
      name: `${PREFIX}_server_${name}`,
      help,
      labelNames: LABELS,
      registers: [metrics],
      collect() {
        for (const port of ports) this.set({ ...port.labels }, value(port));
      },
    });
  };
  gauge('packet_size', 'Bytes of the last packet.', ({ packetSize }) => packetSize);
  gauge('queue_size', 'Packets that wait to be decoded.', ({ queueSize }) => queueSize());
  gauge(
    'receive_buffer_bytes',
    'Receive buffer the kernel gives all sockets of the port, its own records included.',
    ({ receiveBufferBytes }) => receiveBufferBytes,
  );
  return {
    port: (labels, queueSize) => {
      const state: PortState = {
        labels,
        queueSize,
        packetSize: 0,
        udpPort: UNBOUND,
        receiveBufferBytes: 0,
        bookedDrops: 0,
      };
      ports.push(state);
      counters.dropped.inc({ ...labels, reason: 'kernel' }, 0);
      return createPortMetrics(state, counters);
    },
  };
}

type PortCounter<L extends string = never> = Counter<(typeof LABELS)[number] | L>;

interface PortCounters {
  readonly processed: PortCounter;
  readonly dropped: PortCounter<'reason'>;
  readonly handlerErrors: PortCounter;
  readonly readErrors: PortCounter;
  readonly bookKernelDrops: () => Promise<void>;
}

function createCounters(metrics: Registry, ports: readonly PortState[]): PortCounters {
  const registers = [metrics];
  const counter = (name: string, help: string): PortCounter =>
    new Counter({ name: `${PREFIX}_${name}`, help, labelNames: LABELS, registers });
  const bookKernelDrops = async (): Promise<void> => {
    const drops = await readKernelDrops();
    for (const port of ports) {
      const count = drops.get(port.udpPort) ?? 0;
      if (count <= port.bookedDrops) continue;
      dropped.inc({ ...port.labels, reason: 'kernel' }, count - port.bookedDrops);
      port.bookedDrops = count;
    }
  };
  const dropped: PortCounter<'reason'> = new Counter({
    name: `${PREFIX}_server_packets_dropped_total`,
    help: 'Packets given up on, by reason; kernel: its receive buffer was full.',
    labelNames: [...LABELS, 'reason'],
    registers,
    collect: bookKernelDrops,
  });
  return {
    dropped,
    bookKernelDrops,
    processed: counter('server_packets_processed_total', 'Packets whose spans were taken.'),
    readErrors: counter('server_read_errors_total', 'Errors of the socket.'),
    handlerErrors: counter('t_processor_handler_errors_total', 'Packets that are malformed.'),
  };
}

function createPortMetrics(state: PortState, counters: PortCounters): PortMetrics {
  const { labels } = state;
  return {
    // Called for every packet: the gauge is set when somebody looks.
    packetSize: (bytes) => {
      state.packetSize = bytes;
    },
    processed: (packets) => {
      counters.processed.inc({ ...labels }, packets);
    },
    dropped: (reason, packets) => {
      counters.dropped.inc({ ...labels, reason }, packets);
    },
    malformed: (packets) => {
      counters.handlerErrors.inc({ ...labels }, packets);
    },
    readError: () => {
      counters.readErrors.inc({ ...labels });
    },
    bound: (udpPort, receiveBufferBytes) => {
      Object.assign(state, { udpPort, receiveBufferBytes, bookedDrops: 0 });
    },
    unbound: async () => {
      await counters.bookKernelDrops();
      state.udpPort = UNBOUND;
    },
  };
}
