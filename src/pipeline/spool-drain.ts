import type { Clock } from '../runtime/clock.ts';
import { errorText } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import { pause } from '../runtime/pause.ts';
import { memoryBytesOf } from './batch-memory.ts';
import type { SpoolSource, SpooledBatch } from './spool-source.ts';

export interface DrainOptions {
  /** Batches under way at once. */
  readonly workers: number;
  /** Of batches under way; one is always let through. */
  readonly memoryBytesMax: number;
  /** How long to wait after the disk could not be read. */
  readonly retry: { readonly maxInterval: number };
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface DrainSteps {
  readonly handOver: (spooled: SpooledBatch) => Promise<void>;
  readonly onUnreadable: (error: unknown) => void;
}

/** Takes batches from a spool in order and hands them over, several at once. */
export interface SpoolDrain {
  /** Says that there may be another batch. */
  notify(): void;
  readonly underWay: number;
  readonly bytesUnderWay: number;
  /** Takes no more; waits for those under way. */
  stop(): Promise<void>;
}

export function createDrain(
  options: DrainOptions,
  source: SpoolSource,
  { handOver, onUnreadable }: DrainSteps,
): SpoolDrain {
  const changed = createLatch();
  const deliveries = new Set<Promise<void>>();
  const stopping = new AbortController();
  const { signal } = stopping;
  let bytesUnderWay = 0;

  const hasHandsFree = (): boolean =>
    deliveries.size === 0 ||
    (deliveries.size < options.workers && bytesUnderWay < options.memoryBytesMax);
  const start = (spooled: SpooledBatch): void => {
    const bytes = memoryBytesOf(spooled.batch);
    bytesUnderWay += bytes;
    const delivery = handOver(spooled).finally(() => {
      deliveries.delete(delivery);
      bytesUnderWay -= bytes;
      changed.notify();
    });
    deliveries.add(delivery);
  };
  const drain = async (): Promise<void> => {
    while (!signal.aborted) {
      const spooled = hasHandsFree() ? await source.next() : undefined;
      if (spooled === undefined) await changed.wait();
      else start(spooled);
    }
  };
  const drainUntilStopped = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await drain();
      } catch (error) {
        onUnreadable(error);
        options.logger.error(`the spool cannot be read: ${errorText(error)}`);
        await pause(options.clock, options.retry.maxInterval, signal);
      }
    }
  };
  const draining = drainUntilStopped();
  return {
    notify: changed.notify,
    get underWay() {
      return deliveries.size;
    },
    get bytesUnderWay() {
      return bytesUnderWay;
    },
    stop: async () => {
      stopping.abort();
      changed.notify();
      await draining;
      await Promise.all(deliveries);
    },
  };
}

/** Remembers that something changed while nobody waited. */
interface Latch {
  readonly notify: () => void;
  /** Resolves once there was a notice since the last wait. One waits at a time. */
  readonly wait: () => Promise<void>;
}

function createLatch(): Latch {
  let noticed = Promise.withResolvers<undefined>();
  return {
    notify: () => {
      noticed.resolve(undefined);
    },
    wait: async () => {
      await noticed.promise;
      noticed = Promise.withResolvers<undefined>();
    },
  };
}
