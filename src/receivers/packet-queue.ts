import type { Buffer } from 'node:buffer';
import type { Clock } from '../runtime/clock.ts';
import type { ThriftEncoding } from '../wire/jaeger/thrift-to-otlp.ts';
import type { OnClientReport } from '../wire/jaeger/client-stats.ts';
import type { WireError } from '../wire/wire-error.ts';
import { createComplaint } from './complaint.ts';
import type { Complain } from './complaint.ts';
import { jaegerUdpName } from './jaeger-udp-port.ts';
import type { JaegerUdpOptions } from './jaeger-udp-port.ts';
import type { PortBooks } from './jaeger-udp-metrics.ts';
import { createPacketDecoder } from './packet-decoder.ts';
import type { DecodedPackets } from './packet-decoder.ts';
import type { ReadPacket } from './udp-socket.ts';
import {
  BATCH_BYTES_MAX,
  BATCH_PACKETS_MAX,
  createWaitingPackets,
  sizeOf,
} from './waiting-packets.ts';

export interface PacketQueueOptions {
  readonly encoding: ThriftEncoding;
  readonly model: JaegerUdpOptions['model'];
  /** Packets that may wait while batches are under way. */
  readonly queuePacketsMax: number;
  readonly packetBytesMax: number;
  /** Batches under way at once. */
  readonly workers: number;
}

export interface PacketQueueDeps {
  /** Hands on the spans of some packets; rejects when they were not taken. */
  readonly deliver: (decoded: DecodedPackets) => Promise<void>;
  readonly books: PortBooks;
  readonly onClientReport: OnClientReport;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
}

export interface PacketQueue {
  /** `more` are packets that may be read behind this one, good until the next is read. */
  readonly push: (packet: Buffer, more?: ReadPacket) => void;
  /** Packets that wait. */
  size(): number;
  /** Resolves when everything that was pushed is handed on or counted as lost. */
  drained(): Promise<void>;
}

/** Packets that come one at a time wait for others: to read when there is nothing takes long. */
const READ_ON_FROM = 2;
/** Packets read in one turn of the event loop: a few milliseconds. */
const READ_MAX = 256;

const nothingMore: ReadPacket = () => undefined;

/** Decodes packets and hands them on in batches, a few at a time; drops what does not fit. */
export function createPacketQueue(options: PacketQueueOptions, deps: PacketQueueDeps): PacketQueue {
  const { books } = deps;
  const waiting = createWaitingPackets(options.queuePacketsMax);
  const complain = createComplaint(deps, jaegerUdpName(options));
  const onMalformed = (error: WireError): void => {
    books.malformed(1);
    complain('a malformed packet', error);
  };
  const decoder = createPacketDecoder({ ...options, ...deps, onMalformed });
  const underWay = new Set<Promise<void>>();
  let scheduled = false;
  /** Packets that may still be read in this turn. */
  let readable = READ_MAX;

  const isTooLarge = ({ length }: Buffer): boolean => {
    books.packetSize(length);
    if (length > options.packetBytesMax) books.dropped('too_large', 1);
    return length > options.packetBytesMax;
  };
  const decodeBatch = (more: ReadPacket): void => {
    const taken = waiting.takeBatch();
    taken.forEach(decoder.add);
    if (waiting.count() > 0) return;
    const room = {
      packets: Math.min(BATCH_PACKETS_MAX - taken.length, readable),
      bytes: BATCH_BYTES_MAX - sizeOf(taken),
    };
    readable -= readOn(more, room, (packet) => {
      if (!isTooLarge(packet)) decoder.add(packet);
    });
  };
  const deliver = createDelivery(deps, complain);
  const sendSome = (more: ReadPacket): void => {
    while (waiting.count() > 0 && underWay.size < options.workers) {
      decodeBatch(more);
      const sent = Promise.all(decoder.take().map(deliver)).then(() => {
        underWay.delete(sent);
        schedule();
      });
      underWay.add(sent);
    }
  };
  // After the poll phase of the event loop, so that packets that arrived together go on together.
  const schedule = (): void => {
    if (scheduled || (waiting.count() === 0 && readable === READ_MAX)) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      readable = READ_MAX;
      sendSome(nothingMore);
    });
  };
  return {
    push: (packet, more = nothingMore) => {
      if (isTooLarge(packet)) return;
      if (!waiting.add(packet)) books.dropped('queue_full', 1);
      else if (waiting.count() >= READ_ON_FROM && readable > 0) sendSome(more);
      schedule();
    },
    size: waiting.count,
    drained: async () => {
      while (waiting.count() > 0 || underWay.size > 0) {
        if (underWay.size === 0) sendSome(nothingMore);
        await Promise.race(underWay);
      }
    },
  };
}

/** Hands on what was decoded, and books what became of it; never rejects. */
function createDelivery(
  { deliver, books }: PacketQueueDeps,
  complain: Complain,
): (decoded: DecodedPackets) => Promise<void> {
  return async (decoded) => {
    const { packets } = decoded;
    try {
      if (decoded.scan.count > 0) await deliver(decoded);
      books.processed(packets);
    } catch (error) {
      books.dropped('refused', packets);
      complain('spans are not taken', error);
    }
  };
}

/** Reads while packets have come and there is room; returns how many it read. */
function readOn(
  more: ReadPacket,
  room: { readonly packets: number; readonly bytes: number },
  take: (packet: Buffer) => void,
): number {
  let bytes = 0;
  let count = 0;
  for (; count < room.packets && bytes < room.bytes; count += 1) {
    const packet = more();
    if (packet === undefined) break;
    bytes += packet.length;
    take(packet);
  }
  return count;
}
