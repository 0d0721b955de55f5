import type { Clock } from '../runtime/clock.ts';
import { pause } from '../runtime/pause.ts';
import type { Accepted, SpanBatch } from '../wire/span-batch.ts';
import { SinkOverloadedError } from './sink.ts';
import type { Sink } from './sink.ts';

export interface DeliveryOptions {
  readonly destination: Sink;
  readonly clock: Clock;
  readonly retry: { readonly initialInterval: number; readonly maxInterval: number };
  /** Hears of each attempt: undefined when the destination took the batch, else what it said. */
  readonly onAttempt: (error: unknown) => void;
}

/** What became of an acknowledged batch; `stopped`: nothing, it was given up on by the signal. */
export type Delivered = Accepted | 'expired' | 'stopped';

/**
 * Hands batches that were acknowledged to the destination, each again and again until it takes it
 * or the time is over, `msLeft` being what is left of it.
 */
export function createDelivery(
  options: DeliveryOptions,
  signal: AbortSignal,
): (batch: SpanBatch, msLeft: () => number) => Promise<Delivered> {
  const { destination, clock, retry, onAttempt } = options;
  const attempt = async (batch: SpanBatch): Promise<Accepted | { readonly failed: unknown }> => {
    try {
      const result = await destination(batch, signal);
      onAttempt(undefined);
      return result;
    } catch (error) {
      if (!signal.aborted) onAttempt(error ?? new Error('no reason'));
      return { failed: error };
    }
  };
  const deliver = async (batch: SpanBatch, msLeft: () => number): Promise<Delivered> => {
    for (let attempts = 1; !signal.aborted; attempts += 1) {
      if (msLeft() <= 0) return 'expired';
      const result = await attempt(batch);
      if (!('failed' in result)) return result;
      const delayMs = retryDelay(result.failed, attempts, retry);
      await pause(clock, Math.min(delayMs, Math.max(msLeft(), 0)), signal);
    }
    return 'stopped';
  };
  // A destination that does not heed the signal must not keep the process from ending.
  return (batch, msLeft) =>
    new Promise((resolve, reject) => {
      const onAbort = (): void => {
        resolve('stopped');
      };
      signal.addEventListener('abort', onAbort);
      void deliver(batch, msLeft)
        .then(resolve, reject)
        .finally(() => {
          signal.removeEventListener('abort', onAbort);
        });
    });
}

/** Doubling, as the destination asks within the longest pause, some of it by chance. */
function retryDelay(
  error: unknown,
  attempts: number,
  { initialInterval, maxInterval }: DeliveryOptions['retry'],
): number {
  const asked = error instanceof SinkOverloadedError ? error.retryAfterMs : 0;
  const delayMs = Math.max(initialInterval * 2 ** Math.min(attempts - 1, 30), asked);
  return Math.min(delayMs, maxInterval) * (0.5 + Math.random() / 2);
}
