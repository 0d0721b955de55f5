import type { Clock } from '../runtime/clock.ts';
import { pause } from '../runtime/pause.ts';

/** Logs a number that grows: at once, and then what came since the last line, every few seconds. */
export interface SumLog {
  readonly add: (count: number) => void;
  /** Logs what no line has told of yet. */
  close(): void;
}

const INTERVAL_MS = 5000;

/** `write` hears what came since the last line, and of all there was. */
export function createSumLog(
  clock: Clock,
  write: (sinceLast: number, total: number) => void,
): SumLog {
  const closed = new AbortController();
  let sinceLast = 0;
  let total = 0;
  let isPausing = false;

  const flush = (): void => {
    if (sinceLast > 0) write(sinceLast, total);
    sinceLast = 0;
  };
  const flushUntilQuiet = async (): Promise<void> => {
    isPausing = true;
    while (sinceLast > 0 && !closed.signal.aborted) {
      flush();
      await pause(clock, INTERVAL_MS, closed.signal);
    }
    isPausing = false;
  };
  return {
    add: (count) => {
      sinceLast += count;
      total += count;
      if (closed.signal.aborted) flush();
      else if (!isPausing) void flushUntilQuiet();
    },
    close: () => {
      closed.abort();
      flush();
    },
  };
}
