import { readFile } from 'node:fs/promises';
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** Why a packet was not decoded, or its spans went nowhere. */
export type PacketLoss = 'queue_full' | 'too_large' | 'refused';

/**
 * The books of all UDP ports of a process, names as Jaeger's agent has them. For each port: packets
 * read = processed + dropped + handler errors + queue size.
 */
export interface JaegerUdpMetrics {
  /** Books of one port. `queueSize` is asked when somebody looks. */
  port(labels: PortLabels, queueSize: () => number): PortMetrics;
}

export interface PortLabels {
  readonly protocol: string;
  readonly model: string;
}

export interface PortMetrics {
  packetSize(bytes: number): void;
  processed(packets: number): void;
  dropped(reason: PacketLoss, packets: number): void;
  malformed(): void;
  readError(): void;
  /** The kernel's own losses are read from its table for this port. */
  bound(udpPort: number): void;
  unbound(): void;
}

const PREFIX = 'jaeger_agent_thrift_udp';
const LABELS = ['protocol', 'model'] as const;

export function createJaegerUdpMetrics(metrics: Registry): JaegerUdpMetrics {
  const registers = [metrics];
  const queues = new Map<PortLabels, () => number>();
  const boundPorts = new Map<PortLabels, number>();
  const counter = (name: string, help: string): Counter<(typeof LABELS)[number]> =>
    new Counter({ name: `${PREFIX}_${name}`, help, labelNames: LABELS, registers });
  const processed = counter('server_packets_processed_total', 'Packets whose spans were taken.');
  const readErrors = counter('server_read_errors_total', 'Errors of the socket.');
  const handlerErrors = counter('t_processor_handler_errors_total', 'Packets that are malformed.');
  const dropped = new Counter({
    name: `${PREFIX}_server_packets_dropped_total`,
    help: 'Packets given up on, by reason.',
    labelNames: [...LABELS, 'reason'],
    registers,
  });
  const packetSize = new Gauge({
    name: `${PREFIX}_server_packet_size`,
    help: 'Bytes of the last packet.',
    labelNames: LABELS,
    registers,
  });
  new Gauge({
    name: `${PREFIX}_server_queue_size`,
    help: 'Packets that wait to be decoded.',
    labelNames: LABELS,
    registers,
    collect() {
      for (const [labels, size] of queues) this.set({ ...labels }, size());
    },
  });
  new Gauge({
    name: `${PREFIX}_server_kernel_drops`,
    help: 'Packets the kernel dropped since the port was opened, its buffer being full.',
    labelNames: LABELS,
    registers,
    async collect() {
      const drops = await readKernelDrops();
      for (const [labels, port] of boundPorts) this.set({ ...labels }, drops.get(port) ?? 0);
    },
  });
  return {
    port: (labels, queueSize) => {
      queues.set(labels, queueSize);
      return {
        packetSize: (bytes) => {
          packetSize.set({ ...labels }, bytes);
        },
        processed: (packets) => {
          processed.inc({ ...labels }, packets);
        },
        dropped: (reason, packets) => {
          dropped.inc({ ...labels, reason }, packets);
        },
        malformed: () => {
          handlerErrors.inc({ ...labels });
        },
        readError: () => {
          readErrors.inc({ ...labels });
        },
        bound: (udpPort) => {
          boundPorts.set(labels, udpPort);
        },
        unbound: () => {
          boundPorts.delete(labels);
        },
      };
    },
  };
}

async function readKernelDrops(): Promise<ReadonlyMap<number, number>> {
  const tables = await Promise.all(
    // Other systems than Linux have no such table.
    ['/proc/net/udp', '/proc/net/udp6'].map((path) => readFile(path, 'latin1').catch(() => '')),
  );
  return parseKernelDrops(tables.join('\n'));
}

/**
 * Drops by local port, from the text of /proc/net/udp: the second column ends in `:` and the port in
 * hex, the last one is the count. https://docs.kernel.org/networking/proc_net_tcp.html
 */
export function parseKernelDrops(table: string): ReadonlyMap<number, number> {
  const drops = new Map<number, number>();
  for (const line of table.split('\n')) {
    const columns = line.trim().split(/\s+/);
    const port = /^[0-9A-F]+:([0-9A-F]{4})$/.exec(columns[1] ?? '')?.[1];
    const count = Number(columns.at(-1));
    if (port === undefined || !Number.isInteger(count)) continue;
    const number = Number.parseInt(port, 16);
    drops.set(number, (drops.get(number) ?? 0) + count);
  }
  return drops;
}
