import type { LateBooks } from './account.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { Sink } from './sink.ts';

/**
 * The end of a pipeline. Its sink resolves when the sender may be told that a batch is kept; what
 * becomes of the batch later is for the books, exactly once a span.
 */
export interface Acknowledgement {
  readonly sink: Sink;
  /** Takes no more, and brings to an end what was taken as far as it promised. */
  stop(): Promise<void>;
}

export interface AcknowledgeDeps {
  readonly destination: Sink;
  readonly books: LateBooks;
  readonly budget: ByteBudget;
}

/** A way to acknowledge, before it is known where batches go. */
export interface Acknowledge {
  /** Whether batches are acknowledged before the destination has them. */
  readonly isEarly: boolean;
  create(deps: AcknowledgeDeps): Acknowledgement;
}

/** The answer of the destination is the answer to the sender. */
export const acknowledgeWhenStored: Acknowledge = {
  isEarly: false,
  create: ({ destination }) => ({ sink: destination, stop: () => Promise.resolve() }),
};
