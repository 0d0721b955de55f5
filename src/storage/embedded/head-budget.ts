import type { Clock } from '../../runtime/clock.ts';
import type { SegmentArenas } from '../held-spans/segment-arenas.ts';
import { createHeadArenas } from './heads.ts';
import { StoreBusyError } from './storage-error.ts';

/** Memory of all heads together. */
export interface HeadBudget {
  readonly used: number;
  /** Where the heads of all tenants have their memory from. */
  readonly arenas: SegmentArenas;
  take(bytes: number): void;
  giveBack(bytes: number): void;
  /** Resolves when there is room. @throws StoreBusyError when there is none for some time */
  room(signal: AbortSignal): Promise<void>;
}

const WAIT_MS_MAX = 5000;

export interface HeadBudgetOptions {
  readonly bytesMax: number;
  readonly clock: Clock;
  /** Asked to make blocks of heads, whenever somebody has to wait. */
  readonly onFull: () => void;
}

export function createHeadBudget({ bytesMax, clock, onFull }: HeadBudgetOptions): HeadBudget {
  let used = 0;
  const arenas = createHeadArenas();
  let freed = Promise.withResolvers<undefined>();
  return {
    arenas,
    get used() {
      return used;
    },
    take: (bytes) => {
      used += bytes;
    },
    giveBack: (bytes) => {
      used -= bytes;
      // Nobody writes: what waits to be used again would wait for long.
      if (used === 0) arenas.trim(0);
      freed.resolve(undefined);
      freed = Promise.withResolvers();
    },
    room: async (signal) => {
      const deadline = clock.monotonic() + WAIT_MS_MAX;
      while (used >= bytesMax) {
        onFull();
        if (clock.monotonic() >= deadline) {
          throw new StoreBusyError(
            `${used} bytes of spans wait to become blocks; embedded.max-head-bytes is ${bytesMax}`,
          );
        }
        await freedOrLate(freed.promise, { clock, ms: deadline - clock.monotonic(), signal });
      }
    },
  };
}

async function freedOrLate(
  freed: Promise<undefined>,
  { clock, ms, signal }: { clock: Clock; ms: number; signal: AbortSignal },
): Promise<void> {
  const waiting = new AbortController();
  const late = clock.sleep(ms, AbortSignal.any([signal, waiting.signal]));
  late.catch(() => undefined);
  try {
    await Promise.race([freed, late]);
  } finally {
    waiting.abort();
  }
}
