import type { RecordLog, RecordPosition } from '../record-log/record-log.ts';
import type { Clock } from '../runtime/clock.ts';
import { errorText } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import type { SpoolCursor } from './spool-cursor.ts';
import type { SpooledBatch } from './spool-source.ts';

const CURSOR_EVERY_MS = 1000;

/** Knows which batches are under way, and lets go of what is settled on disk. */
export interface SpoolSettlement {
  readonly begin: (spooled: SpooledBatch) => void;
  /** Only one that was begun. */
  readonly settled: (spooled: SpooledBatch) => void;
  /** There is nothing to wait for before this position that is not under way. */
  readonly skipped: (next: RecordPosition) => void;
  /** Of the oldest batch under way. */
  readonly oldestAppendedAtMs: number | undefined;
  /** Writes down how far everything is settled. */
  stop(): Promise<void>;
}

export interface SettlementDeps {
  readonly log: RecordLog;
  readonly cursor: SpoolCursor;
  /** The first record that is not under way yet. */
  readonly firstWaiting: () => RecordPosition | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createSettlement(deps: SettlementDeps): SpoolSettlement {
  const { log, cursor, clock, logger } = deps;
  const underWay = new Set<SpooledBatch>();
  let lastNext: RecordPosition | undefined;
  let cursorWrittenAt = clock.monotonic();
  let releasedTo = 0;
  let keeping: Promise<void> | undefined;

  /** All before it is settled. A set keeps the order batches began in, which is that of the log. */
  const settledTo = (): RecordPosition | undefined => {
    const [oldest] = underWay;
    return oldest?.position ?? deps.firstWaiting() ?? lastNext;
  };
  const keepUp = async (position: RecordPosition): Promise<void> => {
    try {
      await log.releaseBefore(position);
      releasedTo = position.segment;
      await cursor.write(position);
      cursorWrittenAt = clock.monotonic();
    } catch (error) {
      // The worst that comes of it is that something is stored twice, or disk freed later.
      logger.warn(`the spool cannot let go of what is stored: ${errorText(error)}`);
      cursorWrittenAt = clock.monotonic();
    }
  };
  const keepUpIfDue = (): void => {
    const position = settledTo();
    if (position === undefined || keeping !== undefined) return;
    const isDue = clock.monotonic() - cursorWrittenAt >= CURSOR_EVERY_MS;
    if (position.segment <= releasedTo && !isDue) return;
    keeping = keepUp(position).finally(() => {
      keeping = undefined;
    });
  };
  const noteDone = (next: RecordPosition): void => {
    if (lastNext === undefined || isLater(next, lastNext)) lastNext = next;
    keepUpIfDue();
  };
  return {
    begin: (spooled) => {
      underWay.add(spooled);
    },
    settled: (spooled) => {
      underWay.delete(spooled);
      noteDone(spooled.next);
    },
    skipped: noteDone,
    get oldestAppendedAtMs() {
      const [oldest] = underWay;
      return oldest?.appendedAtMs;
    },
    stop: async () => {
      await keeping;
      const position = settledTo();
      if (position !== undefined) await keepUp(position);
    },
  };
}

function isLater(a: RecordPosition, b: RecordPosition): boolean {
  return a.segment > b.segment || (a.segment === b.segment && a.offset > b.offset);
}
