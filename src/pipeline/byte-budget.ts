import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { SinkOverloadedError } from './sink.ts';

const RETRY_AFTER_MS = 1000;

/** Memory that requests may take together, all receivers of a process counted. */
export interface ByteBudget {
  /** Starts a share of the budget, at first empty. */
  lease(): ByteLease;
}

export interface ByteLease {
  /**
   * Takes nothing: a size that was only announced must not keep others out.
   * @throws SinkOverloadedError when the budget does not have so many bytes left
   */
  requireRoom(bytes: number): void;
  /** @throws SinkOverloadedError when the budget does not have so many bytes left */
  grow(bytes: number): void;
  /** Gives everything back. A second call does nothing. */
  release(): void;
}

export function createByteBudget(bytesMax: number, metrics: Registry): ByteBudget {
  let used = 0;
  const requireRoom = (bytes: number): void => {
    if (used + bytes <= bytesMax) return;
    throw new SinkOverloadedError(
      `requests under way take ${used} of ${bytesMax} bytes`,
      RETRY_AFTER_MS,
    );
  };
  const registers = [metrics];
  new Gauge({
    name: 'jaeger_collector_bytes_in_flight_max',
    help: 'Bytes of requests that may be in memory at once.',
    registers,
  }).set(bytesMax);
  new Gauge({
    name: 'jaeger_collector_bytes_in_flight',
    help: 'Bytes of requests that are being read or kept.',
    registers,
    collect() {
      this.set(used);
    },
  });
  return {
    lease: () => {
      let own = 0;
      return {
        requireRoom,
        grow: (bytes) => {
          requireRoom(bytes);
          used += bytes;
          own += bytes;
        },
        release: () => {
          used -= own;
          own = 0;
        },
      };
    },
  };
}
