import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { LossReason } from '../wire/span-batch.ts';
import type { LateBooks } from './account.ts';
import type { Acknowledge } from './acknowledge.ts';
import { createSumLog } from './sum-log.ts';
import type { SumLog } from './sum-log.ts';

/**
 * The same, with a warning for spans that are lost after their sender was told that they are kept:
 * a line every few seconds for each reason, and none is left out when the pipeline has stopped.
 */
export function loggingLosses(
  acknowledge: Acknowledge,
  deps: { readonly clock: Clock; readonly logger: Logger },
): Acknowledge {
  return {
    isEarly: acknowledge.isEarly,
    create: ({ books, ...rest }) => {
      const losses = createLossLog(deps);
      const end = acknowledge.create({ ...rest, books: withLossLog(books, losses) });
      return {
        sink: end.sink,
        stop: async () => {
          try {
            await end.stop();
          } finally {
            losses.close();
          }
        },
      };
    },
  };
}

interface LossLog {
  lost(reason: LossReason, spans: number): void;
  close(): void;
}

function createLossLog({
  clock,
  logger,
}: {
  readonly clock: Clock;
  readonly logger: Logger;
}): LossLog {
  const byReason = new Map<LossReason, SumLog>();
  const logOf = (reason: LossReason): SumLog => {
    const known = byReason.get(reason);
    if (known !== undefined) return known;
    const added = createSumLog(clock, (spans, total) => {
      logger.warn({ reason, spans, total }, 'acknowledged spans are dropped');
    });
    byReason.set(reason, added);
    return added;
  };
  return {
    lost: (reason, spans) => {
      if (spans > 0) logOf(reason).add(spans);
    },
    close: () => {
      for (const log of byReason.values()) log.close();
    },
  };
}

function withLossLog(books: LateBooks, losses: LossLog): LateBooks {
  return {
    ...books,
    settled: (batch, result) => {
      books.settled(batch, result);
      for (const { reason, count } of [...result.refused, ...result.dropped]) {
        losses.lost(reason, count);
      }
    },
    dropped: (from, reason, spans) => {
      books.dropped(from, reason, spans);
      losses.lost(reason, spans);
    },
  };
}
