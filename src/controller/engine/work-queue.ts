import type { Clock } from '../../runtime/clock.ts';
import { backoffMs } from './backoff.ts';
import type { BackoffLimits } from './backoff.ts';
import type { EngineMetrics } from './engine-metrics.ts';

/**
 * Keys to work on. A key waits at most once however often it is added; one added while it is worked
 * on is worked on again afterwards, never by two workers at once. First come, first served: a key
 * that keeps failing waits out its backoff elsewhere and takes nobody's turn.
 */
export interface WorkQueue {
  readonly depth: number;
  add(key: string): void;
  /** Adds later; the earliest of several times counts. */
  addAfter(key: string, ms: number): void;
  /** Adds after the key's own backoff, which doubles each time until `forget`. */
  retry(key: string, atLeastMs?: number): void;
  /** The key did well: its backoff starts over. */
  forget(key: string): void;
  /**
   * Works with so many workers until the signal aborts, then waits for those at work. `work` must
   * not reject.
   */
  run(workers: number, work: (key: string) => Promise<void>, signal: AbortSignal): Promise<void>;
}

export interface WorkQueueOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly metrics: EngineMetrics;
  readonly backoff?: BackoffLimits;
}

export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const { name, clock, metrics } = options;
  const limits = options.backoff ?? { firstMs: 5, maxMs: 300_000 };
  /** Waiting keys in order, with the time they came. */
  const waiting = new Map<string, number>();
  const working = new Set<string>();
  const again = new Set<string>();
  const failures = new Map<string, number>();
  const idle: (() => void)[] = [];

  const push = (key: string): void => {
    waiting.set(key, clock.monotonic());
    metrics.queueDepth.set({ name }, waiting.size);
    idle.shift()?.();
  };
  const add = (key: string): void => {
    delays.cancel(key);
    if (waiting.has(key) || again.has(key)) return;
    metrics.queueAdds.inc({ name });
    if (working.has(key)) again.add(key);
    else push(key);
  };
  const delays = createDelays(clock, add);
  const take = (): string | undefined => {
    const [next] = waiting;
    if (next === undefined) return undefined;
    const [key, since] = next;
    waiting.delete(key);
    working.add(key);
    metrics.queueDepth.set({ name }, waiting.size);
    metrics.queueSeconds.observe({ name }, (clock.monotonic() - since) / 1000);
    return key;
  };
  const workOnce = async (work: (key: string) => Promise<void>): Promise<void> => {
    const key = take();
    if (key === undefined) {
      await new Promise<void>((resolve) => idle.push(resolve));
      return;
    }
    const timer = metrics.workSeconds.startTimer({ name });
    try {
      await work(key);
    } finally {
      timer();
      working.delete(key);
      if (again.delete(key)) push(key);
    }
  };
  return {
    get depth() {
      return waiting.size;
    },
    add,
    addAfter: delays.addAfter,
    retry: (key, atLeastMs = 0) => {
      const before = failures.get(key) ?? 0;
      failures.set(key, before + 1);
      metrics.queueRetries.inc({ name });
      delays.addAfter(key, Math.max(atLeastMs, backoffMs(before, limits)));
    },
    forget: (key) => {
      failures.delete(key);
    },
    run: async (workers, work, signal) => {
      const wake = (): void => {
        for (const resolve of idle.splice(0)) resolve();
      };
      await runWorkers(workers, () => workOnce(work), { signal, wake });
      delays.cancelAll();
    },
  };
}

async function runWorkers(
  count: number,
  workOnce: () => Promise<void>,
  { signal, wake }: { readonly signal: AbortSignal; readonly wake: () => void },
): Promise<void> {
  signal.addEventListener('abort', wake, { once: true });
  const worker = async (): Promise<void> => {
    while (!signal.aborted) await workOnce();
  };
  await Promise.all(Array.from({ length: count }, worker));
  signal.removeEventListener('abort', wake);
}

interface Delays {
  readonly addAfter: (key: string, ms: number) => void;
  cancel(key: string): void;
  cancelAll(): void;
}

/** One timer per key at most. */
function createDelays(clock: Clock, add: (key: string) => void): Delays {
  const delayed = new Map<string, { readonly dueAt: number; readonly abort: AbortController }>();
  const cancel = (key: string): void => {
    delayed.get(key)?.abort.abort();
    delayed.delete(key);
  };
  return {
    cancel,
    cancelAll: () => {
      [...delayed.keys()].forEach(cancel);
    },
    addAfter: (key, ms) => {
      if (ms <= 0) {
        add(key);
        return;
      }
      const dueAt = clock.monotonic() + ms;
      const before = delayed.get(key);
      if (before !== undefined && before.dueAt <= dueAt) return;
      cancel(key);
      const abort = new AbortController();
      delayed.set(key, { dueAt, abort });
      clock.sleep(ms, abort.signal).then(
        () => {
          add(key);
        },
        (error: unknown) => {
          if (!abort.signal.aborted) throw error;
        },
      );
    },
  };
}
