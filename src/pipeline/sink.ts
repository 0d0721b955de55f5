import type { Accepted, SpanBatch } from '../wire/span-batch.ts';

/**
 * Takes batches. Resolves when the batch is kept as this sink promises (stored, on disk, or handed
 * to the next hop). Rejects with `SinkOverloadedError` when nothing of the batch was taken and the
 * sender should try again later; with any other error when nothing was taken and trying again is
 * equally fine. An aborted signal means that the sender no longer waits.
 *
 * The bytes of a batch are lent until the sink resolves: its receiver frees them then, and who keeps
 * any of them has made a copy. When it rejects, the bytes stay what they are.
 */
export type Sink = (batch: SpanBatch, signal: AbortSignal) => Promise<Accepted>;

/** Nothing was taken; the same batch may succeed after `retryAfterMs`. */
export class SinkOverloadedError extends Error {
  override readonly name = 'SinkOverloadedError';
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}
