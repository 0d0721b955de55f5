import type { Buffer } from 'node:buffer';

/** Packets in the order they came, as many as there is room for. */
export interface WaitingPackets {
  readonly count: () => number;
  /** False when there is no room. */
  readonly add: (packet: Buffer) => boolean;
  /** The first of them, at least one and as many as one batch may have. */
  readonly takeBatch: () => readonly Buffer[];
}

/** Beside their number: 1000 of the largest would take 65 MB. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;
/**
 * Packets put into one batch: what has arrived goes on together. In little pieces, since the memory
 * they are written in comes on top of what waits; larger ones save no time that could be measured.
 */
export const BATCH_PACKETS_MAX = 256;
export const BATCH_BYTES_MAX = 64 * 1024;

export function createWaitingPackets(packetsMax: number): WaitingPackets {
  let packets: Buffer[] = [];
  let bytes = 0;
  return {
    count: () => packets.length,
    add: (packet) => {
      if (packets.length >= packetsMax || bytes + packet.length > WAITING_BYTES_MAX) return false;
      packets.push(packet);
      bytes += packet.length;
      return true;
    },
    takeBatch: () => {
      let taken = 0;
      const end = packets.findIndex(({ length }, index) => {
        const isNext =
          index > 0 && (taken + length > BATCH_BYTES_MAX || index >= BATCH_PACKETS_MAX);
        if (!isNext) taken += length;
        return isNext;
      });
      const batch = end < 0 ? packets : packets.slice(0, end);
      packets = end < 0 ? [] : packets.slice(end);
      bytes -= taken;
      return batch;
    },
  };
}

export function sizeOf(packets: readonly Buffer[]): number {
  return packets.reduce((sum, { length }) => sum + length, 0);
}
