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
  /** To be called now and then: lets go of free memory when nobody has written since the last call. */
  trim(): void;
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
  let isQuiet = false;
  const arenas = createHeadArenas();
  let freed = Promise.withResolvers<undefined>();
  return {
    arenas,
    get used() {
      return used;
    },
    take: (bytes) => {
      used += bytes;
      isQuiet = false;
    },
    giveBack: (bytes) => {
      used -= bytes;
      freed.resolve(undefined);
      freed = Promise.withResolvers();
    },
    trim: () => {
      // Buffers that are let go of stay until both threads collect their garbage. Where spans come in
      // gusts, others would be made meanwhile, again and again.
      if (isQuiet && used === 0) arenas.trim(0);
      isQuiet = true;
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
