import { Buffer } from 'node:buffer';
import type { Clock } from '../runtime/clock.ts';
import { errorText } from '../runtime/errors.ts';
import { createThriftConverter } from '../wire/jaeger/thrift-to-otlp.ts';
import type {
  AgentFormat,
  ThriftConverter,
  ThriftEncoding,
} from '../wire/jaeger/thrift-to-otlp.ts';
import type { OnClientReport } from '../wire/jaeger/client-stats.ts';
import { WireError } from '../wire/wire-error.ts';
import type { PortBooks } from './jaeger-udp-metrics.ts';

export interface PacketQueueOptions {
  readonly encoding: ThriftEncoding;
  /** Packets that may wait while batches are under way. */
  readonly queuePacketsMax: number;
  readonly packetBytesMax: number;
  /** Batches under way at once. */
  readonly workers: number;
}

export interface PacketQueueDeps {
  /** Hands on the OTLP bytes of some packets; rejects when their spans were not taken. */
  readonly deliver: (otlp: Uint8Array, format: AgentFormat) => Promise<void>;
  readonly books: PortBooks;
  readonly onClientReport: OnClientReport;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
}

export interface PacketQueue {
  readonly push: (packet: Buffer) => void;
  /** Packets that wait. */
  size(): number;
  /** Resolves when everything that was pushed is handed on or counted as lost. */
  drained(): Promise<void>;
}

/** Of packets that wait, beside their number: 1000 of the largest would take 65 MB. */
const QUEUE_BYTES_MAX = 16 * 1024 * 1024;
/** Packets put into one batch: what has arrived goes on together. */
const BATCH_PACKETS_MAX = 256;
const BATCH_BYTES_MAX = 1024 * 1024;
/** One complaint a minute: a broken client sends many packets. */
const COMPLAINT_INTERVAL_MS = 60_000;

/** Decodes packets and hands them on in batches, a few at a time; drops what does not fit. */
export function createPacketQueue(options: PacketQueueOptions, deps: PacketQueueDeps): PacketQueue {
  const { books } = deps;
  let packets: Buffer[] = [];
  let bytes = 0;
  const complain = createComplaint(deps, `jaeger thrift ${options.encoding}`);
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
  const converter = createThriftConverter(options.encoding, deps.onClientReport);
  const forward = async (taken: readonly Buffer[]): Promise<void> => {
    const { jaeger, zipkin } = convertAll(taken, converter, (error) => {
      books.malformed(1);
      complain('a malformed packet', error);
    });
    await Promise.all([
      deliver(converter.finish(), 'jaeger', jaeger),
      // Protobuf messages that follow each other are one message with the fields of all.
      deliver(Buffer.concat(zipkin), 'zipkin', zipkin.length),
    ]);
  };
  const deliver = async (otlp: Uint8Array, format: AgentFormat, count: number): Promise<void> => {
    if (count === 0) return;
    try {
      await deps.deliver(otlp, format);
      books.processed(count);
    } catch (error) {
      books.dropped('refused', count);
      complain('spans are not taken', error);
    }
  };
  return {
    push: (packet) => {
      books.packetSize(packet.length);
      if (packet.length > options.packetBytesMax) books.dropped('too_large', 1);
      else if (isFull(packet)) books.dropped('queue_full', 1);
      else {
        packets.push(packet);
        bytes += packet.length;
        schedule();
      }
    },
    size: () => packets.length,
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

/** Adds Jaeger's spans to the converter and counts their packets; returns Zipkin's. */
function convertAll(
  packets: readonly Buffer[],
  converter: ThriftConverter,
  onMalformed: (error: WireError) => void,
): { readonly jaeger: number; readonly zipkin: readonly Uint8Array[] } {
  const zipkin: Uint8Array[] = [];
  let jaeger = 0;
  for (const packet of packets) {
    try {
      const otlp = converter.addCall(packet);
      if (otlp === undefined) jaeger += 1;
      else zipkin.push(otlp);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      onMalformed(error);
    }
  }
  return { jaeger, zipkin };
}

function createComplaint(
  { clock, warn }: PacketQueueDeps,
  name: string,
): (what: string, error: unknown) => void {
  const nextAt = new Map<string, number>();
  return (what, error) => {
    const now = clock.monotonic();
    if (now < (nextAt.get(what) ?? -Infinity)) return;
    nextAt.set(what, now + COMPLAINT_INTERVAL_MS);
    warn(`${name}: ${what}: ${errorText(error)}`);
  };
}
